// Finds what in a well-formed request is against the specification, with the command_status that says so. The codec lets such pass; a server
// that wants to hold its ESMEs to the rules asks here. Only what can be seen in the PDU alone.

import { commandStatus } from './command-status.ts'
import { readEsmClass } from './message-bits.ts'
import { pduTable, type FieldRow } from './pdu-table.ts'
import type { RequestPdu } from './pdu.ts'
import { parseSmppTime } from './smpp-time.ts'

export interface FieldFault {
  readonly field: string
  readonly status: number
  readonly detail: string
}

/** SMPP 3.4 5.1.3: the status for a field that is too long or has a value that cannot be. */
const statusOf: Readonly<Record<string, number>> = {
  system_id: commandStatus.ESME_RINVSYSID,
  password: commandStatus.ESME_RINVPASWD,
  system_type: commandStatus.ESME_RINVSYSTYP,
  service_type: commandStatus.ESME_RINVSERTYP,
  source_addr: commandStatus.ESME_RINVSRCADR,
  destination_addr: commandStatus.ESME_RINVDSTADR,
  dl_name: commandStatus.ESME_RINVDLNAME,
  message_id: commandStatus.ESME_RINVMSGID,
  schedule_delivery_time: commandStatus.ESME_RINVSCHED,
  validity_period: commandStatus.ESME_RINVEXPIRY,
}

const longest = new Map<string, ReadonlyMap<string, number>>(
  Object.entries(pduTable).map(([command, { fields }]) => [
    command,
    new Map(fields.flatMap(([name, kind, size]: FieldRow) => (kind === 'cstring' && size ? [[name, size] as const] : []))),
  ]),
)

/** The first fault, in the order of the fields; undefined when there is none. */
export function findFieldFault(pdu: RequestPdu, nowMs: number): FieldFault | undefined {
  for (const [field, size] of longest.get(pdu.command)!) {
    const value = (pdu as unknown as Record<string, string>)[field]!
    if (value.length >= size) return fault(field, `has ${value.length} octets, ${size - 1} are allowed`)
    const isTime = field === 'schedule_delivery_time' || field === 'validity_period'
    if (isTime && value !== '' && parseSmppTime(value, nowMs) === undefined) return fault(field, `"${value}" is no time`)
  }
  if ('priority_flag' in pdu && pdu.priority_flag > 4)
    return { field: 'priority_flag', status: commandStatus.ESME_RINVPRTFLG, detail: '0 to 4 are allowed' }
  if ('registered_delivery' in pdu && pdu.registered_delivery > 0x1f)
    return { field: 'registered_delivery', status: commandStatus.ESME_RINVREGDLVFLG, detail: 'bits 7 to 5 are reserved' }
  if ('esm_class' in pdu && readEsmClass(pdu.esm_class).type === 'reserved')
    return { field: 'esm_class', status: commandStatus.ESME_RINVESMCLASS, detail: 'bits 5 to 2 mean nothing' }
  if ('replace_if_present_flag' in pdu && pdu.replace_if_present_flag > 1)
    return { field: 'replace_if_present_flag', status: commandStatus.ESME_RINVREPFLAG, detail: '0 and 1 are allowed' }
  // 3.4 5.3.2.32: with message_payload, sm_length is 0.
  if ('short_message' in pdu && pdu.short_message.length > 0 && pdu.tlvs.message_payload !== undefined)
    return { field: 'short_message', status: commandStatus.ESME_RINVMSGLEN, detail: 'message_payload is there too' }
  if (pdu.command === 'submit_multi') return destinationFault(pdu.dest_address)
  return undefined
}

function destinationFault(list: readonly ({ destination_addr: string } | { dl_name: string })[]): FieldFault | undefined {
  if (list.length === 0 || list.length > 254)
    return { field: 'dest_address', status: commandStatus.ESME_RINVNUMDESTS, detail: `has ${list.length}, 1 to 254 are allowed` }
  for (const one of list) {
    const [field, value] =
      'dl_name' in one ? (['dl_name', one.dl_name] as const) : (['destination_addr', one.destination_addr] as const)
    if (value.length > 20) return fault(field, `has ${value.length} octets, 20 are allowed`)
  }
  return undefined
}

function fault(field: string, detail: string): FieldFault {
  return { field, status: statusOf[field] ?? commandStatus.ESME_RINVCMDLEN, detail }
}
