// What the fake SMSC has to deliver to one system id: receipts and mobile-originated messages, kept until a bound receiver acknowledged them.

import type { Counters } from './smsc-log.ts'
import { buildDelivery, type Delivery } from './smsc-wire.ts'

/** A bound connection that takes deliver_sm. */
export interface Receiver {
  write(pdu: Buffer): void
  nextSequence(): number
}

interface Item {
  readonly delivery: Delivery
  readonly kind: 'receipt' | 'mo'
  tries: number
  readonly settled: ((status: number) => void) | undefined
}

const retryMs = 200
const mostTries = 5_000

export class Mailbox {
  readonly #counters: () => Counters
  readonly #window: number
  #waiting: Item[] = []
  #from = 0
  readonly #receivers: Receiver[] = []
  readonly #unacknowledged = new Map<Receiver, Map<number, Item>>()

  constructor(counters: () => Counters, window: number) {
    this.#counters = counters
    this.#window = window
  }

  put(kind: Item['kind'], delivery: Delivery, settled?: (status: number) => void): void {
    this.#waiting.push({ delivery, kind, tries: 0, settled })
    if (kind === 'receipt') this.#counters().receiptsWaiting++
    this.#pump()
  }

  attach(receiver: Receiver): void {
    this.#receivers.push(receiver)
    this.#unacknowledged.set(receiver, new Map())
    this.#pump()
  }

  /** What was not acknowledged goes to the next receiver: so a receipt may come twice, as it does in life. */
  detach(receiver: Receiver): void {
    const at = this.#receivers.indexOf(receiver)
    if (at < 0) return
    this.#receivers.splice(at, 1)
    const lost = [...this.#unacknowledged.get(receiver)!.values()]
    this.#unacknowledged.delete(receiver)
    this.#waiting = [...lost, ...this.#waiting.slice(this.#from)]
    this.#from = 0
    this.#pump()
  }

  acknowledged(receiver: Receiver, sequence: number, status: number): void {
    const mine = this.#unacknowledged.get(receiver)
    const item = mine?.get(sequence)
    if (!item) return
    mine!.delete(sequence)
    const counters = this.#counters()
    // ESME_RMSGQFUL, ESME_RTHROTTLED, ESME_RX_T_APPN: later perhaps.
    if ([0x14, 0x58, 0x64].includes(status) && item.tries < mostTries) {
      setTimeout(() => {
        this.#waiting.push(item)
        this.#pump()
      }, retryMs).unref()
    } else if (item.kind === 'receipt') {
      counters.receiptsWaiting--
      if (status === 0) counters.receiptsAcknowledged++
      else counters.receiptsRefused++
    } else if (status === 0) counters.mosAcknowledged++
    else counters.mosRefused++
    item.settled?.(status)
    this.#pump()
  }

  #pump(): void {
    let receiver = 0
    while (this.#from < this.#waiting.length && receiver < this.#receivers.length) {
      const to = this.#receivers[receiver]!
      const mine = this.#unacknowledged.get(to)!
      if (mine.size >= this.#window) {
        receiver++
        continue
      }
      const item = this.#waiting[this.#from++]!
      const sequence = to.nextSequence()
      item.tries++
      mine.set(sequence, item)
      if (item.kind === 'receipt') this.#counters().receiptsSent++
      else this.#counters().mosSent++
      to.write(buildDelivery(item.delivery, sequence))
    }
    if (this.#from === this.#waiting.length || this.#from > 4096) {
      this.#waiting = this.#waiting.slice(this.#from)
      this.#from = 0
    }
  }
}
