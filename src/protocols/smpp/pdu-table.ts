// Every PDU of SMPP 3.4 (clause 4) and 5.0 (clause 4) as a table: command_id and mandatory fields in their order on the wire.
// The codec and the types are made from it. Names are those of the specifications. What follows a field list are TLVs (tlv-table.ts).
// sm_length, number_of_dests and no_unsuccess are no fields here: they are the lengths of what follows them.

/** SMPP 3.4 5.2.25 and 4.5.1.1: one destination of a submit_multi, an address or the name of a distribution list. */
export type DestinationAddress =
  | { readonly dest_addr_ton: number; readonly dest_addr_npi: number; readonly destination_addr: string }
  | { readonly dl_name: string }

/** SMPP 3.4 4.5.2.1: a destination of a submit_multi that was not accepted. */
export interface UnsuccessfulDestination {
  readonly dest_addr_ton: number
  readonly dest_addr_npi: number
  readonly destination_addr: string
  readonly error_status_code: number
}

/** `octets` is a length octet and that many octets; `cstring` ends with NUL and is read as Latin-1, so that every octet survives. */
export type FieldKind = 'int8' | 'cstring' | 'octets' | 'destinations' | 'unsuccessful'

/** For a cstring, `size` is the most octets the specification allows, its NUL among them. The codec does not hold peers to it. */
export type FieldRow = readonly [name: string, kind: FieldKind, size?: number]

export interface PduRow {
  readonly id: number
  readonly fields: readonly FieldRow[]
}

const source = [
  ['source_addr_ton', 'int8'],
  ['source_addr_npi', 'int8'],
  ['source_addr', 'cstring', 21],
] as const

/** data_sm and alert_notification allow 65 octets of address. */
const longSource = [
  ['source_addr_ton', 'int8'],
  ['source_addr_npi', 'int8'],
  ['source_addr', 'cstring', 65],
] as const

const destination = [
  ['dest_addr_ton', 'int8'],
  ['dest_addr_npi', 'int8'],
  ['destination_addr', 'cstring', 21],
] as const

const serviceType = ['service_type', 'cstring', 6] as const
const messageId = ['message_id', 'cstring', 65] as const
const times = [
  ['schedule_delivery_time', 'cstring', 17],
  ['validity_period', 'cstring', 17],
] as const

const message = [
  ['esm_class', 'int8'],
  ['protocol_id', 'int8'],
  ['priority_flag', 'int8'],
  ...times,
  ['registered_delivery', 'int8'],
  ['replace_if_present_flag', 'int8'],
  ['data_coding', 'int8'],
  ['sm_default_msg_id', 'int8'],
  ['short_message', 'octets', 255],
] as const

const bind = [
  ['system_id', 'cstring', 16],
  ['password', 'cstring', 9],
  ['system_type', 'cstring', 13],
  ['interface_version', 'int8'],
  ['addr_ton', 'int8'],
  ['addr_npi', 'int8'],
  ['address_range', 'cstring', 41],
] as const

const bound = [['system_id', 'cstring', 16]] as const
const named = [messageId] as const
const nothing = [] as const

export const pduTable = {
  generic_nack: { id: 0x80000000, fields: nothing },
  bind_receiver: { id: 0x00000001, fields: bind },
  bind_receiver_resp: { id: 0x80000001, fields: bound },
  bind_transmitter: { id: 0x00000002, fields: bind },
  bind_transmitter_resp: { id: 0x80000002, fields: bound },
  query_sm: { id: 0x00000003, fields: [messageId, ...source] },
  query_sm_resp: {
    id: 0x80000003,
    fields: [messageId, ['final_date', 'cstring', 17], ['message_state', 'int8'], ['error_code', 'int8']],
  },
  submit_sm: { id: 0x00000004, fields: [serviceType, ...source, ...destination, ...message] },
  submit_sm_resp: { id: 0x80000004, fields: named },
  deliver_sm: { id: 0x00000005, fields: [serviceType, ...source, ...destination, ...message] },
  deliver_sm_resp: { id: 0x80000005, fields: named },
  unbind: { id: 0x00000006, fields: nothing },
  unbind_resp: { id: 0x80000006, fields: nothing },
  replace_sm: {
    id: 0x00000007,
    fields: [
      messageId,
      ...source,
      ...times,
      ['registered_delivery', 'int8'],
      ['sm_default_msg_id', 'int8'],
      ['short_message', 'octets', 255],
    ],
  },
  replace_sm_resp: { id: 0x80000007, fields: nothing },
  cancel_sm: { id: 0x00000008, fields: [serviceType, messageId, ...source, ...destination] },
  cancel_sm_resp: { id: 0x80000008, fields: nothing },
  bind_transceiver: { id: 0x00000009, fields: bind },
  bind_transceiver_resp: { id: 0x80000009, fields: bound },
  outbind: {
    id: 0x0000000b,
    fields: [
      ['system_id', 'cstring', 16],
      ['password', 'cstring', 9],
    ],
  },
  enquire_link: { id: 0x00000015, fields: nothing },
  enquire_link_resp: { id: 0x80000015, fields: nothing },
  submit_multi: { id: 0x00000021, fields: [serviceType, ...source, ['dest_address', 'destinations', 255], ...message] },
  submit_multi_resp: { id: 0x80000021, fields: [messageId, ['unsuccess_sme', 'unsuccessful', 255]] },
  alert_notification: {
    id: 0x00000102,
    fields: [...longSource, ['esme_addr_ton', 'int8'], ['esme_addr_npi', 'int8'], ['esme_addr', 'cstring', 65]],
  },
  data_sm: {
    id: 0x00000103,
    fields: [
      serviceType,
      ...longSource,
      ['dest_addr_ton', 'int8'],
      ['dest_addr_npi', 'int8'],
      ['destination_addr', 'cstring', 65],
      ['esm_class', 'int8'],
      ['registered_delivery', 'int8'],
      ['data_coding', 'int8'],
    ],
  },
  data_sm_resp: { id: 0x80000103, fields: named },
  // SMPP 5.0 4.4: broadcast. The area, the content type, the repetitions and the interval are TLVs.
  broadcast_sm: {
    id: 0x00000111,
    fields: [
      serviceType,
      ...source,
      messageId,
      ['priority_flag', 'int8'],
      ...times,
      ['replace_if_present_flag', 'int8'],
      ['data_coding', 'int8'],
      ['sm_default_msg_id', 'int8'],
    ],
  },
  broadcast_sm_resp: { id: 0x80000111, fields: named },
  query_broadcast_sm: { id: 0x00000112, fields: [messageId, ...source] },
  query_broadcast_sm_resp: { id: 0x80000112, fields: named },
  cancel_broadcast_sm: { id: 0x00000113, fields: [serviceType, messageId, ...source] },
  cancel_broadcast_sm_resp: { id: 0x80000113, fields: nothing },
} as const satisfies Readonly<Record<string, PduRow>>

export type CommandName = keyof typeof pduTable

export const commandNames = Object.keys(pduTable) as CommandName[]
