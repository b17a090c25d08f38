// The Reason headers (RFC 3326, RFC 6432) that go with a refusal and with the end of a leg: the Q.850 cause that other networks pass on,
// and the reason in words. A face that has codes of its own puts them in place of the second: the roof hands such a function in. Whoever
// called is told the error id too, by which the refusal is found again.

import { catalogue } from '#reasons/catalogue.ts'
import { detailOf, type Refusal } from '#reasons/refusal.ts'
import { reasonText } from '#protocols/sip/reason-header.ts'
import type { ExtraHeaders } from '#protocols/sip/stack-parts.ts'
import { callErrorId } from '#store/call-life.ts'
import { replyOf } from './causes.ts'

/** Which leg is told; its call's record says in whose form. */
export interface ToldLeg {
  readonly id: number
  readonly direction: 'in' | 'out'
}

/** A code of the call's face with its words: `Reason: CPaaS;cause=1234;text="..."`. Undefined: it has none. */
export interface FaceReason {
  readonly protocol: string
  readonly cause: number
  readonly text: string
}

export type FaceReasonOf = (refused: Refusal, leg: ToldLeg) => FaceReason | undefined

/** As in answers over HTTP. */
const errorIdHeader = 'Offhook-Error-Id'

/** That of the call's record, or of the refusal where there is none; undefined: nobody did anything wrong. */
function errorIdOfLeg(refused: Refusal, { id, direction }: ToldLeg): string | undefined {
  if (direction === 'out' || catalogue[refused.reason].fault === 'none') return undefined
  return refused.errorId ?? (id === 0 ? undefined : callErrorId(id))
}

/** The headers of one refusal. */
export function reasonHeaders(refused: Refusal, leg: ToldLeg, faceReasonOf: FaceReasonOf | undefined): ExtraHeaders {
  const { status, q850 } = replyOf(refused)
  const face = faceReasonOf?.(refused, leg)
  // In a BYE the end may well have been good: a cause of 200 stands for that (RFC 3326 2).
  const cause = catalogue[refused.reason].sip ?? status
  const errorId = errorIdOfLeg(refused, leg)
  return [
    ['Reason', reasonText({ protocol: 'Q.850', cause: q850, text: detailOf(refused) })],
    ['Reason', reasonText(face ?? { protocol: 'SIP', cause, text: refused.reason })],
    ...(errorId === undefined ? [] : [[errorIdHeader, errorId] as const]),
  ]
}
