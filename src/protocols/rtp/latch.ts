/** Symmetric RTP (RFC 4961): where we send, once we know where they send from. Plain data. */
export interface Latch {
  readonly host: string
  readonly port: number
  /** A packet came from there. */
  readonly latched: boolean
  readonly heardMs: number
}
/** From SDP: an address of its own says, a new one in SDP always wins. Gives the same object when nothing changes. */
export declare function latchOn(host: string, port: number, now: Latch | undefined, nowMs: number): Latch
/** A packet from there: the first source is taken; another only after `silentMs` (default 2000) without the latched one. Undefined: the packet is
 *  to be dropped. The same object when only the time changed and that is the usual case: see `heardMs`. */
export declare function heardFrom(now: Latch, host: string, port: number, nowMs: number, silentMs?: number): Latch | undefined
