// The loop that sends queued e-mails. An attempt is written down before it begins; one whose process died is made again after
// a while, under the same Message-ID. After a day an e-mail that nobody took has failed, with the last thing that was said.

import type { Loop, LoopParts } from '#loops/loop.ts'
import { beginEmail, dueEmails, settleEmail, type EmailRow } from '#store/emails.ts'
import type { EmailOutcome } from './smtp-sender.ts'

export interface EmailParts extends LoopParts {
  /** Undefined while no mail server is configured: what is queued waits, until its time is over. */
  readonly sendEmail: ((email: EmailRow) => Promise<EmailOutcome>) | undefined
}

/** How long an e-mail is tried, from when it was accepted. */
export const triedForMs = 24 * 3_600_000
/** Longer than an attempt can take. */
const attemptMs = 10 * 60_000
/** After the first, second, ... attempt; the last one repeats. */
const pausesMs = [10_000, 60_000, 300_000, 900_000, 3_600_000] as const
const atOnce = 3
/** The operator has taken the mail server away. */
const noServer: EmailOutcome = { state: 'failed', reason: 'email.gateway_not_configured', cause: '' }
const rowsOfRun = 300

export const sendEmailsLoop: Loop<EmailParts> = {
  name: 'send-emails',
  everyMs: 500,
  async do({ store, clock, sendEmail }) {
    const due = (await dueEmails(store, clock.nowMs(), rowsOfRun)).toReversed()
    const waiting = sendEmail ? due : due.filter(({ deadline_ms: deadlineMs }) => deadlineMs <= clock.nowMs())
    let done = 0
    const lane = async (): Promise<void> => {
      for (let email = waiting.pop(); email; email = waiting.pop()) {
        const { id, account_id: account, attempts: before, face, deadline_ms: deadlineMs } = email
        const now = clock.nowMs()
        if (!(await store.write(beginEmail, { id, attempts: before, until: now + attemptMs, now }))) continue
        const attempts = before + 1
        const { state, reason = null, cause } = await (sendEmail ? sendEmail(email) : noServer)
        const wakeMs = clock.nowMs() + pausesMs[Math.min(attempts, pausesMs.length) - 1]!
        const over = state === 'again' && wakeMs >= deadlineMs
        await store.write(settleEmail, {
          id,
          account,
          attempts,
          state: state === 'again' ? (over ? 'failed' : 'queued') : state,
          reason,
          cause,
          wakeMs: state === 'again' && !over ? wakeMs : null,
          actor: { face },
          now: clock.nowMs(),
        })
        done += 1
      }
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
    return done
  },
}
