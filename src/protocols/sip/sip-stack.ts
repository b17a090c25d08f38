// Transports and transactions of SIP: RFC 3261 17 and 18, with RFC 3263, 3581, 5626, 6026 and 7118. Messages in and out, each request once.
// It knows no dialog (user-agent.ts), no registration and no account.

import type { SipRequest, SipResponse } from './message.ts'
import type {
  Binding,
  ClientTransaction,
  ClientTransactionEvents,
  Destination,
  Flow,
  ResponseOptions,
  ServerTransaction,
  SipAddress,
  SipStackOptions,
} from './stack-parts.ts'

export declare class SipStack {
  constructor(options: SipStackOptions)
  /** Requests that open a transaction, in dialogs or not. One listener: the user agent. */
  onRequest: (transaction: ServerTransaction) => void
  /** ACKs of 2xx, which belong to no transaction (17.2.3). */
  onAck: (ack: SipRequest, flow: Flow) => void
  /** 2xx to INVITEs whose transaction is over (13.2.2.4: those of late forks). */
  onStrayResponse: (response: SipResponse, flow: Flow) => void
  /** Where we listen, ports known. Rejects when one cannot be bound; those before it are open then. */
  listen(bindings: readonly Binding[]): Promise<readonly SipAddress[]>
  readonly addresses: readonly SipAddress[]
  /** What a Contact or Record-Route over this transport says: `host:port` as peers are told. */
  sentBy(flow: Flow): string
  /** Sends a request as a new transaction. It puts Via on top, sets Max-Forwards and Content-Length where they lack. */
  request(request: SipRequest, to: Destination, events: ClientTransactionEvents): ClientTransaction
  /** Sends without a transaction: the ACK of a 2xx. Answers false when there is no way. */
  sendAck(ack: SipRequest, to: Destination): void
  /** A response by 8.2.6: Via, From, To with tag, Call-ID, CSeq, Record-Route for those that make a dialog. */
  responseTo(transaction: ServerTransaction, status: number, options?: ResponseOptions): SipResponse
  /** A new tag, branch or Call-ID part. */
  random(bytes: number): string
  /** For metrics. */
  readonly counts: { readonly serverTransactions: number; readonly clientTransactions: number; readonly connections: number }
  /** No new requests are taken (503 with Retry-After); what runs goes on. */
  drain(): void
  /** Closes all sockets and forgets all transactions; nothing is told any more. */
  close(): Promise<void>
}
