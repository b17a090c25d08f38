// A PDU as plain JSON for people: names and text as they are, octets in hex, the status by its name, passwords left out. For evidence and timelines.

import { commandStatusName } from './command-status.ts'
import type { Malformed, Pdu, PduDraft } from './pdu.ts'

export type PduView = Readonly<Record<string, unknown>>

export function viewPdu(pdu: Pdu | PduDraft | Malformed): PduView {
  if (pdu.command === 'malformed') return { ...pdu, answer: commandStatusName(pdu.answer) }
  const { command, status = 0, sequence = 0, tlvs = {}, ...fields } = pdu
  const view: Record<string, unknown> = { command, status: commandStatusName(status), sequence }
  for (const [name, value] of Object.entries(fields)) view[name] = name === 'password' ? '***' : plain(value)
  const { other, ...known } = tlvs
  for (const [name, value] of Object.entries(known)) if (value !== undefined) view[name] = plain(value)
  for (const { tag, value } of other ?? []) view[`0x${tag.toString(16).padStart(4, '0')}`] = plain(value)
  return view
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return Array.isArray(value) ? value.map(plain) : value
}
