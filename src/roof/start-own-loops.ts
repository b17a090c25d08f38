// The long-running work of the platform, all of it, with what it needs: what is past its time goes, what is due is done.

import { sendEmailsLoop, type EmailParts } from '#email/send-emails.ts'
import type { SmtpSender } from '#email/smtp-sender.ts'
import { contactBatchesLoop, type ContactBatchParts } from '#loops/contact-batches.ts'
import { startLoops, type RunningLoops } from '#loops/loop.ts'
import { purgeLoops } from '#loops/purges.ts'
import { settleReservationsLoop } from '#loops/settle-reservations.ts'
import { keepingLoops, type KeepingParts } from '#messaging/keeping-loops.ts'
import { expireNumbersLoop } from '#numbers/expire-numbers.ts'
import { keepRecordingsLoop, type KeepRecordingsParts } from '#voice/keep-recordings.ts'
import { webhookLoops } from '#webhooks/purge-webhooks.ts'
import type { ConferencesBuilt } from './build-conferences.ts'
import type { MessagingBuilt } from './build-messaging.ts'
import type { Ground } from './ground.ts'

const loops = [
  ...purgeLoops,
  contactBatchesLoop,
  settleReservationsLoop,
  expireNumbersLoop,
  sendEmailsLoop,
  ...keepingLoops,
  keepRecordingsLoop,
  ...webhookLoops,
]

export interface OwnLoopsParts extends Ground {
  readonly messaging: MessagingBuilt
  readonly recordings: ConferencesBuilt['recordings']
  /** Undefined while no mail server is configured. */
  readonly mail: SmtpSender | undefined
}

export function startOwnLoops({ messaging, mail, ...ground }: OwnLoopsParts): RunningLoops {
  const { config, journal, node } = ground
  return startLoops<ContactBatchParts & EmailParts & KeepingParts & KeepRecordingsParts>(
    loops,
    {
      ...ground,
      sendEmail: mail && ((email) => mail.send(email)),
      inbound: messaging.inbound,
      cancelMessage: (row, ask) => messaging.messaging.cancel(row, ask),
      evidenceBytes: () => config().evidenceBytes,
      segmentsWaitMs: () => config().segmentWaitMs,
    },
    {
      node,
      onRun: (name, done, tookMs) => journal.loopRan(name, done, tookMs),
      onError: (name, error) => journal.loopFailed(name, error),
    },
  )
}
