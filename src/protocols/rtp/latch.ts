// Symmetric RTP (RFC 4961): audio goes back to where it comes from, for behind a NAT the address in SDP is none. The rule against strangers who
// would take a stream over: the first source is believed, another only after a new SDP, when the first has fallen silent, or when it is the very
// one of the SDP: who was first by chance, as sound of an ended call that had our port before, keeps nobody out.

/** Where we send, once we know where they send from. Plain data. */
export interface Latch {
  readonly host: string
  readonly port: number
  /** A packet came from there. */
  readonly latched: boolean
  /** When the last one came; 0 before any. */
  readonly heardMs: number
}

/** From SDP. The same address leaves all as it is; a new one always wins, and the next source is believed anew. */
export function latchOn(host: string, port: number, said?: { readonly host: string; readonly port: number }, now?: Latch): Latch {
  if (now !== undefined && said !== undefined && said.host === host && said.port === port) return now
  return { host, port, latched: false, heardMs: 0 }
}

/** A packet from there, at a monotonic time. Undefined: from a stranger, to be dropped. The first source is taken; another only after `silentMs`
 *  without the latched one, or where it is what was `said`. To spare memory, `heardMs` is renewed only each quarter of a second; until then the same object is given. */
export function heardFrom(
  now: Latch,
  host: string,
  port: number,
  nowMs: number,
  said?: { readonly host: string; readonly port: number },
  silentMs = 2000,
): Latch | undefined {
  if (now.latched && now.port === port && now.host === host) return nowMs - now.heardMs < 250 ? now : { ...now, heardMs: nowMs }
  const isSaid = said !== undefined && said.port === port && said.host === host
  if (now.latched && !isSaid && nowMs - now.heardMs < silentMs) return undefined
  return { host, port, latched: true, heardMs: nowMs }
}
