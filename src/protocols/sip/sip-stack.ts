// Transports and transactions of SIP: RFC 3261 17 and 18, with RFC 3263, 3581, 5626, 6026 and 7118. Messages in and out, each request once.
// It knows no dialog (user-agent.ts), no registration and no account. Via's maddr is not followed: it would let anybody aim our answers.

import { randomBytes } from 'node:crypto'
import type { Clock, Timer } from '#values/clock.ts'
import { Absorber, type Remains } from './absorber.ts'
import { ClientRequest } from './client-request.ts'
import { locate, type Target } from './locate.ts'
import { mayLeadTo } from './inner-address.ts'
import { type Parsed, serialise } from './message-codec.ts'
import { callIdOf, topVia } from './message-reads.ts'
import type { SipFault, SipRequest, SipResponse } from './message.ts'
import { makeResponse, replyVias } from './response-to.ts'
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
  StackTimers,
  TransportName,
} from './stack-parts.ts'
import { TimerLists } from './timer-lists.ts'
import { PlainClientTransaction } from './transaction-client.ts'
import { InviteClientTransaction } from './transaction-invite-client.ts'
import { InviteServerTransaction } from './transaction-invite-server.ts'
import { clientKey, cookie, serverKey } from './transaction-key.ts'
import type { Arrival, ClientEars, LiveClient, TransactionLayer } from './transaction-parts.ts'
import { PlainServerTransaction } from './transaction-server.ts'
import { Transports } from './transports.ts'
import { UdpFlow } from './udp-socket.ts'

const usualTimes: StackTimers = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000, timerCMs: 180_000 }
/** What a peer that is turned away for want of room may wait. */
const retryAfterSeconds = 5

export class SipStack {
  /** Requests that open a transaction, in dialogs or not. One listener: the user agent. */
  onRequest: (transaction: ServerTransaction) => void = (transaction) => void transaction.respond(501)
  /** ACKs of 2xx, which belong to no transaction (17.2.3). */
  onAck: (ack: SipRequest, flow: Flow) => void = () => {}
  /** 2xx to INVITEs whose transaction is over (13.2.2.4: those of late forks). */
  onStrayResponse: (response: SipResponse, flow: Flow) => void = () => {}
  /** As the TU sets timers of T1 multiples too (13.3.1.4), it shares these. */
  readonly clock: Clock
  readonly timers: TimerLists
  readonly times: StackTimers
  readonly #options: SipStackOptions
  readonly #transports: Transports
  readonly #absorber: Absorber
  readonly #servers = new Map<string, InviteServerTransaction | PlainServerTransaction>()
  readonly #clients = new Map<string, LiveClient>()
  readonly #layer: TransactionLayer
  readonly #most: number
  readonly #sweeping: Timer
  readonly #random: (bytes: number) => string
  #state: 'open' | 'draining' | 'closed' = 'open'

