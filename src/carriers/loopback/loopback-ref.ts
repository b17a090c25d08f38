// The pretend network's message id. All that its receipts depend on stands in it, so that a network that forgot everything when the
// process ended can still send them: when the message was taken, which segment of how many it is, and to whom it went.
//
//   v.<ms, base 36>.<message, base 36>.<segment>.<segments>.<recipient's digits>

export interface LoopbackRef {
  readonly takenMs: number
  readonly messageId: number
  /** From 0. */
  readonly segment: number
  readonly segments: number
  /** E.164 with +. */
  readonly recipient: string
}

export function loopbackRef({ takenMs, messageId, segment, segments, recipient }: LoopbackRef): string {
  return `v.${takenMs.toString(36)}.${messageId.toString(36)}.${segment}.${segments}.${recipient.replace('+', '')}`
}

export function readLoopbackRef(ref: string): LoopbackRef | undefined {
  const found = /^v\.([0-9a-z]+)\.([0-9a-z]+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ref)
  if (!found) return undefined
  const [, taken, message, segment, segments, digits] = found
  return {
    takenMs: Number.parseInt(taken!, 36),
    messageId: Number.parseInt(message!, 36),
    segment: Number(segment),
    segments: Number(segments),
    recipient: `+${digits}`,
  }
}
