// Who calls, as a party is shown it that is no trunk: a phone, or an address elsewhere. Whoever is not to be shown stands in no header (RFC 3323).

import { nameAddrText } from '#protocols/sip/name-addr.ts'
import type { LegWish } from '#voice/leg.ts'

type Shown = Pick<LegWish, 'anonymous' | 'from' | 'fromName' | 'identity'>

/** From, without tag. */
export const shownFrom = ({ anonymous, from, fromName = '' }: Shown, domain: string): string =>
  nameAddrText(
    anonymous
      ? { display: '', uri: 'sip:anonymous@anonymous.invalid' }
      : { display: fromName, uri: `sip:${encodeURIComponent(from).replaceAll('%2B', '+')}@${domain}` },
  )

/** What is signed names the caller too (RFC 8225 5.2.1). */
export function identityHeaders({ anonymous, identity }: Shown): [string, string][] {
  if (anonymous) return [['Privacy', 'id']]
  return identity === undefined ? [] : [['Identity', identity]]
}