  constructor(options: SipStackOptions) {
    const { clock, faulted } = options
    this.#options = options
    this.clock = clock
    this.times = { ...usualTimes, ...options.timers }
    this.timers = new TimerLists(clock)
    this.#most = options.maxTransactions ?? 250_000
    this.#absorber = new Absorber(clock, 64 * this.times.t1Ms, this.#most, options.maxKeptBytes ?? 128 << 20)
    this.#random = options.random ?? pooledRandom()
    this.#transports = new Transports({
      clock,
      idleMs: options.idleMs ?? 960_000,
      pingMs: options.pingMs ?? 120_000,
      pongMs: options.pongMs ?? 10_000,
      maxConnections: options.maxConnections ?? 10_000,
      maxUnknownOfSource: options.maxUnknownOfSource ?? 500,
      unknownMs: options.unknownMs ?? 60_000,
      tls: options.tls,
      received: (parsed, bytes, flow) => this.#received(parsed, bytes, flow),
      faulted,
    })
    this.#layer = this.#makeLayer()
    this.#sweeping = clock.every(4 * this.times.t1Ms, () => this.#absorber.sweep())
  }

  /** Where we listen, ports known. Rejects when one cannot be bound; those before it are open then. */
  async listen(bindings: readonly Binding[]): Promise<readonly SipAddress[]> {
    for (const binding of bindings) await this.#transports.listen(binding)
    return this.addresses
  }

  get addresses(): readonly SipAddress[] {
    return this.#transports.addresses
  }

  /** What a Contact or Record-Route over this flow says: `host:port` as peers are told, `host` over a connection of a kind that we do not listen for. */
  sentBy(flow: Flow): string {
    return this.#transports.sentBy(flow)
  }

  /** Sends a request as a new transaction. It puts Via on top, sets Max-Forwards and Content-Length where they lack. */
  request(request: SipRequest, to: Destination, events: ClientTransactionEvents): ClientTransaction {
    if (!request.headers.has('Max-Forwards')) request.headers.add('Max-Forwards', '70')
    if (this.#options.product && !request.headers.has('User-Agent')) request.headers.add('User-Agent', this.#options.product)
    return this.#send(request, to, events, [])
  }

  /** Sends on what somebody else has asked, as a new transaction: with a Via of ours on top of those it has (16.6 step 8). */
  forward(request: SipRequest, to: Destination, events: ClientTransactionEvents): ClientTransaction {
    return this.#send(request, to, events, request.headers.lines('Via'))
  }

  #send(request: SipRequest, to: Destination, events: ClientTransactionEvents, viasBelow: readonly string[]): ClientTransaction {
    const sent = new ClientRequest(
      request,
      {
        locate: () => this.#ways(request, to),
        flowTo: (way) => this.#flowTo(way),
        begin: (made, flow, ears) => this.#begin(made, flow, ears, viasBelow),
        sendCancel: (cancel, flow) => this.#sendCancel(cancel, flow),
        guarded: (act) => this.#layer.guarded(act),
      },
      events,
    )
    void sent.start().catch(this.#options.faulted)
    return sent
  }

  /** Sends without a transaction: the ACK of a 2xx. The same ACK may be sent again. */
  sendAck(ack: SipRequest, to: Destination): void {
    this.#sendAck(ack, to, ack.headers.has('Via'))
  }

  /** Sends on the ACK of a 2xx to an INVITE that was passed on, with a Via of ours on top (16.11). */
  forwardAck(ack: SipRequest, to: Destination): void {
    this.#sendAck(ack, to, false)
  }

  #sendAck(ack: SipRequest, to: Destination, hasVia: boolean): void {
    const send = (flow: Flow | undefined): void => {
      if (!flow || this.#state === 'closed') return
      if (!hasVia) ack.headers.prepend('Via', this.#via(flow, `${cookie}${this.random(8)}`))
      if (!ack.headers.has('Max-Forwards')) ack.headers.add('Max-Forwards', '70')
      this.#transmit(serialise(ack), flow, callIdOf(ack))
    }
    if (to.flow?.open) return send(to.flow)
    this.#ways(ack, to).then(
      (ways) => send(ways[0] && this.#flowTo(ways[0])),
      // A name that is gone: the 2xx comes again, and so does this.
      () => {},
    )
  }

  /** Hexadecimal text of so many random bytes: a tag, a branch, part of a Call-ID. */
  random(bytes: number): string {
    return this.#random(bytes)
  }

  /** For metrics. `absorbing` are server transactions that are over and only swallow retransmissions. */
  get counts(): { serverTransactions: number; absorbing: number; clientTransactions: number; connections: number } {
    return {
      serverTransactions: this.#servers.size,
      absorbing: this.#absorber.size,
      clientTransactions: this.#clients.size,
      connections: this.#transports.connectionCount,
    }
  }

  /** No new calls are taken (503 with Retry-After); what runs, and requests within dialogs, go on. */
  drain(): void {
    if (this.#state === 'open') this.#state = 'draining'
  }

  /** Closes all sockets and forgets all transactions; nothing is told any more. */
  async close(): Promise<void> {
    this.#state = 'closed'
    this.timers.close()
    this.#sweeping.cancel()
    for (const client of this.#clients.values()) client.over()
    this.#servers.clear()
    await this.#transports.close()
  }

  // In

  #received(parsed: Parsed, bytes: Buffer, flow: Flow): void {
    if (this.#state === 'closed') return
    const { message, fault } = parsed
    if (this.#options.wire) this.#tellWire('in', bytes, flow, message && callIdOf(message), fault)
    if (!message) return
    if (message.kind === 'request') this.#requested(message, fault, flow)
    else if (!fault) this.#answered(message, flow)
  }

  #requested(request: SipRequest, fault: SipFault | undefined, flow: Flow): void {
    const { method } = request
    const key = serverKey(request, method === 'ACK' ? 'INVITE' : method)
    const live = this.#servers.get(key)
    if (live) return live.received(request)
    const remains = this.#absorber.find(key)
    if (remains && (method !== 'ACK' || remains.kind === 'quiet')) {
      if (remains.kind === 'answered') this.#transmit(remains.bytes, flow, callIdOf(request))
      return
    }
    const source = flow.remote
    const found = this.#isCancelOfKnown(request) ? 'serve' : (this.#options.guard?.(source, request) ?? 'serve')
    if (found === 'drop') return
    if (found === 'serve') flow.vouch?.()
    if (method === 'ACK') {
      // 8.2.6, 17.1.1.3: an ACK is never answered.
      if (!fault) this.#layer.guarded(() => this.onAck(request, flow))
      return
    }
    if (!topVia(request)) return
    if (fault) return this.#refuseWithoutState(request, flow, source, fault.status, undefined)
    const isNewCall = method === 'INVITE' && !/;\s*tag\s*=/i.test(request.headers.get('To') ?? '')
    if (this.#servers.size >= this.#most || (this.#state === 'draining' && isNewCall))
      return this.#refuseWithoutState(request, flow, source, 503, [['Retry-After', `${retryAfterSeconds}`]])
    if (method === 'CANCEL') return this.#cancelled(request, key, flow, source, found === 'unknown')
    const arrival = this.#arrival(key, request, flow, source, found === 'unknown')
    const transaction =
      method === 'INVITE' ? new InviteServerTransaction(this.#layer, arrival) : new PlainServerTransaction(this.#layer, arrival)
    this.#servers.set(key, transaction)
    if (!this.#layer.guarded(() => this.onRequest(transaction)) && transaction.answered === undefined) transaction.respond(500)
  }

  #arrival(key: string, request: SipRequest, flow: Flow, source: SipAddress, isStranger: boolean): Arrival {
    return { key, request, flow, source, vias: replyVias(request, source), replyFlow: this.#replyFlow(request, flow), isStranger }
  }

  /** Of a call that is taken already. */
  #isCancelOfKnown(request: SipRequest): boolean {
    const invite = request.method === 'CANCEL' ? this.#servers.get(serverKey(request, 'INVITE')) : undefined
    return invite instanceof InviteServerTransaction && !invite.isStranger
  }

  /** 9.2. */
  #cancelled(cancel: SipRequest, key: string, flow: Flow, source: SipAddress, isUnknown: boolean): void {
    const inviteKey = serverKey(cancel, 'INVITE')
    const invite = this.#servers.get(inviteKey)
    const isStranger = isUnknown && !(invite instanceof InviteServerTransaction && !invite.isStranger)
    const transaction = new PlainServerTransaction(this.#layer, this.#arrival(key, cancel, flow, source, isStranger))
    this.#servers.set(key, transaction)
    if (invite instanceof InviteServerTransaction) {
      transaction.respond(200, { toTag: invite.localTag })
      invite.cancelled(cancel)
    } else transaction.respond(this.#absorber.find(inviteKey) ? 200 : 481)
  }

  #answered(response: SipResponse, flow: Flow): void {
    const live = this.#clients.get(clientKey(response))
    if (live) live.received(response)
    else if (response.status >= 200 && response.status < 300 && /\bINVITE$/.test(response.headers.get('CSeq') ?? ''))
      this.#layer.guarded(() => this.onStrayResponse(response, flow))
  }

  /** 18.2.2: over UDP to the port it came from when rport asks for it (RFC 3581 4), else to that of the Via. */
  #replyFlow(request: SipRequest, flow: Flow): Flow {
    if (!(flow instanceof UdpFlow)) return flow
    const via = topVia(request)!
    return via.params.has('rport') ? flow : flow.toPort(via.port ?? 5060)
  }

  #refuseWithoutState(
    request: SipRequest,
    flow: Flow,
    source: SipAddress,
    status: number,
    headers: ResponseOptions['headers'],
  ): void {
    const vias = replyVias(request, source)
    const response = makeResponse(request, vias, this.random(6), status, { headers }, this.#options.product)
    this.#transmit(serialise(response), this.#replyFlow(request, flow), callIdOf(request))
  }

  // Out

  #begin(request: SipRequest, flow: Flow, ears: ClientEars, viasBelow: readonly string[]): LiveClient {
    const branch = `${cookie}${this.random(8)}`
    // Of an address that was tried before.
    if (request.headers.has('Via')) request.headers.remove('Via')
    for (const via of viasBelow.toReversed()) request.headers.prepend('Via', via)
    request.headers.prepend('Via', this.#via(flow, branch))
    return this.#live(request, branch, flow, ears)
  }

  #live(request: SipRequest, branch: string, flow: Flow, ears: ClientEars): LiveClient {
    const key = `${branch} ${request.method}`
    const live =
      request.method === 'INVITE'
        ? new InviteClientTransaction(this.#layer, key, request, flow, ears)
        : new PlainClientTransaction(this.#layer, key, request, flow, ears)
    this.#clients.set(key, live)
    return live
  }

  /** 9.1: the CANCEL has the branch of its INVITE. What is answered to it changes nothing: the INVITE's own end is what counts. */
  #sendCancel(cancel: SipRequest, flow: Flow): void {
    const branch = topVia(cancel)?.params.get('branch') ?? ''
    const ears = { provisional() {}, final() {}, failed() {}, cancelling() {} }
    this.#live(cancel, branch, flow, ears).start()
  }

  #via(flow: Flow, branch: string): string {
    return `SIP/2.0/${flow.transport.toUpperCase()} ${this.#transports.sentBy(flow)};branch=${branch};rport`
  }

  async #ways(request: SipRequest, to: Destination): Promise<readonly (Target | Flow)[]> {
    if (to.flow) return [to.flow]
    const found = await locate(to, this.#options.resolver, () => Number.parseInt(this.random(4), 16) / 2 ** 32)
    const { peer } = to
    const ways = peer === undefined ? found : found.filter(({ host }) => mayLeadTo(host, peer))
    if (to.transport !== undefined) return ways
    // 18.1.1: what is too long for one datagram goes over TCP, and over UDP only where the peer has no TCP.
    const size = serialise(request).length + 120
    const isLong = size > (this.#options.maxUdpBytes ?? 1_300)
    const noUdp = !this.#transports.has('udp')
    if (!isLong && !noUdp) return ways
    return ways.flatMap((way) => {
      if (way.transport !== 'udp') return [way]
      const overTcp = { ...way, transport: 'tcp' as TransportName }
      return noUdp ? [overTcp] : [overTcp, way]
    })
  }

  #flowTo(way: Target | Flow): Flow | undefined {
    return 'send' in way ? way : this.#transports.flowTo(way)
  }

  #transmit(bytes: Buffer, flow: Flow, callId: string | undefined, failed?: (detail: string) => void): boolean {
    if (this.#options.wire) this.#tellWire('out', bytes, flow, callId, undefined)
    return flow.send(bytes, failed)
  }

  #tellWire(direction: 'in' | 'out', bytes: Buffer, flow: Flow, callId: string | undefined, fault: SipFault | undefined): void {
    this.#options.wire?.({ direction, bytes, flow, callId, atMs: this.#options.clock.nowMs(), fault })
  }

  #makeLayer(): TransactionLayer {
    const { product, faulted } = this.#options
    return {
      timers: this.timers,
      times: this.times,
      responseTo: ({ request, vias, localTag }, status, options) =>
        makeResponse(request, vias, options?.toTag ?? localTag, status, options, product),
      transmit: (bytes, flow, callId, failed) => this.#transmit(bytes, flow, callId, failed),
      responseFlow: (request, source) => this.#responseFlow(request, source),
      serverOver: (key, remains: Remains | undefined) => {
        this.#servers.delete(key)
        if (remains) this.#absorber.keep(key, remains)
      },
      clientOver: (key) => void this.#clients.delete(key),
      tag: () => this.random(6),
      guarded: (act) => {
        try {
          act()
          return true
        } catch (error) {
          faulted(error)
          return false
        }
      },
    }
  }

  #responseFlow(request: SipRequest, source: SipAddress): Flow | undefined {
    const via = topVia(request)
    if (this.#state === 'closed' || !via || (source.transport !== 'tcp' && source.transport !== 'tls')) return undefined
    const { transport, host } = source
    return this.#transports.flowTo({ transport, host, port: via.port ?? (transport === 'tls' ? 5061 : 5060), serverName: host })
  }
}

/** Random octets are drawn by the page. */
function pooledRandom(): (bytes: number) => string {
  let pool = randomBytes(4096)
  let at = 0
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = randomBytes(4096)
      at = 0
    }
    at += bytes
    return pool.toString('hex', at - bytes, at)
  }
}
