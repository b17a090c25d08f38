// Puts packets back into their order and time. Adaptive: it waits as long as the other side's jitter asks for, within bounds; it comes back from a
// burst, and follows a clock that is faster or slower than ours, a packet at a time. It decodes nothing and knows no time but what it is given.

import { extendSequence, extendTimestamp } from './rtp-packet.ts'

export type Put = 'kept' | 'late' | 'duplicate' | 'overflow'
/** frame: `payload`, `payloadBytes`. lost: conceal one packet's time. silence: the other side sends nothing (DTX), a packet's time of comfort noise
 *  or silence. dry: nothing is there (yet); conceal while it is short. */
export type Taken = 'frame' | 'lost' | 'silence' | 'dry'

const slotCount = 64
const slotMask = slotCount - 1
/** Beyond that many packets it is another stream under the same name. */
const restartJump = 1000
/** After so many dry takes the next packet is waited for anew. */
const mostDry = 3
/** A time without sound longer than that is no pause but another clock. */
const longestPauseMs = 60_000
/** How often too much delay is looked for, in takes; and how often while it is as much as that many packets. */
const watchTakes = 100
const muchWatchTakes = 20
const muchPackets = 4
const transitWindowMs = 5000

interface Slot {
  sequence: number
  isHeld: boolean
  timestamp: number
  marker: boolean
  payloadType: number
  bytes: number
  payload: Uint8Array
}

const nothing = new Uint8Array(0)

const emptySlot = (): Slot => ({
  sequence: -1,
  isHeld: false,
  timestamp: 0,
  marker: false,
  payloadType: 0,
  bytes: 0,
  payload: nothing,
})

/** Adaptive; one source: make another, or `reset`, when the SSRC changes. `take` is called whenever the next packet's time of sound is needed. */
export class JitterBuffer {
  readonly #ticksPerMs: number
  readonly #leastMs: number
  readonly #mostMs: number
  /** Made when the first packet comes: many streams wait for long, and many end before one did. */
  #slots: Slot[] = []
  payload: Uint8Array = nothing
  payloadBytes = 0
  payloadType = 0
  /** RTP ticks each take stands for, as the other side packs. */
  packetTicks: number
  late = 0
  duplicates = 0
  /** Never came in time for `take`, though later ones did. */
  lost = 0
  /** Frames left out to come back to the wanted delay (clock drift, a past burst). */
  skipped = 0
  /** A sequence of packets being played; else the first is waited for. */
  #isPlaying = false
  #isEmpty = true
  #highest = 0
  #highestTimestamp = 0
  #next = Infinity
  #playout = 0
  #firstArrivalMs = 0
  #dry = 0
  #seenTicks = 0
  // How much later than the quickest packet of the last seconds: the quickest of this window and of the one before.
  #spreadMs = 0
  #quickest = Infinity
  #quickestBefore = Infinity
  #windowEndMs = 0
  #leastHeld = Infinity
  #takes = 0

  /** `leastMs` 40, `mostMs` 400 unless given: bounds of what it waits. */
  constructor(how: { clockRate: number; packetMs: number; leastMs?: number; mostMs?: number }) {
    this.#ticksPerMs = how.clockRate / 1000
    this.#leastMs = how.leastMs ?? 40
    this.#mostMs = how.mostMs ?? 400
    this.packetTicks = how.packetMs * this.#ticksPerMs
  }

