// How fast an account and a sender may send: each message that is to go at once takes the next slot, and one whose slot is later
// waits for it, as one that was scheduled does. Messages that are scheduled anyway take none. Slots are this process's.

export interface PaceLimits {
  /** Messages a second; 0 is no limit. */
  readonly messagesPerSecond: number
  readonly senderPerSecond: number
}

/** A slot so near is now. */
const soonMs = 20
const remembered = 50_000

export class Pace {
  /** When the next slot of an account or a sender is, ms UTC with fractions. */
  readonly #next = new Map<string, number>()

  /** When this message may go, ms UTC; undefined: at once. */
  slotFor(
    { id, settings: { limits } }: { readonly id: number; readonly settings: { readonly limits: PaceLimits } },
    sender: string,
    nowMs: number,
  ): number | undefined {
    const { messagesPerSecond, senderPerSecond } = limits
    if (messagesPerSecond === 0 && senderPerSecond === 0) return undefined
    const ofAccount = this.#take(`${id}`, messagesPerSecond, nowMs)
    const ofSender = this.#take(`${id} ${sender}`, senderPerSecond, nowMs)
    const slot = Math.ceil(Math.max(ofAccount, ofSender))
    return slot > nowMs + soonMs ? slot : undefined
  }

  #take(key: string, perSecond: number, nowMs: number): number {
    if (perSecond === 0) return nowMs
    const slot = Math.max(nowMs, this.#next.get(key) ?? 0)
    // Who was asked for longest ago goes first, so the first are those that have long passed.
    this.#next.delete(key)
    if (this.#next.size >= remembered) this.#next.delete(this.#next.keys().next().value!)
    this.#next.set(key, slot + 1000 / perSecond)
    return slot
  }
}
