// What the words of an SMSC mean to us, as data: each command_status and each end in a receipt with its reason and with what to do
// next. SMPP leaves the `err` of receipts to each SMSC; the table here is what many agree on, and a carrier's setting goes before it.

import type { Cause, ReceiptState } from '#messaging/sms-carrier.ts'
import { commandStatus, commandStatusName, type CommandStatusName } from '#protocols/smpp/command-status.ts'
import type { MessageState } from '#protocols/smpp/message-state.ts'
import type { Slug } from '#reasons/catalogue.ts'

export interface CauseRow {
  readonly reason: Slug
  readonly next: Cause['next']
  /** How many attempts in all make sense; absent: messaging's own table. */
  readonly attempts?: number
  readonly afterMs?: number
}

const never = (reason: Slug): CauseRow => ({ reason, next: 'never' })
const elsewhere = (reason: Slug): CauseRow => ({ reason, next: 'elsewhere' })
const again = (reason: Slug, attempts: number, afterMs: number): CauseRow => ({ reason, next: 'again', attempts, afterMs })

/** Faults of how we speak to this carrier: another may understand us better. */
const misunderstood = elsewhere('message.send_failed')

/** SMPP 3.4 5.1.3 and 5.0 4.7.6, as answers to submit_sm, submit_multi and data_sm. */
export const statusCauses: Readonly<Record<Exclude<CommandStatusName, 'ESME_ROK'>, CauseRow>> = {
  ESME_RINVMSGLEN: elsewhere('message.content_too_long'),
  ESME_RINVCMDLEN: misunderstood,
  ESME_RINVCMDID: misunderstood,
  ESME_RINVBNDSTS: again('message.send_failed', 5, 2_000),
  ESME_RALYBND: misunderstood,
  ESME_RINVPRTFLG: misunderstood,
  ESME_RINVREGDLVFLG: elsewhere('message.delivery_report_unsupported'),
  ESME_RSYSERR: again('message.send_failed', 5, 5_000),
  ESME_RINVSRCADR: elsewhere('message.sender_invalid'),
  ESME_RINVDSTADR: never('message.recipient_invalid'),
  ESME_RINVMSGID: misunderstood,
  ESME_RBINDFAIL: again('message.send_failed', 5, 5_000),
  ESME_RINVPASWD: misunderstood,
  ESME_RINVSYSID: misunderstood,
  ESME_RCANCELFAIL: misunderstood,
  ESME_RREPLACEFAIL: misunderstood,
  ESME_RMSGQFUL: again('message.carrier_throttled', 12, 2_000),
  ESME_RINVSERTYP: misunderstood,
  ESME_RINVNUMDESTS: misunderstood,
  ESME_RINVDLNAME: misunderstood,
  ESME_RINVDESTFLAG: misunderstood,
  ESME_RINVSUBREP: misunderstood,
  ESME_RINVESMCLASS: elsewhere('message.type_unhandled'),
  ESME_RCNTSUBDL: misunderstood,
  ESME_RSUBMITFAIL: again('message.send_failed', 3, 5_000),
  ESME_RINVSRCTON: elsewhere('message.sender_invalid'),
  ESME_RINVSRCNPI: elsewhere('message.sender_invalid'),
  ESME_RINVDSTTON: elsewhere('message.recipient_invalid'),
  ESME_RINVDSTNPI: elsewhere('message.recipient_invalid'),
  ESME_RINVSYSTYP: misunderstood,
  ESME_RINVREPFLAG: misunderstood,
  ESME_RINVNUMMSGS: misunderstood,
  ESME_RTHROTTLED: again('message.carrier_throttled', 12, 1_000),
  ESME_RINVSCHED: misunderstood,
  ESME_RINVEXPIRY: misunderstood,
  ESME_RINVDFTMSGID: misunderstood,
  ESME_RX_T_APPN: again('message.send_failed', 5, 5_000),
  ESME_RX_P_APPN: elsewhere('message.carrier_violation'),
  ESME_RX_R_APPN: elsewhere('message.carrier_violation'),
  ESME_RQUERYFAIL: misunderstood,
  ESME_RINVTLVSTREAM: misunderstood,
  ESME_RTLVNOTALLWD: misunderstood,
  ESME_RINVTLVLEN: misunderstood,
  ESME_RMISSINGTLV: misunderstood,
  ESME_RINVTLVVAL: misunderstood,
  // The SMSC tried and could not deliver, or its way to the destination's network is gone.
  ESME_RDELIVERYFAILURE: elsewhere('message.carrier_unreachable'),
  ESME_RUNKNOWNERR: elsewhere('message.unknown_error'),
  ESME_RSERTYPUNAUTH: misunderstood,
  ESME_RPROHIBITED: elsewhere('message.carrier_violation'),
  ESME_RSERTYPUNAVAIL: again('message.send_failed', 5, 10_000),
  ESME_RSERTYPDENIED: misunderstood,
  ESME_RINVDCS: elsewhere('message.content_unencodable'),
  ESME_RINVSRCADDRSUBUNIT: elsewhere('message.sender_invalid'),
  ESME_RINVDSTADDRSUBUNIT: elsewhere('message.recipient_invalid'),
  ESME_RINVBCASTFREQINT: misunderstood,
  ESME_RINVBCASTALIAS_NAME: misunderstood,
  ESME_RINVBCASTAREAFMT: misunderstood,
  ESME_RINVNUMBCAST_AREAS: misunderstood,
  ESME_RINVBCASTCNTTYPE: misunderstood,
  ESME_RINVBCASTMSGCLASS: misunderstood,
  ESME_RBCASTFAIL: misunderstood,
  ESME_RBCASTQUERYFAIL: misunderstood,
  ESME_RBCASTCANCELFAIL: misunderstood,
  ESME_RINVBCAST_REP: misunderstood,
  ESME_RINVBCASTSRVGRP: misunderstood,
  ESME_RINVBCASTCHANIND: misunderstood,
}

