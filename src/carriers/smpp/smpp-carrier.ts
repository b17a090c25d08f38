// An SMSC that we are an ESME of (SMPP 3.4 and 5.0). Several binds, one window each, one pace for all. Submits come back as outcomes;
// receipts and messages go to messaging, and the SMSC hears that we have them only when that is so.
//
// Keeps no queue: messaging hands over as much as there is room for. A PDU that the SMSC left unanswered may have been taken, so by
// default it is never sent again; the setting resendUnanswered says otherwise.

import { readFileSync } from 'node:fs'
import { valuesOf, type CarrierConfig } from '#values/carrier-settings.ts'
import { RateMeter } from '#messaging/rate-meter.ts'
import type {
  CarrierAbilities,
  CarrierKind,
  CarrierNews,
  CarrierState,
  Cause,
  SegmentOutcome,
  SmsCarrier,
  SubmitJob,
  SubmitOutcome,
} from '#messaging/sms-carrier.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import type { BindName, DialOptions } from '#protocols/smpp/dial.ts'
import type { Malformed, Pdu, PduDraft, RequestPdu } from '#protocols/smpp/pdu.ts'
import type { Answer, NoAnswer, Respond } from '#protocols/smpp/session-parts.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { causeOfStatus, isThrottling } from './causes.ts'
import { Link } from './link.ts'
import { Pace } from './pace.ts'
import { inboundOf, isReceipt, receiptOf, type Delivery, type ReadingTerms } from './read-deliver.ts'
import { ReceiptBatch } from './receipt-batch.ts'
import { pairsOf, readSmppUrl, smppFaults, smppSettings, type SmppSettings } from './settings.ts'
import { submissionOf, wordingOf, type Submission, type SubmitDraft, type Wording } from './submit-pdu.ts'

const bindsOf: Readonly<Record<SmppSettings['bind'], readonly BindName[]>> = {
  transceiver: ['bind_transceiver'],
  separate: ['bind_transmitter', 'bind_receiver'],
  transmitter: ['bind_transmitter'],
  receiver: ['bind_receiver'],
}

/** Requests of the SMSC that may be with us at a time: many, so that their writes are few. */
const peerWindow = 1_000
const nothingSent = { next: 'again', afterMs: 1_000 } as const

interface Under {
  readonly plan: Omit<Submission, 'pdus'>
  readonly outcomes: SegmentOutcome[]
  left: number
  readonly receiptExpected: boolean
  readonly done: (outcome: SubmitOutcome) => void
}

export class SmppCarrier implements SmsCarrier {
  readonly id: number
  readonly abilities: CarrierAbilities
  readonly #name: string
  readonly #settings: SmppSettings
  readonly #secret: string
  readonly #wording: Wording
  readonly #terms: ReadingTerms
  readonly #news: CarrierNews
  readonly #clock: Clock
  readonly #links: readonly Link[]
  readonly #transmitting: readonly Link[]
  readonly #pace: Pace
  readonly #rate: RateMeter
  readonly #receipts: ReceiptBatch
  /** The octets of deliveries that are being worked on. */
  readonly #octets = new WeakMap<object, Buffer>()
  /** Of the response that is being told at this moment. */
  #lastResponse: Buffer | undefined
  #wake: Timer | undefined
  #closed = false
  #submitted = 0
  #refused = 0
  #inbound = 0
  #lastError: CarrierState['lastError']