  /** Octets are copied. A packet without sound (an event of RFC 4733, which counts in the same sequence) is put with 0 bytes.
   *  `overflow`: it is kept, but older ones had to go. */
  put(
    datagram: Uint8Array,
    at: number,
    bytes: number,
    payloadType: number,
    sequence: number,
    timestamp: number,
    marker: boolean,
    arrivalMs: number,
  ): Put {
    if (this.#isEmpty) this.#begin(sequence, timestamp)
    let extended = extendSequence(this.#highest, sequence)
    if (Math.abs(extended - this.#highest) > restartJump) {
      this.reset()
      this.#begin(sequence, timestamp)
      extended = sequence
    }
    const ticks = extendTimestamp(this.#highestTimestamp, timestamp)
    const slot = this.#slots[extended & slotMask]!
    if (slot.sequence === extended) {
      this.duplicates++
      return 'duplicate'
    }
    if (bytes > 0) this.#learnDelay(arrivalMs - ticks / this.#ticksPerMs, arrivalMs)
    if (this.#isPlaying ? extended < this.#next : extended <= this.#highest - slotCount) {
      this.late++
      return 'late'
    }
    const overflowed = this.#makeRoom(extended)
    this.#fill(slot, datagram, at, bytes, extended, ticks)
    slot.payloadType = payloadType
    slot.marker = marker
    this.#learnPacking(slot)
    if (extended > this.#highest) {
      this.#highest = extended
      this.#highestTimestamp = ticks
    }
    if (!this.#isPlaying) this.#wait(extended, arrivalMs)
    return overflowed ? 'overflow' : 'kept'
  }

  #begin(sequence: number, timestamp: number): void {
    this.#isEmpty = false
    if (this.#slots.length === 0) this.#slots = Array.from({ length: slotCount }, emptySlot)
    // Below all that can come, so that the first packet is the highest.
    this.#highest = sequence - 1
    this.#highestTimestamp = timestamp
    this.#next = Infinity
  }

  #fill(slot: Slot, datagram: Uint8Array, at: number, bytes: number, sequence: number, timestamp: number): void {
    slot.sequence = sequence
    slot.timestamp = timestamp
    slot.isHeld = true
    slot.bytes = bytes
    // Grows to the size that this stream's packets have, then never again.
    if (slot.payload.length < bytes) slot.payload = new Uint8Array(Math.max(160, bytes))
    const into = slot.payload
    for (let n = 0; n < bytes; n++) into[n] = datagram[at + n]!
  }

  /** Waiting for the first to be due: it is the lowest that came. */
  #wait(sequence: number, arrivalMs: number): void {
    if (this.#next === Infinity) this.#firstArrivalMs = arrivalMs
    this.#next = Math.min(this.#next, sequence)
  }

  #makeRoom(sequence: number): boolean {
    if (this.#next === Infinity || sequence - this.#next < slotCount) return false
    const next = sequence - slotCount + 1
    for (let old = this.#next; old < next; old++) {
      const slot = this.#slots[old & slotMask]!
      if (slot.sequence === old && slot.isHeld) {
        slot.isHeld = false
        this.skipped++
      }
    }
    this.#next = next
    return true
  }

  #learnDelay(transitMs: number, arrivalMs: number): void {
    if (arrivalMs > this.#windowEndMs) {
      this.#quickestBefore = arrivalMs > this.#windowEndMs + transitWindowMs ? transitMs : this.#quickest
      this.#quickest = transitMs
      this.#windowEndMs = arrivalMs + transitWindowMs
    }
    if (transitMs < this.#quickest) this.#quickest = transitMs
    const later = transitMs - Math.min(this.#quickest, this.#quickestBefore)
    // Quickly up, slowly down: half in seven seconds at 50 packets.
    if (later > this.#spreadMs) this.#spreadMs += (Math.min(later, this.#mostMs) - this.#spreadMs) / 2
    else this.#spreadMs *= 0.998
  }

  /** What two neighbours, twice alike, tell of a packet's time. */
  #learnPacking(slot: Slot): void {
    const before = this.#slots[(slot.sequence - 1) & slotMask]!
    if (before.sequence !== slot.sequence - 1 || before.bytes === 0 || slot.bytes === 0 || slot.marker) return
    const ticks = slot.timestamp - before.timestamp
    if (ticks <= 0 || ticks > 120 * this.#ticksPerMs) return
    // One to the next may also be a short pause: only octets of like number are packed alike, save Opus, whose ticks are what counts.
    if (ticks === this.#seenTicks) this.packetTicks = ticks
    this.#seenTicks = ticks
  }

  take(nowMs: number): Taken {
    if (!this.#isPlaying && !this.#start(nowMs)) return 'dry'
    this.#watchHeld()
    this.#stepOverEvents()
    const slot = this.#slots[this.#next & slotMask]!
    if (slot.sequence === this.#next && slot.isHeld) return this.#play(slot)
    this.#playout += this.packetTicks
    if (this.#highest > this.#next) {
      this.#next++
      this.lost++
      return 'lost'
    }
    if (++this.#dry > mostDry) {
      this.#isPlaying = false
      this.#next = Infinity
    }
    return 'dry'
  }

  /** Where sound goes on beside the packets of an event, those take no time of their own. */
  #stepOverEvents(): void {
    for (;;) {
      const slot = this.#slots[this.#next & slotMask]!
      if (slot.sequence !== this.#next || !slot.isHeld || slot.bytes > 0) return
      const after = this.#slots[(this.#next + 1) & slotMask]!
      if (after.sequence !== this.#next + 1 || after.bytes === 0 || after.timestamp > this.#playout + this.packetTicks / 2) return
      slot.isHeld = false
      this.#next++
    }
  }

  #start(nowMs: number): boolean {
    if (this.#next === Infinity || nowMs - this.#firstArrivalMs < this.wantedMs - this.packetTicks / this.#ticksPerMs)
      return false
    // What was held up in the network comes in one lump: its oldest would only make all that follows late.
    while (this.heldMs > this.wantedMs + (2 * this.packetTicks) / this.#ticksPerMs && this.#next < this.#highest) this.#leaveOut()
    this.#isPlaying = true
    this.#dry = 0
    this.#playout = this.#slots[this.#next & slotMask]!.timestamp
    this.#leastHeld = Infinity
    this.#takes = 0
    return true
  }

  #play(slot: Slot): Taken {
    this.#dry = 0
    const early = slot.timestamp - this.#playout
    if (slot.bytes > 0 && early > this.packetTicks / 2 && this.#isPause(early)) {
      this.#playout += this.packetTicks
      return 'silence'
    }
    slot.isHeld = false
    this.#next++
    if (slot.bytes === 0) {
      this.#playout += this.packetTicks
      return 'silence'
    }
    this.#playout = slot.timestamp + this.packetTicks
    this.payload = slot.payload
    this.payloadBytes = slot.bytes
    this.payloadType = slot.payloadType
    return 'frame'
  }

  /** Not longer than one is, and what follows it has not come yet: else their clock has jumped. */
  #isPause(ticks: number): boolean {
    const waitingTicks = (this.#highest - this.#next) * this.packetTicks
    const mostTicks = this.wantedMs * this.#ticksPerMs + 2 * this.packetTicks
    return ticks < longestPauseMs * this.#ticksPerMs && waitingTicks <= mostTicks
  }

  /** Delay that was not needed for a while (two seconds of packets of 20 ms) is given back, a packet at a time. */
  #watchHeld(): void {
    const held = this.#highestTimestamp + this.packetTicks - this.#playout
    if (held < this.#leastHeld) this.#leastHeld = held
    const excess = this.#leastHeld - this.packetTicks
    if (++this.#takes < (excess > muchPackets * this.packetTicks ? muchWatchTakes : watchTakes)) return
    if (excess > this.packetTicks && held > (this.wantedMs + 1) * this.#ticksPerMs + this.packetTicks / 2) this.#skip()
    this.#takes = 0
    this.#leastHeld = Infinity
  }

  /** The first, and up to the next that is held. */
  #leaveOut(): void {
    this.#slots[this.#next & slotMask]!.isHeld = false
    this.skipped++
    do this.#next++
    while (this.#slots[this.#next & slotMask]!.sequence !== this.#next)
  }

  #skip(): void {
    const slot = this.#slots[this.#next & slotMask]!
    const after = this.#slots[(this.#next + 1) & slotMask]!
    if (slot.sequence !== this.#next || !slot.isHeld || after.sequence !== this.#next + 1 || !after.isHeld) return
    slot.isHeld = false
    this.#next++
    this.#playout = after.timestamp
    this.skipped++
  }

  /** What is held now. */
  get heldMs(): number {
    if (this.#next === Infinity || this.#highest < this.#next) return 0
    const from = this.#isPlaying ? this.#playout : this.#slots[this.#next & slotMask]!.timestamp
    return Math.max(0, (this.#highestTimestamp + this.packetTicks - from) / this.#ticksPerMs)
  }

  /** What is aimed at: the spread of what came, and one packet. */
  get wantedMs(): number {
    return Math.min(this.#mostMs, Math.max(this.#leastMs, this.#spreadMs + this.packetTicks / this.#ticksPerMs))
  }

  /** Forgets what is held and learnt; the figures stay. */
  reset(): void {
    for (const slot of this.#slots) {
      slot.sequence = -1
      slot.isHeld = false
    }
    this.#isPlaying = false
    this.#isEmpty = true
    this.#next = Infinity
    this.#dry = 0
    this.#spreadMs = 0
    this.#quickest = Infinity
    this.#quickestBefore = Infinity
    this.#windowEndMs = 0
  }
}
