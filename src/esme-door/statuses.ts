// Our reasons and states in the words of SMPP: command_status for refusals, err and message_state for receipts. Tables only.

import { commandStatus } from '#protocols/smpp/command-status.ts'
import type { MessageState } from '#protocols/smpp/message-state.ts'
import type { RequestName } from '#protocols/smpp/pdu.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import type { ReasonClass } from '#reasons/reason.ts'

/** For reasons that name no command_status, by what was asked. */
const byCommand: Partial<Record<RequestName, number>> = {
  query_sm: commandStatus.ESME_RQUERYFAIL,
  cancel_sm: commandStatus.ESME_RCANCELFAIL,
  replace_sm: commandStatus.ESME_RREPLACEFAIL,
  bind_receiver: commandStatus.ESME_RBINDFAIL,
  bind_transmitter: commandStatus.ESME_RBINDFAIL,
  bind_transceiver: commandStatus.ESME_RBINDFAIL,
}

const byClass: Partial<Record<ReasonClass, number>> = {
  RESOURCE_EXHAUSTED: commandStatus.ESME_RTHROTTLED,
  UNAVAILABLE: commandStatus.ESME_RSYSERR,
  INTERNAL: commandStatus.ESME_RSYSERR,
}

export function statusOf(reason: Slug, command: RequestName): number {
  const { smpp, class: ofClass } = catalogue[reason]
  return smpp ?? byCommand[command] ?? byClass[ofClass] ?? commandStatus.ESME_RSUBMITFAIL
}

/** `err` of a receipt, as most SMSCs have it. */
const errors: Partial<Record<Slug, string>> = {
  'message.handset_unknown': '001',
  'message.recipient_invalid': '001',
  'message.blocked': '004',
  'message.recipient_opted_out': '004',
  'message.handset_unreachable': '008',
  'message.landline': '010',
  'message.carrier_unreachable': '010',
  'message.carrier_violation': '231',
}

/** Nothing that anybody has given a meaning. */
const otherError = '099'

export function errorOf(reason: string | null): string {
  return reason === null ? '000' : (errors[reason as Slug] ?? otherError)
}

const states: Readonly<Record<string, MessageState>> = {
  scheduled: 'SCHEDULED',
  queued: 'ENROUTE',
  sent: 'ENROUTE',
  delivered: 'DELIVERED',
  undelivered: 'UNDELIVERABLE',
  expired: 'EXPIRED',
  failed: 'REJECTED',
  canceled: 'DELETED',
  unconfirmed: 'UNKNOWN',
}

/** Of a message that was submitted. */
export function messageStateOfOurs(state: string): MessageState {
  return states[state] ?? 'UNKNOWN'
}
