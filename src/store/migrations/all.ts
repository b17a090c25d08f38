// Every migration in order. Never edit one that was released: add the next.

import { foundation } from './0001-foundation.ts'
import { contacts } from './0002-contacts.ts'
import { clientGroups } from './0003-client-groups.ts'
import { messaging } from './0004-messaging.ts'
import { webhooks } from './0005-webhooks.ts'
import { credit } from './0006-credit.ts'
import { numberRules } from './0007-number-rules.ts'
import { media } from './0008-media.ts'
import { privacy } from './0009-privacy.ts'
import { esme } from './0010-esme.ts'
import { mailbox } from './0011-mailbox.ts'
import { messageExports } from './0012-message-exports.ts'
import { refusals } from './notes-0001-refusals.ts'
import { evidence } from './notes-0003-evidence.ts'
import { webhookAttempts } from './notes-0002-webhook-attempts.ts'
import { voice } from './0013-voice.ts'
import { callSessions } from './0014-call-sessions.ts'
import { callLogs } from './0015-call-logs.ts'
import { conferenceReservations } from './0016-conference-reservations.ts'
import { mediaExpiry } from './0017-media-expiry.ts'
import { nodeCommands } from './0019-node-commands.ts'
import { maskings } from './0021-maskings.ts'
import { nodeAddresses } from './0023-node-addresses.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [
  foundation,
  contacts,
  clientGroups,
  messaging,
  webhooks,
  credit,
  numberRules,
  media,
  privacy,
  esme,
  mailbox,
  messageExports,
  voice,
  callSessions,
  callLogs,
  conferenceReservations,
  mediaExpiry,
  nodeCommands,
  maskings,
  nodeAddresses,
]

/** Those of the unsynchronised tables, counted apart. */
export const notesMigrations: readonly Migration[] = [refusals, webhookAttempts, evidence]
