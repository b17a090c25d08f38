// A request passed on to one next hop, and its responses back: RFC 3261 16.3, 16.6 to 16.10, transaction by transaction, so that each side keeps
// its own retransmissions whatever the other is carried by. It forks nothing and decides nothing: where a request may go is its caller's affair.

import { maxForwardsOf, viasOf } from './message-reads.ts'
import { SipHeaders, type SipRequest } from './message.ts'
import type { SipStack } from './sip-stack.ts'
import type { Destination, ResponseOptions, ServerTransaction, SipCause } from './stack-parts.ts'

export interface Onward {
  /** The stack that it leaves over. */
  readonly stack: Pick<SipStack, 'forward'>
  readonly to: Destination
  /** In front of the Route values that are still there, the next hop's first. */
  readonly routes?: readonly string[]
  /** By what later requests of the dialog come this way, the topmost first. */
  readonly recordRoutes?: readonly string[]
  /** What is answered when the connection there breaks, or none is to be had. */
  readonly brokenStatus: number
  /** Told the final status that went back. */
  readonly answered?: (status: number) => void
}

export interface NotPassedOn {
  readonly status: number
  readonly headers: NonNullable<ResponseOptions['headers']>
}

/** 16.3: why a request is not passed on. `own`: the sent-by values that are ours, `host:port`. */
export function notPassedOn(request: SipRequest, own: ReadonlySet<string>): NotPassedOn | undefined {
  if (maxForwardsOf(request) === 0) return { status: 483, headers: [] }
  // 16.3 step 4: what has been here has nothing to do here again.
  if (viasOf(request)?.some(({ host, port }) => own.has(`${host.toLowerCase()}:${port ?? 5060}`)))
    return { status: 482, headers: [] }
  const required = request.headers.all('Proxy-Require')
  if (required.length > 0) return { status: 420, headers: [['Unsupported', required.join(', ')]] }
  return undefined
}

/** 16.6 steps 1 to 5: a copy, one hop older. */
export function onwardCopy(
  { method, uri, headers, body }: SipRequest,
  { routes = [], recordRoutes = [] }: Partial<Onward>,
): SipRequest {
  const copy = SipHeaders.from(headers.entries())
  const left = headers.has('Max-Forwards') ? Number(headers.get('Max-Forwards')) - 1 : 70
  copy.set('Max-Forwards', String(left))
  for (const route of routes.toReversed()) copy.prepend('Route', route)
  for (const route of recordRoutes.toReversed()) copy.prepend('Record-Route', route)
  // It may be a view of what its connection receives next.
  return { kind: 'request', method, uri, headers: copy, body: Buffer.from(body) }
}

export function forward(transaction: ServerTransaction, onward: Onward): void {
  const { request, flow } = transaction
  let unhear = (): void => {}
  const sent = onward.stack.forward(onwardCopy(request, onward), onward.to, {
    provisional: (response) => {
      // 16.7 step 5: a 100 is of one hop.
      if (response.status > 100) transaction.relay(response)
    },
    final: (response) => {
      unhear()
      transaction.relay(response)
      onward.answered?.(response.status)
    },
    failed: (cause) => {
      unhear()
      const status = statusOf(cause, onward)
      transaction.respond(status)
      onward.answered?.(status)
    },
  })
  if (request.method !== 'INVITE') return
  // 16.10.
  transaction.listen({
    cancelled: ({ headers }) => void sent.cancel(headers.lines('Reason').map((reason) => ['Reason', reason] as const)),
  })
  // Whoever asked has given up with its connection: nobody waits for an answer.
  unhear = flow.onClosed(() => void sent.cancel())
}

/** 16.8: silence is a 408. */
const statusOf = (cause: SipCause, { brokenStatus }: Onward): number =>
  cause.kind === 'timeout' ? 408 : cause.kind === 'local' ? 487 : brokenStatus
