// The text form of a delivery receipt (SMPP 3.4 appendix B): `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`.
// The appendix is only a recommendation, so the parser bears what carriers make of it: keys in any order and case, with `_` or nothing for the
// blank, fields missing, dates of 10, 12 or 14 digits, UCS-2. An id stays as it stands: whether it is hex or decimal is the caller's affair.

import { receiptStats, stateOfStat, type MessageState } from './message-state.ts'

export interface ReceiptText {
  readonly id?: string
  readonly sub?: string
  readonly dlvrd?: string
  /** Digits; `receiptDateMs` reads them. */
  readonly submitDate?: string
  readonly doneDate?: string
  /** As it stands, in upper case. */
  readonly stat?: string
  /** Undefined also for a `stat` that no specification knows. */
  readonly state?: MessageState
  /** As it stands: vendors put decimal, hex and words here. */
  readonly err?: string
  readonly text?: string
}

export interface ReceiptToBuild {
  readonly id: string
  readonly state: MessageState
  readonly submitMs: number
  readonly doneMs: number
  /** Three digits by the appendix. Default 000. */
  readonly err?: string
  /** The first 20 characters of the message. */
  readonly text?: string
}

type Key = 'id' | 'sub' | 'dlvrd' | 'submitDate' | 'doneDate' | 'stat' | 'err' | 'text'

const keys = /(?<![\p{L}\d_])(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)\s*:/giu

const keyOf = (word: string): Key => {
  const plain = word.toLowerCase().replaceAll(/[ _]/g, '')
  return plain === 'submitdate' ? 'submitDate' : plain === 'donedate' ? 'doneDate' : (plain as Key)
}

/** Undefined for what has neither an id nor a stat: no receipt. */
export function parseReceiptText(octets: Uint8Array | string): ReceiptText | undefined {
  const whole = typeof octets === 'string' ? octets : receiptCharacters(octets)
  const found = [...whole.matchAll(keys)].map((match) => ({
    key: keyOf(match[1]!),
    at: match.index,
    from: match.index + match[0].length,
  }))
  const fields: Partial<Record<Key, string>> = {}
  for (const [n, { key, from }] of found.entries()) {
    if (fields[key] !== undefined) continue
    // The text is the sender's and may itself hold what looks like a key: it ends only before one that has not been seen.
    const next =
      key === 'text' ? found.slice(n + 1).find((one) => fields[one.key] === undefined && one.key !== 'text') : found[n + 1]
    const value = whole.slice(from, next?.at)
    fields[key] = key === 'text' ? value.replace(/^ /, '') : value.trim()
    if (key === 'text' && fields.id !== undefined && fields.stat !== undefined) {
      fields.text = whole.slice(from).replace(/^ /, '')
      break
    }
  }
  if (!fields.id && !fields.stat) return undefined
  const stat = fields.stat?.toUpperCase()
  const state = stat === undefined ? undefined : stateOfStat(stat)
  return { ...fields, ...(stat === undefined ? {} : { stat }), ...(state === undefined ? {} : { state }) }
}

/** Latin-1, or UCS-2 where every other octet is zero. */
function receiptCharacters(octets: Uint8Array): string {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  const isWide = bytes.length >= 4 && bytes.length % 2 === 0 && bytes[0] === 0 && bytes[2] === 0
  return isWide ? Buffer.from(bytes).swap16().toString('utf16le') : bytes.toString('latin1').replaceAll('\0', '')
}

/** `YYMMDDhhmm`, with `ss`, or with a year of four digits too; in the carrier's own time, `zoneMinutes` ahead of UTC. */
export function receiptDateMs(date: string, zoneMinutes = 0): number | undefined {
  const found = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/.exec(date.length === 14 ? date : `20${date}`)
  if (!found || ![10, 12, 14].includes(date.length)) return undefined
  const [century, year, month, day, hour, minute, second] = found.slice(1).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const atMs = Date.UTC(century * 100 + year, month - 1, day, hour, minute, second)
  const at = new Date(atMs)
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined
  return atMs - zoneMinutes * 60_000
}

/** Appendix B as it stands, dates of ten digits in UTC. */
export function buildReceiptText(receipt: ReceiptToBuild): string {
  const { id, state, submitMs, doneMs, err = '000', text = '' } = receipt
  const dlvrd = state === 'DELIVERED' ? '001' : '000'
  const dates = `submit date:${tenDigits(submitMs)} done date:${tenDigits(doneMs)}`
  return `id:${id} sub:001 dlvrd:${dlvrd} ${dates} stat:${receiptStats[state]} err:${err} text:${text.slice(0, 20)}`
}

function tenDigits(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(2, 12)
}
