// What went wrong in a session of messages, where nobody waits for an answer: kept as a refusal of the account, which its
// notifications show. Known by an error id that is made from the delivery, so that a second run tells nothing twice.

import type { WebhookFormParts } from '#operations/face-parts.ts'
import { shownUrl } from '#protocols/http/outgoing.ts'
import type { Refusal } from '#reasons/refusal.ts'
import type { Delivery } from '#webhooks/webhook-form.ts'
import { errorIdFor, faceName } from './ids.ts'

export interface FaultNoted {
  /** Which of the session's. */
  readonly name: string
  readonly refusal: Refusal
  /** Of notification-codes.ts; empty where the dictionary has the code. */
  readonly code: string
  /** What was asked when it showed. */
  readonly method: string
  readonly url: string
}

export function noteFault(
  { told, clock }: Pick<WebhookFormParts, 'told' | 'clock'>,
  delivery: Pick<Delivery, 'id' | 'accountId'>,
  { name, refusal, code, method, url }: FaultNoted,
): void {
  told({
    errorId: errorIdFor(`delivery ${delivery.id} ${name}`),
    face: faceName,
    refusal,
    // Without its query, where the fields of a GET stand.
    request: { method, path: shownUrl(url).replace(/\?.*$/s, ''), source: '', receivedAtMs: clock.nowMs(), traceId: '' },
    accountId: delivery.accountId,
    status: 0,
    code,
  })
}
