// What the SIP stack takes and tells: addresses, flows, destinations, transactions and causes. The work is in sip-stack.ts.

import type { SecureContextOptions } from 'node:tls'
import type { Clock } from '#values/clock.ts'
import type { SipFault, SipHeaders, SipRequest, SipResponse } from './message.ts'
import type { ReasonValue } from './reason-header.ts'

export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

export interface SipAddress {
  readonly transport: TransportName
  /** A numeric address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

/**
 * Where bytes of one peer come from and go to: a TCP, TLS or WebSocket connection, or for UDP the pair of addresses. A registration keeps
 * the flow it came over, and requests to that phone go down it (RFC 5626 5.3). `send` on a flow that is no longer open answers `false`.
 */
export interface Flow {
  /** The same text for the same flow, another for a later connection of the same peer. */
  readonly id: string
  readonly transport: TransportName
  readonly local: SipAddress
  readonly remote: SipAddress
  readonly open: boolean
  /** For UDP true as soon as the kernel has it. */
  send(bytes: Buffer, failed?: (detail: string) => void): boolean
  /** Ends the connection; nothing for UDP. */
  close(): void
  /** Whoever is there is known now, so that the connection may stay; nothing for UDP. */
  vouch?(): void
  /** Runs `act` once when the connection has ended, with its cause; never for UDP. Answers the way to stop listening. */
  onClosed(act: (detail: string) => void): () => void
}

/**
 * Where a request goes. `flow` is used as it is. Otherwise RFC 3263: a numeric host directly; a name with a port by A and AAAA; a name alone
 * by NAPTR (where the resolver has it) and SRV. `secure` is a sips URI: only TLS or WSS.
 */
export type Destination =
  | { readonly flow: Flow; readonly host?: undefined }
  | {
      readonly flow?: undefined
      readonly host: string
      readonly port?: number | undefined
      readonly transport?: TransportName | undefined
      readonly secure?: boolean | undefined
      /** Who named the host, where we have it from a message: it leads to no address that this peer may not lead to. */
      readonly peer?: string | undefined
    }

/** DNS, handed in. Each answers an empty list for a name without such records and throws when DNS itself failed. */
export interface SipResolver {
  addresses(name: string): Promise<readonly string[]>
  srv?(name: string): Promise<readonly { name: string; port: number; priority: number; weight: number }[]>
  naptr?(name: string): Promise<readonly { order: number; preference: number; service: string; replacement: string }[]>
}

/** What ended a request, a leg or a dialog, as the network told it. The layer above makes a reason of it. */
export type SipCause =
  /** A final response that is not 2xx. `reasons` are its Reason headers (RFC 3326, 6432). */
  | {
      readonly kind: 'response'
      readonly status: number
      readonly phrase: string
      readonly reasons: readonly ReasonValue[]
      readonly headers: SipHeaders
      /** Which of our requests it answers. */
      readonly method: string
    }
  /** The peer's BYE or CANCEL. */
  | { readonly kind: 'bye' | 'cancel'; readonly reasons: readonly ReasonValue[]; readonly headers: SipHeaders }
  /** Timer B or F (RFC 3261 17.1): nothing but silence. `provisional` is true when a provisional response had come. */
  | { readonly kind: 'timeout'; readonly method: string; readonly provisional: boolean; readonly detail: string }
  /** The request could not be sent, or its connection broke. */
  | { readonly kind: 'transport'; readonly method: string; readonly detail: string }
  /** The name has no address, or DNS failed. */
  | { readonly kind: 'unresolved'; readonly method: string; readonly detail: string }
  /** Our 2xx was never acknowledged (RFC 3261 13.3.1.4); a reliable provisional was never (RFC 3262 3). */
  | { readonly kind: 'ack_lost' | 'prack_lost'; readonly detail: string }
  /** The session timer ran out without a refresh (RFC 4028 10). */
  | { readonly kind: 'session_expired'; readonly detail: string }
  /** The peer's message broke the protocol so that the session cannot go on. */
  | { readonly kind: 'protocol'; readonly detail: string }
  /** We ended it: `bye`, `cancel` or `refuse` was called. */
  | { readonly kind: 'local'; readonly deed: 'bye' | 'cancel' | 'refuse' | 'replaced' | 'stopped' }

/** Extra headers of a request or response, in their order: `P-Asserted-Identity`, `Identity`, `Reason`, `X-...`. */
export type ExtraHeaders = Iterable<readonly [name: string, value: string]>

export interface ResponseOptions {
  readonly phrase?: string | undefined
  readonly headers?: ExtraHeaders | undefined
  readonly body?: Buffer | undefined
  readonly contentType?: string | undefined
  /** The To tag; the default is one of the transaction's own, the same for all its responses. None on 100. */
  readonly toTag?: string | undefined
}

/** A request of a peer that waits for its answer (RFC 3261 17.2). Retransmissions are absorbed below it. */
export interface ServerTransaction {
  readonly request: SipRequest
  readonly flow: Flow
  /** Where the request came from: address and port as the socket saw them. */
  readonly source: SipAddress
  /** Set once a final response went out. */
  readonly answered: number | undefined
  /** The tag of our responses that name no other. */
  readonly localTag: string
  /** Whoever sent it is known now: its answers are kept and sent again as the figures of 17.2 have it, which those of a stranger are not. */
  vouch(): void
  /** Makes the response from the request (8.2.6) and sends it. After a final one only 2xx to an INVITE may follow; else nothing is sent. */
  respond(status: number, options?: ResponseOptions): void
  /** Passes on a response of the next hop, its own Via on top (16.7). After a final one only 2xx to an INVITE may follow. */
  relay(response: SipResponse): void
  /** INVITE: the 2xx once more (13.3.1.4). */
  sendAgain(): void
  /** INVITE: the ACK came, the 2xx is not needed any more. */
  letGo(): void
  /** What becomes of it. One listener; a later one replaces it. */
  listen(events: ServerTransactionEvents): void
}

export interface ServerTransactionEvents {
  /** INVITE: a CANCEL came (it has been answered 200); answer 487. */
  cancelled?(cancel: SipRequest): void
  /** INVITE: the ACK of our non-2xx final came. */
  acknowledged?(ack: SipRequest): void
  /** No ACK of a non-2xx (timer H), or the response could not be sent (17.2.4). */
  failed?(cause: SipCause): void
}

export interface ClientTransaction {
  readonly request: SipRequest
  /** Known once the request has been sent. */
  readonly flow: Flow | undefined
  /** INVITE: sends CANCEL, at once when a provisional was seen, else as soon as one is (9.1). Answers false when it is over. */
  cancel(headers?: ExtraHeaders): boolean
  /** Stops listening and, as far as the clauses allow, forgets it. */
  abandon(): void
}

export interface ClientTransactionEvents {
  /** 1xx, 100 included. */
  provisional?(response: SipResponse, flow: Flow): void
  /** INVITE: once for each 2xx, retransmissions included (the ACK is the caller's); else the one final response. */
  final(response: SipResponse, flow: Flow): void
  failed(cause: SipCause): void
  /** Just before the request goes out over this flow; Via and, where it is asked for, Contact stand by then. */
  leaving?(request: SipRequest, flow: Flow): void
}

/** A message that came or went; `fault` when it could not be read. */
export interface WireRecord {
  readonly direction: 'in' | 'out'
  readonly bytes: Buffer
  readonly flow: Flow
  readonly callId: string | undefined
  readonly atMs: number
  readonly fault?: SipFault | undefined
}

export interface Binding {
  readonly transport: TransportName
  /** A numeric address. Default 127.0.0.1. */
  readonly host?: string | undefined
  /** 0, the default, is any free one. */
  readonly port?: number | undefined
  /** For tls and wss. */
  readonly tls?: (SecureContextOptions & { readonly requestCert?: boolean }) | undefined
  /** What peers are told in Via and Contact, where it differs from the socket's (behind NAT). */
  readonly advertised?: { readonly host: string; readonly port?: number | undefined } | undefined
}

export interface StackTimers {
  /** RFC 3261 17.1.1.1: the round trip. Default 500. */
  readonly t1Ms: number
  /** The longest wait between retransmissions of non-INVITE requests and INVITE responses. Default 4,000. */
  readonly t2Ms: number
  /** How long a message stays in the network. Default 5,000. */
  readonly t4Ms: number
  /** Timer C for INVITEs of ours that ring without end (16.6): after the last provisional. Default 180,000. */
  readonly timerCMs: number
}

export interface SipStackOptions {
  readonly clock: Clock
  /** Random text of so many bytes, hexadecimal; tags, branches. Default from node:crypto. */
  readonly random?: ((bytes: number) => string) | undefined
  readonly resolver?: SipResolver | undefined
  readonly timers?: Partial<StackTimers> | undefined
  /** The most server transactions kept; beyond it the oldest that are only absorbing go first, then new requests get 503. Default 250,000. */
  readonly maxTransactions?: number | undefined
  /** The most bytes of answers that are kept for retransmissions; beyond it the oldest go. Default 128 MB. */
  readonly maxKeptBytes?: number | undefined
  /** Requests beyond this many bytes go over TCP where the peer's transport was not named (18.1.1). Default 1,300. */
  readonly maxUdpBytes?: number | undefined
  /** Connections without any byte for so long are closed. Default 960,000; the ping of RFC 5626 keeps them. */
  readonly idleMs?: number | undefined
  /** How often we ping connections we opened (double CRLF) and how long the pong may take. Default 120,000 and 10,000. 0 is never. */
  readonly pingMs?: number | undefined
  readonly pongMs?: number | undefined
  /** The most connections that others may have open; at most half of them are of strangers. Default 10,000. */
  readonly maxConnections?: number | undefined
  /** The most that strangers may have open from one source. Default 500: many may be behind one proxy. */
  readonly maxUnknownOfSource?: number | undefined
  /** A connection over which nobody has shown by then who it is is closed. Default 60,000. */
  readonly unknownMs?: number | undefined
  /** TLS for connections we open. */
  readonly tls?: (SecureContextOptions & { readonly rejectUnauthorized?: boolean }) | undefined
  /** What the User-Agent and Server headers say. Default none. */
  readonly product?: string | undefined
  /**
   * Asked first about each request that opens a transaction; `drop` forgets it without a word. Of an `unknown` source, which may be forged, no
   * state is held (RFC 3261 26.3.2.4): a refusal goes out once over UDP, no answer is kept, until `vouch`. Absent: all are served.
   */
  readonly guard?: ((source: SipAddress, request: SipRequest) => 'serve' | 'unknown' | 'drop') | undefined
  /** Hears each message, for evidence. */
  readonly wire?: ((record: WireRecord) => void) | undefined
  /** A throw in a callback of the layer above, or another fault of ours. The transaction it hit is answered 500. */
  readonly faulted: (error: unknown) => void
}
