// A whole pretend network in the process: it takes messages, gives ids, sends receipts, delivers to virtual handsets and takes what
// they send. What it does is decided by the recipient alone (magic-numbers.ts), so that everything can be tried without a carrier
// and comes out the same each time. It pretends to be a network; it never makes the platform lie about one.
//
// Keeps nothing on disk. Receipts that were still to come when the process ended are planned again from the ids of the messages that
// await one (loopback-ref.ts), which `awaiting` gives. A message may so get a receipt twice, as it may from a real network.

import { faultsOf, valuesOf, type ValuesOf, type CarrierConfig } from '#values/carrier-settings.ts'
import type { Handsets, HandsetSend } from '#messaging/handsets.ts'
import { RateMeter } from '#messaging/rate-meter.ts'
import type {
  CarrierKind,
  CarrierNews,
  CarrierState,
  Cause,
  InboundSms,
  Receipt,
  SegmentOutcome,
  SmsCarrier,
  SubmitJob,
  SubmitOutcome,
} from '#messaging/sms-carrier.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Clock } from '#values/clock.ts'
import { planText, type SmsPlan } from '#values/sms-text.ts'
import { DueList } from './due-list.ts'
import { loopbackRef, readLoopbackRef } from './loopback-ref.ts'
import { planFor, type NetworkPlan, type PlannedReceipt } from './magic-numbers.ts'
import { loopbackSettings } from './settings.ts'
import { VirtualHandsets } from './virtual-handsets.ts'

/** The network's ids of messages that still await a receipt of this carrier, after a start. */
export type Awaiting = (carrierId: number) => Promise<readonly string[]>

/** When messaging could not take news, for instance because its store is gone, it is told again. */
const tellAgainMs = 1000

export class Loopback implements SmsCarrier {
  readonly id: number
  readonly abilities = { kinds: ['sms', 'flash', 'mms'], multipart: true, receipts: true, codings: ['gsm7', 'ucs2'] } as const
  readonly handsets = new VirtualHandsets()
  readonly #name: string
  readonly #settings: ValuesOf<typeof loopbackSettings>
  readonly #news: CarrierNews
  readonly #clock: Clock
  readonly #sinceMs: number
  readonly #receipts: DueList<Receipt>
  readonly #rate: RateMeter
  /** Ends the waiting of slow answers, with what they are to say. */
  readonly #slow = new Set<() => void>()
  #closed = false
  #submitted = 0
  #refused = 0
  #received = 0
  #receipted = 0
  #reference = 0

  constructor({ id, name, detail }: CarrierConfig, news: CarrierNews, clock: Clock) {
    this.id = id
    this.#name = name
    this.#settings = valuesOf(loopbackSettings, detail)
    this.#news = news
    this.#clock = clock
    this.#sinceMs = clock.nowMs()
    this.#receipts = new DueList(clock, (due) => void this.#tell(due))
    this.#rate = new RateMeter(clock)
  }

  /** Plans again the receipts of messages that an earlier process took. */
  resume(refs: readonly string[]): void {
    for (const ref of refs) {
      const known = readLoopbackRef(ref)
      if (!known) continue
      const { takenMs, recipient, segment, segments } = known
      this.#plan(planFor(recipient), ref, takenMs, segment, segments)
    }
  }

  room(): number {
    return this.#closed ? 0 : this.#settings.window - this.#slow.size
  }

