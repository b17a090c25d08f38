// The TLVs of SMPP 3.4 (clause 5.3, there "optional parameters") and 5.0 (clause 4.8.4): tag, name, kind, and whether one may stand repeatedly.
// A tag that is not here (vendors' own are 0x1400 to 0x3fff) is kept as it came, under its number.

/** `empty` carries nothing by 3.4 and one octet by 5.0; it is read as a number, 0 when there is none. */
export type TlvKind = 'int8' | 'int16' | 'int32' | 'cstring' | 'octets' | 'empty'

export interface TlvRow {
  readonly tag: number
  readonly kind: TlvKind
  readonly repeats?: true
}

export const tlvTable = {
  dest_addr_subunit: { tag: 0x0005, kind: 'int8' },
  dest_network_type: { tag: 0x0006, kind: 'int8' },
  dest_bearer_type: { tag: 0x0007, kind: 'int8' },
  dest_telematics_id: { tag: 0x0008, kind: 'int16' },
  source_addr_subunit: { tag: 0x000d, kind: 'int8' },
  source_network_type: { tag: 0x000e, kind: 'int8' },
  source_bearer_type: { tag: 0x000f, kind: 'int8' },
  source_telematics_id: { tag: 0x0010, kind: 'int8' },
  qos_time_to_live: { tag: 0x0017, kind: 'int32' },
  payload_type: { tag: 0x0019, kind: 'int8' },
  additional_status_info_text: { tag: 0x001d, kind: 'cstring' },
  receipted_message_id: { tag: 0x001e, kind: 'cstring' },
  ms_msg_wait_facilities: { tag: 0x0030, kind: 'int8' },
  privacy_indicator: { tag: 0x0201, kind: 'int8' },
  source_subaddress: { tag: 0x0202, kind: 'octets' },
  dest_subaddress: { tag: 0x0203, kind: 'octets' },
  user_message_reference: { tag: 0x0204, kind: 'int16' },
  user_response_code: { tag: 0x0205, kind: 'int8' },
  source_port: { tag: 0x020a, kind: 'int16' },
  destination_port: { tag: 0x020b, kind: 'int16' },
  sar_msg_ref_num: { tag: 0x020c, kind: 'int16' },
  language_indicator: { tag: 0x020d, kind: 'int8' },
  sar_total_segments: { tag: 0x020e, kind: 'int8' },
  sar_segment_seqnum: { tag: 0x020f, kind: 'int8' },
  sc_interface_version: { tag: 0x0210, kind: 'int8' },
  callback_num_pres_ind: { tag: 0x0302, kind: 'int8', repeats: true },
  callback_num_atag: { tag: 0x0303, kind: 'octets', repeats: true },
  number_of_messages: { tag: 0x0304, kind: 'int8' },
  callback_num: { tag: 0x0381, kind: 'octets', repeats: true },
  dpf_result: { tag: 0x0420, kind: 'int8' },
  set_dpf: { tag: 0x0421, kind: 'int8' },
  ms_availability_status: { tag: 0x0422, kind: 'int8' },
  /** Read with `readNetworkErrorCode`. */
  network_error_code: { tag: 0x0423, kind: 'octets' },
  message_payload: { tag: 0x0424, kind: 'octets' },
  delivery_failure_reason: { tag: 0x0425, kind: 'int8' },
  more_messages_to_send: { tag: 0x0426, kind: 'int8' },
  message_state: { tag: 0x0427, kind: 'int8' },
  congestion_state: { tag: 0x0428, kind: 'int8' },
  ussd_service_op: { tag: 0x0501, kind: 'int8' },
  broadcast_channel_indicator: { tag: 0x0600, kind: 'int8' },
  broadcast_content_type: { tag: 0x0601, kind: 'octets' },
  broadcast_content_type_info: { tag: 0x0602, kind: 'octets' },
  broadcast_message_class: { tag: 0x0603, kind: 'int8' },
  broadcast_rep_num: { tag: 0x0604, kind: 'int16' },
  broadcast_frequency_interval: { tag: 0x0605, kind: 'octets' },
  /** In answers it is the area that failed (failed_broadcast_area_identifier). */
  broadcast_area_identifier: { tag: 0x0606, kind: 'octets', repeats: true },
  broadcast_error_status: { tag: 0x0607, kind: 'int32', repeats: true },
  broadcast_area_success: { tag: 0x0608, kind: 'int8', repeats: true },
  broadcast_end_time: { tag: 0x0609, kind: 'cstring' },
  broadcast_service_group: { tag: 0x060a, kind: 'octets' },
  billing_identification: { tag: 0x060b, kind: 'octets' },
  source_network_id: { tag: 0x060d, kind: 'cstring' },
  dest_network_id: { tag: 0x060e, kind: 'cstring' },
  source_node_id: { tag: 0x060f, kind: 'octets' },
  dest_node_id: { tag: 0x0610, kind: 'octets' },
  dest_addr_np_resolution: { tag: 0x0611, kind: 'int8' },
  dest_addr_np_information: { tag: 0x0612, kind: 'octets' },
  dest_addr_np_country: { tag: 0x0613, kind: 'int32' },
  display_time: { tag: 0x1201, kind: 'int8' },
  sms_signal: { tag: 0x1203, kind: 'int16' },
  ms_validity: { tag: 0x1204, kind: 'octets' },
  alert_on_message_delivery: { tag: 0x130c, kind: 'empty' },
  its_reply_type: { tag: 0x1380, kind: 'int8' },
  its_session_info: { tag: 0x1383, kind: 'octets' },
} as const satisfies Readonly<Record<string, TlvRow>>

export type TlvName = keyof typeof tlvTable

/** A TLV that the table does not know, one that stands again where it may not, or a number of an impossible length. */
export interface OtherTlv {
  readonly tag: number
  readonly value: Uint8Array
}

type Value<K extends TlvKind> = K extends 'cstring' ? string : K extends 'octets' ? Uint8Array : number
type ValueOf<R extends TlvRow> = R extends { repeats: true } ? readonly Value<R['kind']>[] : Value<R['kind']>

export type Tlvs = { readonly [N in TlvName]?: ValueOf<(typeof tlvTable)[N]> | undefined } & {
  readonly other?: readonly OtherTlv[] | undefined
}

export const noTlvs: Tlvs = Object.freeze({})
