// How the fake SMSC behaves: everything it can do wrong, as one plain object that can be changed while it runs.

export interface Refusal {
  readonly status: number
  /** Of the submits that this fits, only every so-manieth. */
  readonly every?: number
  /** Destinations it is for, as prefixes; all if not given. */
  readonly destinations?: readonly string[]
  /** After so many it refuses no more. */
  readonly times?: number
}

export interface End {
  /** A prefix of the destination. */
  readonly destination: string
  readonly stat: string
  readonly err?: string
  /** Sent as network_error_code, type GSM. */
  readonly networkError?: number
}

/** `padded` is with zeros in front: ten digits decimal, eight hexadecimal. */
export type IdForm = 'decimal' | 'decimal_padded' | 'hex_lower' | 'hex_upper' | 'hex_padded' | 'uuid'

/** `usual` is appendix B of SMPP 3.4; the others are met in the wild. */
export type TextForm =
  | 'usual'
  | 'twelve_digits'
  | 'upper_case'
  | 'capital_text'
  | 'shuffled'
  | 'underscored'
  | 'short'
  | 'no_err'
  | 'blank_after_colon'

export interface ReceiptBehaviour {
  /** `always` also if none was asked for. */
  readonly send: 'none' | 'asked' | 'always'
  readonly delayMs: number
  readonly intermediate: boolean
  /** So many further copies. */
  readonly duplicates: number
  readonly beforeResponse: boolean
  /** `same` is the form of the response. */
  readonly ids: 'same' | 'unknown' | IdForm
  readonly form: 'both' | 'text' | 'tlv'
  readonly text: TextForm
  /** Of a message in segments: one receipt each, or one for all. */
  readonly segments: 'each' | 'first' | 'last'
  readonly stat: string
  readonly err: string
  readonly ends: readonly End[]
}

export interface Behaviour {
  /** Answers no submit. */
  readonly silent: boolean
  readonly slowMs: number
  readonly refuse: readonly Refusal[]
  /** Submits a second beyond which it answers ESME_RTHROTTLED; 0 is no limit. */
  readonly throttlePerSecond: number
  /** Breaks the connection at so many submits from now; answers not yet written are lost with it. 0 is never. */
  readonly closeAfter: number
  /** Answers so many submits at a time, the last first; 0 is in order. What has waited 50 ms is answered anyway. */
  readonly outOfOrder: number
  /** Every so-manieth response has a sequence number that nobody asked with; 0 is none. */
  readonly wrongSequenceEvery: number
  /** After every so-manieth submit come octets that are no PDU; 0 is never. */
  readonly garbageEvery: number
  readonly ids: IdForm
  /** Binds are refused with this status; 0 accepts. */
  readonly bindStatus: number
  /** Ignores binds. */
  readonly bindSilent: boolean
  readonly answersEnquireLink: boolean
  readonly receipts: ReceiptBehaviour
}

export const goodBehaviour: Behaviour = {
  silent: false,
  slowMs: 0,
  refuse: [],
  throttlePerSecond: 0,
  closeAfter: 0,
  outOfOrder: 0,
  wrongSequenceEvery: 0,
  garbageEvery: 0,
  ids: 'decimal',
  bindStatus: 0,
  bindSilent: false,
  answersEnquireLink: true,
  receipts: {
    send: 'asked',
    delayMs: 0,
    intermediate: false,
    duplicates: 0,
    beforeResponse: false,
    ids: 'same',
    form: 'both',
    text: 'usual',
    segments: 'each',
    stat: 'DELIVRD',
    err: '000',
    ends: [],
  },
}

/** What may be changed; the rest stays. */
export type BehaviourChange = Partial<Omit<Behaviour, 'receipts'>> & { readonly receipts?: Partial<ReceiptBehaviour> }

export function changed(behaviour: Behaviour, change: BehaviourChange): Behaviour {
  return { ...behaviour, ...change, receipts: { ...behaviour.receipts, ...change.receipts } }
}

export function formId(id: number, form: IdForm): string {
  if (form === 'decimal') return String(id)
  if (form === 'decimal_padded') return String(id).padStart(10, '0')
  const hex = id.toString(16)
  if (form === 'hex_lower') return hex
  if (form === 'hex_upper') return hex.toUpperCase()
  if (form === 'hex_padded') return hex.padStart(8, '0')
  return `00000000-0000-4000-8000-${hex.padStart(12, '0')}`
}

const stateOfStat: Readonly<Record<string, number>> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  UNKNOWN: 7,
  REJECTD: 8,
  SKIPPED: 9,
}

export function messageState(stat: string): number {
  return stateOfStat[stat] ?? 7
}

function digits(atMs: number, count: number): string {
  return new Date(atMs)
    .toISOString()
    .replaceAll(/\D/g, '')
    .slice(2, 2 + count)
}

export function receiptText(
  form: TextForm,
  of: { id: string; stat: string; err: string; submitMs: number; doneMs: number; text: string },
): string {
  const { id, stat, err, text } = of
  const dlvrd = stat === 'DELIVRD' ? '001' : '000'
  const long = form === 'twelve_digits' ? 12 : 10
  const [submit, done] = [digits(of.submitMs, long), digits(of.doneMs, long)]
  switch (form) {
    case 'upper_case':
      return `ID:${id} SUB:001 DLVRD:${dlvrd} SUBMIT DATE:${submit} DONE DATE:${done} STAT:${stat} ERR:${err} TEXT:${text}`
    case 'capital_text':
      return `id:${id} sub:001 dlvrd:${dlvrd} submit date:${submit} done date:${done} stat:${stat} err:${err} Text:${text}`
    case 'shuffled':
      return `stat:${stat} err:${err} done date:${done} id:${id} submit date:${submit} dlvrd:${dlvrd} sub:001 text:${text}`
    case 'underscored':
      return `id:${id} sub:001 dlvrd:${dlvrd} submit_date:${submit} done_date:${done} stat:${stat} err:${err} text:${text}`
    case 'short':
      return `id:${id} stat:${stat}`
    case 'no_err':
      return `id:${id} sub:001 dlvrd:${dlvrd} submit date:${submit} done date:${done} stat:${stat} text:${text}`
    case 'blank_after_colon':
      return `id: ${id} sub: 001 dlvrd: ${dlvrd} submit date: ${submit} done date: ${done} stat: ${stat} err: ${err} text: ${text}`
    default:
      return `id:${id} sub:001 dlvrd:${dlvrd} submit date:${submit} done date:${done} stat:${stat} err:${err} text:${text}`
  }
}