  async submit(job: SubmitJob): Promise<SubmitOutcome> {
    if (this.#closed) return failedWith(closed)
    const plan = planFor(job.recipient)
    const { refusal } = plan
    if (plan.slow && !(await this.#waited())) return failedWith(closed)
    this.#rate.add()
    if (refusal && (!refusal.firstTimeOnly || job.attempt === 1)) {
      this.#refused += 1
      return failedWith(refusal.cause)
    }
    const cut = planText(job.text, { coding: job.coding })
    if (!cut.fits) {
      this.#refused += 1
      return failedWith(misfit)
    }
    this.#submitted += 1
    return this.#take(job, plan, job.kind === 'mms' ? 1 : cut.segments)
  }

  #take(job: SubmitJob, plan: NetworkPlan, segments: number): SubmitOutcome {
    const takenMs = this.#clock.nowMs()
    const outcomes: SegmentOutcome[] = []
    for (let segment = 0; segment < segments; segment += 1) {
      if (job.done.includes(segment)) continue
      const ref = loopbackRef({ takenMs, messageId: job.messageId, segment, segments, recipient: job.recipient })
      outcomes.push({ index: segment, ref })
      if (job.wantsReceipt) this.#plan(plan, ref, takenMs, segment, segments)
    }
    const arrives = plan.receipts.length === 0 || plan.receipts.some(({ state }) => state === 'delivered')
    if (arrives) this.handsets.received(job, segments, takenMs)
    return { segments, outcomes, receiptExpected: job.wantsReceipt }
  }

  #plan(plan: NetworkPlan, ref: string, takenMs: number, segment: number, segments: number): void {
    for (const planned of plan.receipts) {
      const receipt = planned.lastSegment && segment < segments - 1 ? arrived : planned
      const { receiptAfterMs, lateAfterMs } = this.#settings
      const dueMs = takenMs + (receipt.at === 'late' ? lateAfterMs : receiptAfterMs)
      this.#receipts.add(Math.max(0, dueMs - this.#clock.nowMs()), receiptOf(ref, receipt, dueMs))
    }
  }

  async #tell(receipts: readonly Receipt[]): Promise<void> {
    try {
      await this.#news.receipts(this.id, receipts)
      this.#receipted += receipts.length
    } catch {
      if (!this.#closed) for (const receipt of receipts) this.#receipts.add(tellAgainMs, receipt)
    }
  }

  /** False when the network was closed meanwhile. */
  #waited(): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel()
        this.#slow.delete(end)
        resolve(!this.#closed)
        if (!this.#closed) this.#news.room(this.id)
      }
      const timer = this.#clock.after(this.#settings.slowAfterMs, end)
      this.#slow.add(end)
    })
  }

  /** A message from a handset: segments of a long text come one after another, as they do from a network. */
  async inbound(accountId: number, message: HandsetSend): Promise<{ taken: true } | { taken: false; reason: Slug }> {
    if (this.#closed) return { taken: false, reason: 'message.gateway_unreachable' }
    const { handset, to, text, subject, media } = message
    const isMms = media !== undefined && media.length > 0
    const plan = planText(text.toWellFormed())
    const pieces = !isMms && plan.fits ? piecesOf(plan) : [text]
    const reference = (this.#reference = (this.#reference + 1) % 256)
    for (const [index, piece] of pieces.entries()) {
      const one: InboundSms = {
        sender: handset,
        recipient: to,
        text: piece,
        coding: plan.fits ? plan.coding : 'ucs2',
        kind: isMms ? 'mms' : 'sms',
        ...(pieces.length > 1 && { concat: { reference, total: pieces.length, part: index + 1 } }),
        ...(media && { media }),
        ...(subject !== undefined && { subject }),
      }
      const told = await this.#news.inbound(this.id, one)
      if (!told.taken) return told
      this.#received += 1
    }
    this.handsets.sent(accountId, message, pieces.length, this.#clock.nowMs())
    return { taken: true }
  }

  isUp(): boolean {
    return !this.#closed
  }

  state(): CarrierState {
    const outstanding = this.#slow.size
    return {
      state: this.#closed ? 'closed' : 'up',
      binds: [{ name: this.#name, state: this.#closed ? 'closed' : 'bound', sinceMs: this.#sinceMs, outstanding }],
      outstanding,
      window: this.#settings.window,
      submitted: this.#submitted,
      refused: this.#refused,
      receipts: this.#receipted,
      inbound: this.#received,
      ratePerSecond: this.#rate.perSecond(),
    }
  }

  async stop(): Promise<void> {
    this.#closed = true
    for (const end of this.#slow) end()
    this.#receipts.clear()
  }
}

const arrived: PlannedReceipt = { state: 'delivered', at: 'receipt', stat: 'DELIVRD', err: '000' }

const closed: Cause = { reason: 'message.gateway_unreachable', raw: 'loopback closed', next: 'again' }
const misfit: Cause = { reason: 'message.content_unencodable', raw: 'loopback ESME_RINVMSGLEN', next: 'never' }

/** Nothing of it was taken. */
function failedWith(cause: Cause): SubmitOutcome {
  return { segments: 1, outcomes: [{ index: 0, cause }], receiptExpected: false }
}

function receiptOf(ref: string, { state, stat, err, cause }: PlannedReceipt, doneMs: number): Receipt {
  const raw = `id:${ref} stat:${stat} err:${err}`
  return { ref, state, final: true, raw, doneMs, ...(cause && { cause: { ...cause, raw: `receipt ${stat} err:${err}` } }) }
}

function piecesOf(plan: SmsPlan): string[] {
  return plan.ends.map((end, index) => plan.text.slice(index === 0 ? 0 : plan.ends[index - 1], end))
}

/** The kind, and the handsets of whichever carrier of it is open. */
export interface LoopbackKind extends CarrierKind, Handsets {}

const nobody = { taken: false, reason: 'message.gateway_not_found' } as const

/** `awaiting` is asked once when a carrier opens; absent: receipts of an earlier process stay away, and time out. */
export function loopbackKind(clock: Clock, awaiting?: Awaiting): LoopbackKind {
  const open = new Set<Loopback>()
  const first = (): Loopback | undefined => {
    for (const one of open) {
      if (one.isUp()) return one
      open.delete(one)
    }
    return undefined
  }
  return {
    kind: 'loopback',
    settings: loopbackSettings,
    faults: (detail) => faultsOf(loopbackSettings, detail),
    open(config, news) {
      const carrier = new Loopback(config, news, clock)
      open.add(carrier)
      // What cannot be read now is covered by the time that messaging waits for receipts.
      awaiting?.(config.id).then(
        (refs) => carrier.resume(refs),
        () => {},
      )
      return carrier
    },
    messages: (accountId, handset) => first()?.handsets.messages(accountId, handset) ?? [],
    markRead: (accountId, handset, upTo) => first()?.handsets.markRead(accountId, handset, upTo) ?? 0,
    send: async (accountId, message) => first()?.inbound(accountId, message) ?? nobody,
  }
}
