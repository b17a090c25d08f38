// Which PDU is allowed in which state of a session, and from whom: SMPP 3.4 2.2 and 2.3, table 2-1; 5.0 2.3 and 2.4.
// Where the two differ the wider rule holds: replace_sm on transceivers, enquire_link in every state (5.0).

import type { RequestName } from './pdu.ts'

export type Role = 'esme' | 'smsc'

/**
 * `open` is connected and not yet bound, `outbound` the same after an outbind (5.0). A side that unbinds stays bound until that is
 * answered, so that what crosses it on the way is still served. `closed` is without a connection.
 */
export type SessionState = 'open' | 'outbound' | 'bound_tx' | 'bound_rx' | 'bound_trx' | 'closed'

type Rule = Partial<Record<Role, readonly SessionState[]>>

const unbound = ['open', 'outbound'] as const
const bound = ['bound_tx', 'bound_rx', 'bound_trx'] as const
const everywhere = [...unbound, ...bound] as const
const transmitting = { esme: ['bound_tx', 'bound_trx'] } as const

const rules: Readonly<Record<RequestName, Rule>> = {
  bind_transmitter: { esme: unbound },
  bind_receiver: { esme: unbound },
  bind_transceiver: { esme: unbound },
  outbind: { smsc: ['open'] },
  unbind: { esme: bound, smsc: bound },
  submit_sm: transmitting,
  submit_multi: transmitting,
  query_sm: transmitting,
  cancel_sm: transmitting,
  replace_sm: transmitting,
  broadcast_sm: transmitting,
  query_broadcast_sm: transmitting,
  cancel_broadcast_sm: transmitting,
  data_sm: { esme: ['bound_tx', 'bound_trx'], smsc: ['bound_rx', 'bound_trx'] },
  deliver_sm: { smsc: ['bound_rx', 'bound_trx'] },
  alert_notification: { smsc: ['bound_rx', 'bound_trx'] },
  enquire_link: { esme: everywhere, smsc: everywhere },
}

/** Whether a session in `state` may carry this request from the side that is `from`. */
export function isAllowed(request: RequestName, from: Role, state: SessionState): boolean {
  return rules[request][from]?.includes(state) ?? false
}

/** The state that a bind leads to once it is accepted; undefined for what is no bind. */
export function boundBy(request: RequestName): SessionState | undefined {
  if (request === 'bind_transmitter') return 'bound_tx'
  if (request === 'bind_receiver') return 'bound_rx'
  return request === 'bind_transceiver' ? 'bound_trx' : undefined
}

export function isBound(state: SessionState): boolean {
  return state === 'bound_tx' || state === 'bound_rx' || state === 'bound_trx'
}
