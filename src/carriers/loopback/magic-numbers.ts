// The numbers at which the pretend network does something particular. Data only: docs/sandbox.md shows this table, and a test
// holds the two together. The last two digits say what happens; what stands before them are ranges that national plans keep
// free for stories, so that no real person has such a number:
//
//   +1 310 555 01xx     NANPA, 555-0100 to 0199
//   +44 20 7946 09xx    Ofcom, numbers for drama: London
//   +44 7700 9009xx     Ofcom, numbers for drama: mobile
//
// Every other number is that of a handset that works.

import type { Cause, ReceiptState } from '#messaging/sms-carrier.ts'

/** When something happens: at once, or by a setting of the carrier. */
export type Moment = 'receipt' | 'late'

export interface PlannedReceipt {
  readonly state: ReceiptState
  readonly at: Moment
  /** The `stat` and `err` that an SMSC would write. */
  readonly stat: string
  readonly err: string
  readonly cause?: Pick<Cause, 'reason' | 'next'>
  /** Only for the last segment; the others are delivered. */
  readonly lastSegment?: true
}

export interface NetworkPlan {
  /** What the submit is answered with instead of an id: always, or only the first time. */
  readonly refusal?: { readonly cause: Cause; readonly firstTimeOnly?: true }
  /** The answer takes its time. */
  readonly slow?: true
  readonly receipts: readonly PlannedReceipt[]
}

export interface MagicNumber {
  /** The last two digits. */
  readonly digits: string
  readonly name: string
  /** What happens, for people. */
  readonly says: string
  readonly plan: NetworkPlan
}

export const magicPrefixes = ['+131055501', '+4420794609', '+4477009009'] as const

const delivered: PlannedReceipt = { state: 'delivered', at: 'receipt', stat: 'DELIVRD', err: '000' }

const failed = (
  stat: 'UNDELIV' | 'REJECTD' | 'EXPIRED',
  err: string,
  reason: Cause['reason'],
  next: Cause['next'],
): PlannedReceipt => ({
  state: stat === 'UNDELIV' ? 'undelivered' : stat === 'EXPIRED' ? 'expired' : 'rejected',
  at: 'receipt',
  stat,
  err,
  cause: { reason, next },
})

const ends = (receipt: PlannedReceipt): NetworkPlan => ({ receipts: [receipt] })

const refuses = (cause: Cause): NetworkPlan => ({ refusal: { cause }, receipts: [] })

const throttled: Cause = {
  reason: 'message.carrier_throttled',
  raw: 'loopback ESME_RTHROTTLED',
  next: 'again',
  afterMs: 500,
  attemptsAtMost: 3,
}

/** What every other number does. */
const ordinaryPlan: NetworkPlan = ends(delivered)

export const magicNumbers: readonly MagicNumber[] = [
  { digits: '01', name: 'delivered', says: 'The message is taken and delivered.', plan: ordinaryPlan },
  {
    digits: '02',
    name: 'undelivered',
    says: 'Taken, then a receipt says undeliverable without a recognisable cause.',
    plan: ends(failed('UNDELIV', '099', 'message.unknown_error', 'elsewhere')),
  },
  {
    digits: '03',
    name: 'expired',
    says: 'Taken, then a receipt says that the handset could not be reached while the message was valid.',
    plan: ends(failed('EXPIRED', '011', 'message.handset_unreachable', 'never')),
  },
  {
    digits: '04',
    name: 'late receipt',
    says: 'Delivered; the receipt comes late (setting lateAfterMs).',
    plan: ends({ ...delivered, at: 'late' }),
  },
  {
    digits: '05',
    name: 'duplicate receipt',
    says: 'Delivered; the receipt comes twice.',
    plan: { receipts: [delivered, delivered] },
  },
  { digits: '06', name: 'no receipt', says: 'Taken; no receipt ever comes.', plan: { receipts: [] } },
  {
    digits: '07',
    name: 'unknown handset',
    says: 'Taken, then a receipt says that nobody has the number.',
    plan: ends(failed('UNDELIV', '001', 'message.handset_unknown', 'never')),
  },
  {
    digits: '08',
    name: 'landline',
    says: 'Taken, then a receipt says that the number is a landline.',
    plan: ends(failed('UNDELIV', '010', 'message.landline', 'never')),
  },
  {
    digits: '09',
    name: 'opted out',
    says: 'Taken, then the network rejects it: the recipient wants no messages from this sender.',
    plan: ends(failed('REJECTD', '021', 'message.recipient_opted_out', 'never')),
  },
  {
    digits: '10',
    name: 'blocked',
    says: 'Taken, then a receipt says that it was blocked on the way.',
    plan: ends(failed('UNDELIV', '004', 'message.blocked', 'elsewhere')),
  },
  {
    digits: '11',
    name: 'carrier violation',
    says: 'Taken, then the carrier rejects it as against its rules.',
    plan: ends(failed('REJECTD', '231', 'message.carrier_violation', 'never')),
  },
  {
    digits: '12',
    name: 'queue full',
    says: 'The first submit is refused because the queue of the network is full, the next is taken and delivered.',
    plan: {
      refusal: { cause: { ...throttled, raw: 'loopback ESME_RMSGQFUL' }, firstTimeOnly: true },
      receipts: [delivered],
    },
  },
  {
    digits: '13',
    name: 'throttled',
    says: 'The first submit is throttled, the next is taken and delivered.',
    plan: { refusal: { cause: throttled, firstTimeOnly: true }, receipts: [delivered] },
  },
  {
    digits: '14',
    name: 'throttled for ever',
    says: 'Every submit is throttled, until the attempts are used up.',
    plan: refuses(throttled),
  },
  {
    digits: '15',
    name: 'handset unreachable',
    says: 'Taken, then a receipt says that the handset cannot be reached.',
    plan: ends(failed('UNDELIV', '008', 'message.handset_unreachable', 'never')),
  },
  {
    digits: '16',
    name: 'missing segment',
    says: 'Taken; the last segment is lost on the way, the others are delivered.',
    plan: ends({ ...failed('UNDELIV', '012', 'message.segment_missing', 'never'), lastSegment: true }),
  },
  {
    digits: '17',
    name: 'carrier unreachable',
    says: 'Refused: the carrier of the destination cannot be reached. Another route is tried if there is one.',
    plan: refuses({ reason: 'message.carrier_unreachable', raw: 'loopback ESME_RDELIVERYFAILURE', next: 'elsewhere' }),
  },
  {
    digits: '18',
    name: 'refused for good',
    says: 'Refused: the network takes no such destination, over whatever route.',
    plan: refuses({ reason: 'message.recipient_invalid', raw: 'loopback ESME_RINVDSTADR', next: 'never' }),
  },
  {
    digits: '19',
    name: 'slow',
    says: 'The submit is answered late (setting slowAfterMs), then delivered.',
    plan: { slow: true, receipts: [delivered] },
  },
]

const byNumber = new Map<string, NetworkPlan>(
  magicPrefixes.flatMap((prefix) => magicNumbers.map((one) => [`${prefix}${one.digits}`, one.plan] as const)),
)

/** What the pretend network does with a message to that number (E.164 with +). */
export function planFor(recipient: string): NetworkPlan {
  return byNumber.get(recipient) ?? ordinaryPlan
}
