// Whom a phone sends a call on to (the contacts of its 3xx, RFC 3261 21.3), as targets that an account may dial: a number, another login of
// ours, or an address elsewhere. Whether the account may is decided where everything that it dials is.

import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import { parseTel, parseUri } from '#protocols/sip/uri.ts'
import type { CallTarget } from '#voice/verbs/verb.ts'

/** More are nobody's wish. */
const targetsAtMost = 5

const numberLike = /^\+?[\d().-]{2,}$/

/** In the order given. What is no address of a party is left out. */
export function targetsOf(contacts: readonly string[], ownHosts: ReadonlySet<string>): readonly CallTarget[] {
  return contacts.flatMap((contact) => targetOf(parseNameAddr(contact)?.uri ?? '', ownHosts) ?? []).slice(0, targetsAtMost)
}

function targetOf(text: string, ownHosts: ReadonlySet<string>): CallTarget | undefined {
  const tel = parseTel(text)
  if (tel) return { kind: 'number', number: tel.number }
  const uri = parseUri(text)
  const user = uri?.user?.split(';')[0]
  if (!uri || user === undefined || user === '') return undefined
  if (!ownHosts.has(uri.host.toLowerCase())) {
    // Headers would be put into the INVITE (RFC 3261 19.1.5); nobody who is called says what we send.
    return { kind: 'sip', uri: text.replace(/\?.*$/s, '') }
  }
  return numberLike.test(user) ? { kind: 'number', number: user } : { kind: 'client', login: user }
}
