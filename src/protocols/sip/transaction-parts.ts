// What a transaction needs of the stack, and the ACK and CANCEL that belong to an INVITE of ours (RFC 3261 9.1, 17.1.1.3).

import { cseqOf } from './message-reads.ts'
import { SipHeaders, type SipRequest, type SipResponse } from './message.ts'
import type { ExtraHeaders, Flow, ResponseOptions, ServerTransaction, SipAddress, SipCause, StackTimers } from './stack-parts.ts'
import type { Remains } from './absorber.ts'
import type { TimerLists } from './timer-lists.ts'

export interface TransactionLayer {
  readonly timers: TimerLists
  readonly times: StackTimers
  /** By 8.2.6: Via, From, To with tag, Call-ID, CSeq, Record-Route where a dialog may come of it. */
  responseTo(
    to: Pick<ServerTransaction, 'localTag'> & Pick<Arrival, 'request' | 'vias'>,
    status: number,
    options?: ResponseOptions,
  ): SipResponse
  /** Sends bytes that were made before. False when the flow is gone. */
  transmit(bytes: Buffer, flow: Flow, callId: string | undefined, failed?: (detail: string) => void): boolean
  /** Where a response goes when its connection has ended (18.2.2): a new one to the sent-by of the Via. */
  responseFlow(request: SipRequest, source: SipAddress): Flow | undefined
  /** The transaction is over; what remains of it absorbs retransmissions. */
  serverOver(key: string, remains: Remains | undefined): void
  clientOver(key: string): void
  tag(): string
  /** Runs a callback of the layer above; its throw is a fault, told there. */
  guarded(act: () => void): boolean
}

/** A request that came in, as the stack hands it to its transaction. */
export interface Arrival {
  /** What the stack knows the transaction by (17.2.3). */
  readonly key: string
  readonly request: SipRequest
  readonly flow: Flow
  readonly source: SipAddress
  /** The Via lines of its responses. */
  readonly vias: readonly string[]
  /** Over which its responses go (18.2.2). */
  readonly replyFlow: Flow
  /** Nobody knows yet who sent it, and over UDP not even whether the source is its own. */
  readonly isStranger?: boolean
}

/** A transaction of ours that runs. */
export interface LiveClient {
  start(): void
  received(response: SipResponse): void
  cancel(headers?: ExtraHeaders): boolean
  /** Forgets it without a word. */
  over(): void
}

/** Who hears of a transaction of ours (client-request.ts). */
export interface ClientEars {
  provisional(response: SipResponse): void
  final(response: SipResponse): void
  failed(cause: SipCause): void
  /** This CANCEL is to be sent as a transaction of its own, over the same flow. */
  cancelling(cancel: SipRequest): void
}

/** 17: over anything but UDP no transaction sends again. */
export const isReliable = (flow: Flow): boolean => flow.transport !== 'udp'

const copied = (request: SipRequest, method: string, to: string | undefined): SipHeaders => {
  const { headers } = request
  const made = new SipHeaders()
  // One Via only, that of the request (9.1, 17.1.1.3).
  made.add('Via', headers.get('Via') ?? '')
  for (const route of headers.lines('Route')) made.append('Route', route)
  made.append('Max-Forwards', '70')
  made.append('From', headers.get('From') ?? '')
  made.append('To', to ?? headers.get('To') ?? '')
  made.append('Call-ID', headers.get('Call-ID') ?? '')
  made.append('CSeq', `${cseqOf(request)?.number ?? 0} ${method}`)
  return made
}

const none = Buffer.alloc(0)

/** The ACK of a final response that is not 2xx: part of the INVITE's transaction. */
export function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  return {
    kind: 'request',
    method: 'ACK',
    uri: invite.uri,
    headers: copied(invite, 'ACK', response.headers.get('To')),
    body: none,
  }
}

/** 9.1: goes over the flow of its INVITE, under the same branch. */
export function cancelOf(invite: SipRequest, extra: ExtraHeaders = []): SipRequest {
  const headers = copied(invite, 'CANCEL', undefined)
  for (const [name, value] of extra) headers.add(name, value)
  return { kind: 'request', method: 'CANCEL', uri: invite.uri, headers, body: none }
}

/** The cause of a timer that ran out; `provisional` when there had been a sign of life. */
export const timedOut = (method: string, provisional: boolean, detail: string): SipCause => ({
  kind: 'timeout',
  method,
  provisional,
  detail,
})
