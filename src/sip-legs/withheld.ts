// Callers who want not to be shown (RFC 3323, RFC 3325 9.3): the network tells us who they are all the same, and whoever is called, or reads of
// the call later, is not told. What their INVITE says of them is found here, wherever the messages of the call repeat it.

import type { SipHeaders } from '#protocols/sip/message.ts'
import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import { parseTel, parseUri } from '#protocols/sip/uri.ts'

export const wantsPrivacy = (headers: SipHeaders): boolean => /\b(?:id|user|header)\b/i.test(headers.get('Privacy') ?? '')

const tellingWho = ['From', 'P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID', 'Contact']
const nobody = /^(?:anonymous|unknown|unavailable|restricted|private)$/i
/** Shorter ones stand everywhere. */
const leastChars = 4

/** Numbers, names and signed statements of who calls, as they stand in the message; none where the caller has nothing against being shown. */
export function withheldIn(headers: SipHeaders): readonly string[] {
  if (!wantsPrivacy(headers)) return []
  const found = tellingWho.flatMap((name) =>
    headers.all(name).flatMap((value) => {
      const address = parseNameAddr(value)
      const uri = address?.uri ?? ''
      const written = /^(?:sips?|tel):([^@;>?]+)/i.exec(uri)?.[1] ?? ''
      const isHost = parseUri(uri)?.user === undefined && !parseTel(uri)
      return [address?.display ?? '', isHost ? '' : written.split(':')[0]!]
    }),
  )
  const signed = headers.all('Identity').map((value) => value.split(';')[0]!)
  const telling = [...found, ...signed].filter((text) => text.length >= leastChars && !nobody.test(text))
  // The longest first: one may be part of another.
  return [...new Set(telling)].toSorted((a, b) => b.length - a.length)
}

/** The same bytes where nothing is to be withheld. */
export function withhold(bytes: Buffer, withheld: readonly string[]): Buffer {
  if (withheld.length === 0) return bytes
  const text = withheld.reduce((left, one) => left.replaceAll(one, '***'), bytes.toString())
  return Buffer.from(text)
}
