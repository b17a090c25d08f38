// An e-mail as it is queued: a row for `createEmail`, due at once. Who may send it, and whether there is a mail server, is decided before.

import type { EmailRow } from '#store/emails.ts'
import { triedForMs } from './send-emails.ts'

export interface EmailWish {
  readonly id: number
  readonly accountId: number
  readonly face: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly subject: string
  readonly body: string
  readonly type: string
}

export function queuedEmail({ id, accountId, face, from, to, cc, bcc, subject, body, type }: EmailWish, now: number): EmailRow {
  return {
    id,
    account_id: accountId,
    face,
    sender: from,
    recipients: JSON.stringify({ to, cc, bcc }),
    subject: subject.toWellFormed(),
    body: body.toWellFormed(),
    type,
    state: 'queued',
    reason: null,
    cause: null,
    attempts: 0,
    wake_ms: now,
    deadline_ms: now + triedForMs,
    created_ms: now,
    ended_ms: null,
    updated_ms: now,
  }
}
