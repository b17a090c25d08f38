// A REFER of the peer: RFC 3515, with Referred-By (3892), Replaces in its Refer-To (3891) and norefersub (4488).

import { parseReplaces } from './header-values.ts'
import { cseqOf } from './message-reads.ts'
import { parseNameAddr } from './name-addr.ts'
import type { SessionWithin } from './session-within.ts'
import type { ServerTransaction } from './stack-parts.ts'
import { usualPhrase } from './status-phrases.ts'

/** What a NOTIFY tells of how long the news go on. */
const expirySeconds = 60

/** Hands a REFER to the session's `referred`; 400 without one Refer-To, 603 where nobody asks for it. */
export function openTransfer(session: SessionWithin, transaction: ServerTransaction): void {
  const { request } = transaction
  const referTo = request.headers.all('Refer-To')
  const address = referTo.length === 1 ? parseNameAddr(referTo[0]!) : undefined
  // 2.4.2: exactly one Refer-To.
  if (!address) return void transaction.respond(400, { phrase: 'Refer-To is missing or not one address' })
  const { referred } = session.events
  if (!referred) return void transaction.respond(603)
  const [target = '', header = ''] = address.uri.split('?', 2)
  const replaces = header
    .split('&')
    .map((one) => one.split('=', 2))
    .find(([name]) => name?.toLowerCase() === 'replaces')?.[1]
  const replaced = replaces === undefined ? undefined : parseReplaces(unescaped(replaces))
  // RFC 3891 6.1: whoever names a call that cannot be read does not want a blind transfer.
  if (replaces !== undefined && !replaced) return void transaction.respond(400, { phrase: 'Replaces cannot be read' })
  const isQuiet = /^\s*false/i.test(request.headers.get('Refer-Sub') ?? '')
  let state: 'asked' | 'accepted' | 'over' = 'asked'
  const notify = (status: number, phrase = usualPhrase(status)): void => {
    if (state !== 'accepted' || session.state === 'ended') return
    const isLast = status >= 200
    if (isLast) state = 'over'
    if (isQuiet) return
    void session.send('NOTIFY', {
      headers: [
        ['Event', `refer;id=${cseqOf(request)?.number ?? 0}`],
        ['Subscription-State', isLast ? 'terminated;reason=noresource' : `active;expires=${expirySeconds}`],
        ['Contact', session.contact()],
      ],
      contentType: 'message/sipfrag;version=2.0',
      body: Buffer.from(`SIP/2.0 ${status} ${phrase}\r\n`),
    })
  }
  referred({
    request,
    target,
    replaces: replaced,
    referredBy: request.headers.get('Referred-By'),
    accept(options) {
      if (state !== 'asked') return
      state = 'accepted'
      const quiet: [string, string][] = isQuiet ? [['Refer-Sub', 'false']] : []
      transaction.respond(202, {
        phrase: options?.phrase,
        headers: [['Contact', session.contact(transaction.flow)], ...quiet, ...(options?.headers ?? [])],
      })
      // 2.4.4: the first NOTIFY follows at once.
      notify(100)
    },
    notify,
    refuse(status = 603, options) {
      if (state !== 'asked') return
      state = 'over'
      transaction.respond(status, options)
    },
  })
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