/** Vendors' own (0x400 to 0x4ff) and what no specification knows. */
const unknownStatus: CauseRow = elsewhere('message.unknown_error')

const byStatus = new Map<number, CauseRow>(
  Object.entries(statusCauses).map(([name, row]) => [commandStatus[name as CommandStatusName], row]),
)

function causeFrom({ reason, next, attempts, afterMs }: CauseRow, raw: string): Cause {
  return {
    reason,
    raw,
    next,
    ...(attempts !== undefined && { attemptsAtMost: attempts }),
    ...(afterMs !== undefined && { afterMs }),
  }
}

export function causeOfStatus(status: number): Cause {
  const raw = `smpp 0x${(status >>> 0).toString(16).padStart(8, '0')} ${commandStatusName(status)}`
  return causeFrom(byStatus.get(status) ?? unknownStatus, raw)
}

/** The SMSC wants us slower. */
export function isThrottling(status: number): boolean {
  return status === commandStatus.ESME_RTHROTTLED || status === commandStatus.ESME_RMSGQFUL
}

/** Why a bind was refused: the reason shown with the carrier's state. */
export function bindReason(status: number): Slug {
  const { ESME_RINVPASWD, ESME_RINVSYSID, ESME_RINVSYSTYP, ESME_RBINDFAIL } = commandStatus
  const isOurs = [ESME_RINVPASWD, ESME_RINVSYSID, ESME_RINVSYSTYP, ESME_RBINDFAIL].includes(status as never)
  return isOurs ? 'auth.credentials_invalid' : 'message.gateway_unreachable'
}

const unknownHandset = never('message.handset_unknown')
const blocked = elsewhere('message.blocked')
const unreachable = never('message.handset_unreachable')

/** `err` of a receipt for a message that was not delivered, in three digits. */
export const receiptErrorCauses: Readonly<Record<string, CauseRow>> = {
  '001': unknownHandset,
  '002': unknownHandset,
  '003': unknownHandset,
  '004': blocked,
  '005': blocked,
  '007': blocked,
  '008': unreachable,
  '010': never('message.landline'),
  '011': unreachable,
  '022': blocked,
  '023': unreachable,
  '038': unknownHandset,
  '039': unknownHandset,
  '224': blocked,
  '225': blocked,
  '228': unreachable,
  '229': blocked,
  '230': blocked,
  '231': never('message.carrier_violation'),
  '232': unknownHandset,
}

interface EndRow {
  readonly state: ReceiptState
  readonly final: boolean
  /** When `err` says nothing. */
  readonly cause?: CauseRow
}

/**
 * SMPP 3.4 5.2.28. ACCEPTED and UNKNOWN are final by the book; SMSCs send both and a true end afterwards, so that the message goes on
 * waiting for it and is ended by the time that messaging waits.
 */
export const stateEnds: Readonly<Record<MessageState, EndRow>> = {
  SCHEDULED: { state: 'enroute', final: false },
  ENROUTE: { state: 'enroute', final: false },
  ACCEPTED: { state: 'accepted', final: false },
  UNKNOWN: { state: 'unknown', final: false },
  DELIVERED: { state: 'delivered', final: true },
  EXPIRED: { state: 'expired', final: true, cause: unreachable },
  DELETED: { state: 'deleted', final: true, cause: blocked },
  UNDELIVERABLE: { state: 'undelivered', final: true, cause: elsewhere('message.unknown_error') },
  REJECTED: { state: 'rejected', final: true, cause: elsewhere('message.carrier_violation') },
  SKIPPED: { state: 'undelivered', final: true, cause: blocked },
}

/** By a carrier's own table first; undefined for an `err` that says nothing. */
export function rowOfError(err: string | undefined, own: ReadonlyMap<string, Slug>): CauseRow | undefined {
  if (err === undefined || err === '') return undefined
  const key = err.toLowerCase()
  const digits = /^\d{1,3}$/.test(key) ? key.padStart(3, '0') : key
  const reason = own.get(key) ?? own.get(digits)
  if (reason !== undefined) return { reason, next: nextOf(reason) }
  return Object.hasOwn(receiptErrorCauses, digits) ? receiptErrorCauses[digits] : undefined
}

/** As the usual table has it for that reason. */
function nextOf(reason: Slug): Cause['next'] {
  return Object.values(receiptErrorCauses).find((row) => row.reason === reason)?.next ?? 'elsewhere'
}
