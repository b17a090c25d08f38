// Whether a number sends and receives messages, and under which campaign. Its owner switches messaging on and off within
// what the number is able to do; who may send where is for the rules of senders.

import type { Answers } from '#accounts/account.ts'
import type { NumberRow } from '#store/numbers.ts'

/** As it stands in the row's detail under `messaging`. What is absent was never set. */
export interface MessagingSetting {
  readonly enabled?: boolean
  readonly mms?: boolean
  /** The registration of an application-to-person campaign, without which US networks refuse messages from local numbers. */
  readonly campaignId?: string | null
  readonly campaignExpiresMs?: number | null
  /** Answers to STOP, START and HELP in place of the account's. */
  readonly answers?: Partial<Answers>
}

export interface Messaging {
  readonly sms: boolean
  readonly mms: boolean
  readonly campaignId: string | null
  readonly campaignExpiresMs: number | null
  readonly answers: Partial<Answers>
}

export const messagingSetting = ({ detail }: Pick<NumberRow, 'detail'>): MessagingSetting =>
  (JSON.parse(detail) as { messaging?: MessagingSetting }).messaging ?? {}

/** Until its owner says otherwise, a number does what it is able to do. */
export function messagingOf(row: Pick<NumberRow, 'detail' | 'capabilities'>): Messaging {
  const { enabled = true, mms = true, campaignId = null, campaignExpiresMs = null, answers = {} } = messagingSetting(row)
  const able = JSON.parse(row.capabilities) as { sms: boolean; mms: boolean }
  return { sms: enabled && able.sms, mms: enabled && mms && able.mms, campaignId, campaignExpiresMs, answers }
}