  constructor({ id, name, detail, secret }: CarrierConfig, news: CarrierNews, clock: Clock, random: () => number) {
    this.id = id
    this.#name = name
    this.#secret = secret
    this.#settings = valuesOf(smppSettings, detail)
    const { concat, ucs2, registeredDelivery, defaultAlphabet, packed, receiptErrors, receiptZoneMinutes, throughput } =
      this.#settings
    this.#wording = wordingOf(this.#settings)
    this.abilities = {
      kinds: ['sms', 'flash'],
      multipart: concat !== 'none',
      receipts: (registeredDelivery & 3) !== 0,
      codings: ucs2 ? ['gsm7', 'ucs2'] : ['gsm7'],
      ...(countsOtherwise(this.#settings) && { writing: this.#wording.writing }),
    }
    this.#terms = {
      defaultAlphabet,
      packed,
      receiptErrors: new Map(pairsOf(receiptErrors).map(([err, reason]) => [err.toLowerCase(), reason as Slug])),
      zoneMinutes: receiptZoneMinutes,
    }
    this.#news = news
    this.#clock = clock
    this.#pace = new Pace(clock, throughput)
    this.#rate = new RateMeter(clock)
    this.#receipts = new ReceiptBatch((receipts) => news.receipts(id, receipts))
    this.#links = this.#makeLinks(random)
    this.#transmitting = this.#links.filter(({ transmits }) => transmits)
  }

  start(): void {
    for (const link of this.#links) link.start()
  }

  room(): number {
    if (this.#closed) return 0
    let room = 0
    for (const { session } of this.#transmitting) if (session) room += session.room
    return room === 0 ? 0 : Math.min(room, this.#pace.room())
  }

  submit(job: SubmitJob): Promise<SubmitOutcome> {
    const session = this.#closed ? undefined : this.#roomiest()?.session
    if (!session) return Promise.resolve(failedWith(this.#notBound()))
    const made = submissionOf(job, this.#wording, this.#clock.nowMs())
    if ('reason' in made) {
      this.#refused += 1
      return Promise.resolve(failedWith(made))
    }
    const { pdus, ...plan } = made
    const receiptExpected = job.wantsReceipt && this.abilities.receipts
    if (pdus.length === 0) return Promise.resolve({ ...plan, outcomes: [], receiptExpected })
    this.#submitted += 1
    this.#rate.add(pdus.length)
    this.#pace.take(pdus.length)
    if (this.#pace.room() === 0) this.#wakeLater()
    return new Promise((done) => {
      const under: Under = { plan, outcomes: [], left: pdus.length, receiptExpected, done }
      for (const { index, pdu } of pdus) session.send(pdu, (answer) => this.#answered(under, index, job.messageId, answer))
    })
  }

  isUp(): boolean {
    return !this.#closed && this.#transmitting.some(({ session }) => session !== undefined)
  }

  state(): CarrierState {
    const binds = this.#links.map(({ name, state, sinceMs, session }) => {
      const figures = session?.figures
      return { name, state, sinceMs, outstanding: figures ? figures.outstanding + figures.waiting : 0 }
    })
    return {
      state: this.#closed ? 'closed' : this.isUp() ? 'up' : 'down',
      binds,
      outstanding: binds.reduce((sum, { outstanding }) => sum + outstanding, 0),
      window: this.#settings.window * this.#transmitting.length,
      submitted: this.#submitted,
      refused: this.#refused,
      receipts: this.#receipts.taken,
      inbound: this.#inbound,
      ratePerSecond: this.#rate.perSecond(),
      limitPerSecond: this.#pace.perSecond,
      ...(this.#lastError && { lastError: this.#lastError }),
    }
  }

  async stop(withinMs: number): Promise<void> {
    this.#closed = true
    this.#wake?.cancel()
    await Promise.all(this.#links.map((link) => link.stop(withinMs)))
    await this.#receipts.settled()
  }

  #makeLinks(random: () => number): Link[] {
    const { binds, bind, reconnectMinMs, reconnectMaxMs } = this.#settings
    const hooks = {
      onRequest: (pdu: RequestPdu, respond: Respond) => this.#take(pdu, respond),
      onRoom: () => this.#news.room(this.id),
      onFault: (error: unknown) =>
        this.#fault(`fault: ${error instanceof Error ? error.message : String(error)}`, 'platform.internal_error'),
      ...(this.#settings.evidence && {
        onPdu: (direction: 'in' | 'out', bytes: Buffer, pdu: Pdu | PduDraft | Malformed) => this.#keep(direction, bytes, pdu),
      }),
    }
    return Array.from({ length: binds }, (_, index) => index + 1).flatMap((number) =>
      bindsOf[bind].map(
        (command) =>
          new Link({
            name: `${command.replace('bind_', '')} ${number}`,
            bind: command,
            clock: this.#clock,
            random,
            reconnectMinMs,
            reconnectMaxMs,
            dialOptions: () => this.#dialOptions(command),
            hooks,
            onChange: () => this.#news.room(this.id),
            onFault: ({ text, reason }) => this.#fault(text, reason),
          }),
      ),
    )
  }

  #dialOptions(command: BindName): Omit<DialOptions, 'hooks'> {
    const { host, port, tls, tlsVerify, tlsCaFile, connectTimeoutMs, systemId, systemType, version } = this.#settings
    const { addressTon, addressNpi, addressRange, window, responseTimeoutMs, enquireLinkMs, enquireTimeoutMs } = this.#settings
    return {
      host,
      port,
      ...(tls && {
        tls: { servername: host, rejectUnauthorized: tlsVerify, ...(tlsCaFile !== '' && { ca: readFileSync(tlsCaFile) }) },
      }),
      connectTimeoutMs,
      bind: {
        command,
        system_id: systemId,
        password: this.#secret,
        system_type: systemType,
        interface_version: version === '5.0' ? 0x50 : 0x34,
        addr_ton: addressTon,
        addr_npi: addressNpi,
        address_range: addressRange,
      },
      session: {
        clock: this.#clock,
        window,
        peerWindow,
        responseTimeoutMs,
        enquireLinkMs,
        enquireTimeoutMs,
        sessionInitMs: responseTimeoutMs,
      },
    }
  }

  // Submits

  #roomiest(): Link | undefined {
    let best: Link | undefined
    for (const link of this.#transmitting) {
      if (link.session && (!best || link.session.room > best.session!.room)) best = link
    }
    return best
  }

  #answered(under: Under, index: number, messageId: number, answer: Answer): void {
    if (answer.command !== 'none' && this.#settings.evidence) this.#keepResponse(messageId)
    under.outcomes.push(this.#outcomeOf(index, messageId, answer))
    under.left -= 1
    if (under.left > 0) return
    const { plan, outcomes, receiptExpected, done } = under
    const hasIds = outcomes.every(({ ref, cause }) => cause !== undefined || !ref!.startsWith(noIdPrefix))
    if (outcomes.some(({ cause }) => cause !== undefined)) this.#refused += 1
    done({ ...plan, outcomes, receiptExpected: receiptExpected && hasIds })
  }

  #outcomeOf(index: number, messageId: number, answer: Answer): SegmentOutcome {
    if (answer.command === 'none') return { index, cause: this.#unanswered(answer) }
    if (answer.status === commandStatus.ESME_ROK && 'message_id' in answer) {
      // Without an id no receipt can find its way; the record says so.
      return { index, ref: answer.message_id || `${noIdPrefix}${messageId}-${index}` }
    }
    if (isThrottling(answer.status)) {
      this.#pace.slowDown(this.#rate.peak())
      this.#wakeLater()
    }
    const cause = causeOfStatus(answer.status)
    this.#lastError = { atMs: this.#clock.nowMs(), text: cause.raw, reason: cause.reason }
    return { index, cause }
  }

  /** Only what was certainly not sent may be sent again without asking. */
  #unanswered({ cause, detail, sequence }: NoAnswer): Cause {
    const { responseTimeoutMs, resendUnanswered } = this.#settings
    if (cause === 'not_sent') {
      return {
        reason: 'message.gateway_unreachable',
        params: { gateway: this.#name },
        raw: `smpp not sent: ${detail}`,
        ...nothingSent,
      }
    }
    const found: Cause = {
      reason: 'message.gateway_no_response',
      params: { gateway: this.#name, ...(cause === 'timed_out' && { timeoutMs: responseTimeoutMs }) },
      raw: `smpp ${cause === 'timed_out' ? `no response within ${responseTimeoutMs} ms` : `no response: ${detail}`}, sequence ${sequence}`,
      next: resendUnanswered ? 'again' : 'never',
      attemptsAtMost: 3,
      mayHaveTaken: true,
    }
    this.#lastError = { atMs: this.#clock.nowMs(), text: found.raw, reason: found.reason }
    return found
  }

  #notBound(): Cause {
    return { reason: 'message.gateway_unreachable', params: { gateway: this.#name }, raw: 'smpp not bound', ...nothingSent }
  }

  /** Tells that there is room once the pace allows it: nothing else would. */
  #wakeLater(): void {
    if (this.#closed) return
    this.#wake ??= this.#clock.after(this.#pace.waitMs(), () => {
      this.#wake = undefined
      if (this.#pace.room() === 0) this.#wakeLater()
      else this.#news.room(this.id)
    })
  }

  // What the SMSC sends

  #take(pdu: RequestPdu, respond: Respond): void {
    if (pdu.command !== 'deliver_sm' && pdu.command !== 'data_sm') return respond({ status: commandStatus.ESME_RINVCMDID })
    if (!isReceipt(pdu)) return void this.#takeMessage(pdu, respond)
    const receipt = receiptOf(pdu, this.#terms)
    if (!receipt) {
      this.#fault('a receipt that names no message or no state', 'message.unknown_error')
      // For good: it would not be clearer if it came again.
      return respond({ status: commandStatus.ESME_RX_P_APPN })
    }
    this.#keepDelivery(pdu, { messageId: 0, ref: receipt.ref })
    this.#receipts.add(receipt, respond)
  }

  async #takeMessage(pdu: Delivery, respond: Respond): Promise<void> {
    try {
      const told = await this.#news.inbound(this.id, inboundOf(pdu, this.#terms))
      if (!told.taken) return respond({ status: catalogue[told.reason].smpp ?? commandStatus.ESME_RX_R_APPN })
      this.#inbound += 1
      if (told.messageId !== undefined) this.#keepDelivery(pdu, { messageId: told.messageId })
      respond()
    } catch {
      respond({ status: commandStatus.ESME_RX_T_APPN })
    }
  }

  // Evidence

  #keep(direction: 'in' | 'out', bytes: Buffer, pdu: Pdu | PduDraft | Malformed): void {
    if (direction === 'out') {
      if (pdu.command === 'submit_sm') this.#tellWire((pdu as SubmitDraft).messageId, 'out', bytes)
    } else if (pdu.command === 'submit_sm_resp' || pdu.command === 'generic_nack') this.#lastResponse = bytes
    else if (pdu.command === 'deliver_sm' || pdu.command === 'data_sm') this.#octets.set(pdu, bytes)
  }

  #keepResponse(messageId: number): void {
    const bytes = this.#lastResponse
    this.#lastResponse = undefined
    if (bytes) this.#tellWire(messageId, 'in', bytes)
  }

  #keepDelivery(pdu: Delivery, of: { readonly messageId: number; readonly ref?: string }): void {
    const bytes = this.#octets.get(pdu)
    if (!bytes) return
    const atMs = this.#clock.nowMs()
    this.#news.wire({ ...of, carrierId: this.id, direction: 'in', protocol: 'smpp', bytes, atMs })
  }

  #tellWire(messageId: number, direction: 'in' | 'out', bytes: Buffer): void {
    this.#news.wire({ messageId, direction, protocol: 'smpp', bytes, atMs: this.#clock.nowMs() })
  }

  #fault(text: string, reason: Slug): void {
    this.#lastError = { atMs: this.#clock.nowMs(), text, reason }
  }
}

/** Whether texts come to other segments than by 8-bit references and the default alphabet. */
const countsOtherwise = ({ concat, plain, national }: SmppSettings): boolean =>
  concat === 'udh16' || concat === 'none' || plain || national !== ''

/** Stands for the id that an SMSC did not give. */
const noIdPrefix = 'no-id-'

/** Nothing of it was taken. */
function failedWith(cause: Cause): SubmitOutcome {
  return { segments: 1, outcomes: [{ index: 0, cause }], receiptExpected: false }
}

export function smppKind(clock: Clock, random: () => number = Math.random): CarrierKind {
  return {
    kind: 'smpp',
    settings: smppSettings,
    faults: smppFaults,
    fromUrl: readSmppUrl,
    open(config, news) {
      const carrier = new SmppCarrier(config, news, clock, random)
      carrier.start()
      return carrier
    },
  }
}
