// Every write by its name: the store thread finds them here. A noun file is added with one line.

import * as acceptMessages from './accept-messages.ts'
import * as accounts from './accounts.ts'
import * as addresses from './addresses.ts'
import * as aliases from './aliases.ts'
import * as applications from './applications.ts'
import * as buyNumbers from './buy-numbers.ts'
import * as callLife from './call-life.ts'
import * as callLogs from './call-logs.ts'
import * as calls from './calls.ts'
import * as callSessions from './call-sessions.ts'
import * as carriers from './carriers.ts'
import * as clientGroups from './client-groups.ts'
import * as clients from './clients.ts'
import * as clientTokenCounts from './client-token-counts.ts'
import * as conferenceReservations from './conference-reservations.ts'
import * as conferences from './conferences.ts'
import * as contactBatches from './contact-batches.ts'
import * as contactGroups from './contact-groups.ts'
import * as contacts from './contacts.ts'
import * as credentials from './credentials.ts'
import * as emails from './emails.ts'
import * as erasures from './erasures.ts'
import * as evidence from './evidence.ts'
import * as esmeDeliveries from './esme-deliveries.ts'
import * as esmeParts from './esme-parts.ts'
import * as facets from './facets.ts'
import * as idempotency from './idempotency.ts'
import * as inboundMessages from './inbound-messages.ts'
import * as leases from './leases.ts'
import * as lockouts from './lockouts.ts'
import * as mailbox from './mailbox.ts'
import * as maskings from './maskings.ts'
import * as media from './media.ts'
import * as messageExports from './message-exports.ts'
import * as messageLife from './message-life.ts'
import * as messageNews from './message-news.ts'
import * as messageReceipts from './message-receipts.ts'
import * as messages from './messages.ts'
import * as meta from './meta.ts'
import * as moveAccounts from './move-accounts.ts'
import * as nodeCommands from './node-commands.ts'
import * as numberHolds from './number-holds.ts'
import * as numberLives from './number-lives.ts'
import * as numberRules from './number-rules.ts'
import * as numberServices from './number-services.ts'
import * as numbers from './numbers.ts'
import * as optOuts from './opt-outs.ts'
import * as ownedAccounts from './owned-accounts.ts'
import * as packages from './packages.ts'
import * as rateDecks from './rate-decks.ts'
import * as personalCalls from './personal-calls.ts'
import * as personalData from './personal-data.ts'
import * as rateWindows from './rate-windows.ts'
import * as recordingRetention from './recording-retention.ts'
import * as recordings from './recordings.ts'
import * as refers from './refers.ts'
import * as refusals from './refusals.ts'
import * as nodeAddresses from './node-addresses.ts'
import * as registrations from './registrations.ts'
import * as routes from './routes.ts'
import * as retention from './retention.ts'
import * as tokens from './tokens.ts'
import * as trustedNumbers from './trusted-numbers.ts'
import * as transfers from './transfers.ts'
import * as unsentMessages from './unsent-messages.ts'
import * as unservedMessages from './unserved-messages.ts'
import * as users from './users.ts'
import * as webhookAttempts from './webhook-attempts.ts'
import * as webhookDeliveries from './webhook-deliveries.ts'
import * as webhookEndpoints from './webhook-endpoints.ts'
import { writeTable } from './write-table.ts'

export const writes = writeTable(
  acceptMessages,
  accounts,
  addresses,
  aliases,
  applications,
  buyNumbers,
  callLife,
  callLogs,
  calls,
  callSessions,
  carriers,
  clientGroups,
  clients,
  clientTokenCounts,
  conferenceReservations,
  contactBatches,
  contactGroups,
  contacts,
  credentials,
  emails,
  erasures,
  evidence,
  esmeDeliveries,
  esmeParts,
  facets,
  idempotency,
  inboundMessages,
  leases,
  lockouts,
  mailbox,
  maskings,
  media,
  messageExports,
  messageLife,
  messageNews,
  messageReceipts,
  messages,
  meta,
  moveAccounts,
  nodeCommands,
  numberHolds,
  numberLives,
  numberRules,
  numberServices,
  numbers,
  optOuts,
  ownedAccounts,
  packages,
  rateDecks,
  personalCalls,
  personalData,
  rateWindows,
  conferences,
  recordingRetention,
  recordings,
  refers,
  refusals,
  nodeAddresses,
  registrations,
  routes,
  retention,
  tokens,
  transfers,
  trustedNumbers,
  unsentMessages,
  unservedMessages,
  users,
  webhookAttempts,
  webhookDeliveries,
  webhookEndpoints,
)
