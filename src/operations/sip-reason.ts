// A refusal as the Reason header of a SIP message tells it in a vendor's code (RFC 3326): the list's protocol, number and words. What has no
// number of its own, or one that says no more than the status, is told by nobody here: the header of the slug goes in its place.

import { codeOf, type Dictionary, type Refused } from '#reasons/dictionary.ts'

export interface SipReason {
  /** A token; each list of codes is a protocol of its own. */
  readonly protocol: string
  readonly cause: number
  readonly text: string
}

export type SipReasonOf = (refused: Refused) => SipReason | undefined

/** `least`: the first number that is the vendor's own; those below are statuses of HTTP and SIP. */
export const sipReasonsOf =
  (codes: Dictionary, protocol: string, least = 1): SipReasonOf =>
  (refused) => {
    const { code, message, exact } = codeOf(codes, refused)
    // RFC 3326 2: a cause is digits alone.
    if (code === null || !/^\d{1,9}$/.test(code)) return undefined
    const cause = Number(code)
    // A code that stands in for others may say less, and never something false.
    return cause < least || (!exact && cause < 1000) ? undefined : { protocol, cause, text: message }
  }
