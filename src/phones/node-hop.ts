// The hop between nodes that share phones: a phone that is connected to one node is called by any. The node that has the call sends its
// requests to the node that has the phone's flow, which passes them down the flow (an edge proxy, RFC 5626 5.3, RFC 3261 16) and puts itself
// into the route of the dialog, once for each side (RFC 5658). Sound goes between the phone and the node that has the call; nothing of it
// passes here. Each request must carry a pass (hop-passes.ts): without one nothing is passed on, and no call is taken.
//
//   node A, the call                    node B, the flow                  phone
//     | INVITE, Route: <down pass>        |                                 |
//     |---------------- TCP ------------->| INVITE, Record-Route: up, down  |
//     |                                   |----- the phone's own flow ----->|
//     |                                   |<---- BYE, Route: <up pass> -----|
//     |<----- BYE, Route: <in pass> ------|                                 |

import { forward, notPassedOn, onwardCopy } from '#protocols/sip/forward.ts'
import { callIdOf, toOf } from '#protocols/sip/message-reads.ts'
import type { HeaderRead } from '#protocols/sip/headers.ts'
import type { SipRequest } from '#protocols/sip/message.ts'
import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import { SipStack } from '#protocols/sip/sip-stack.ts'
import type { Destination, Flow, ServerTransaction, SipStackOptions } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { UserAgent } from '#protocols/sip/user-agent.ts'
import { refusal } from '#reasons/refusal.ts'
import type { SipDoor } from '#sip-legs/sip-door.ts'
import type { LegParts } from '#sip-legs/leg-parts.ts'
import { hostPort, readHostPort } from '#values/host-port.ts'
import type { Key } from '#values/secrets.ts'
import { CarriedCalls } from './carried-calls.ts'
import { HopPasses, type HopPass } from './hop-passes.ts'

/** From the making of a request to its arrival; clocks of nodes may differ by some of it. */
const requestMs = 120_000
/** No call of ours lasts longer. */
const dialogMs = 24 * 3_600_000

export interface NodeHopParts {
  /** Where the phones are, and whose legs these calls are. */
  readonly door: SipDoor
  readonly key: Pick<Key, 'derive'>
  /** Where this node takes SIP from its fellows; port 0 is any free one. */
  readonly at: { readonly host: string; readonly port: number }
  /** Whatever leads to a phone of ours, as `routesTo` was told it; undefined: it is gone. */
  readonly flowOf: (flow: string) => Flow | undefined
  /** A call of a fellow goes down this flow. */
  readonly carries: (flow: Flow) => void
  /** Whether the node lives that fellows know by this address. */
  readonly isFellow: (at: string) => Promise<boolean>
  readonly stack?: Pick<SipStackOptions, 'timers' | 'product'> | undefined
  readonly faulted: (error: unknown) => void
}

export class NodeHop {
  readonly stack: SipStack
  readonly #parts: NodeHopParts
  readonly #userAgent: UserAgent
  readonly #passes: HopPasses
  readonly #carried: CarriedCalls
  #at = ''

  constructor(parts: NodeHopParts) {
    const { door, key, faulted } = parts
    this.#parts = parts
    this.#passes = new HopPasses(key, door.clock)
    this.#carried = new CarriedCalls(door.clock, dialogMs)
    const { wire } = door.legParts
    this.stack = new SipStack({
      ...parts.stack,
      ...(wire && { wire: wire.heard }),
      clock: door.clock,
      guard: (_source, request) => (typeof this.#passOf(request) === 'object' ? 'serve' : 'unknown'),
      faulted,
    })
    // Calls are placed over it; none comes in.
    this.#userAgent = new UserAgent(this.stack, {
      onInvite: (invite) => invite.refuse(403),
      onRequest: (transaction) => transaction.respond(403),
      methods: [],
    })
    this.#hear()
  }

  /** Gives where. Rejects when the address cannot be had. */
  async listen(): Promise<string> {
    const { host, port } = this.#parts.at
    const [address] = await this.stack.listen([{ transport: 'tcp', host, port }])
    this.#at = hostPort(address!.host, address!.port)
    return this.#at
  }

  /** `host:port` that fellows know this node by; empty while it does not listen. */
  get at(): string {
    return this.#at
  }

  /** Where the INVITE to a phone goes that is connected to the fellow there, and by which route. */
  wayTo(fellow: string, flow: string, callId: string): { readonly to: Destination; readonly route: readonly string[] } {
    const pass = this.#passes.make({ deed: 'down', at: fellow, fellow: this.#at, flow }, callId, requestMs)
    return { to: destinationOf(fellow), route: [routeText(pass, fellow)] }
  }

  /** The same leg over the hop. */
  legParts(parts: LegParts): LegParts {
    return { ...parts, userAgent: this.#userAgent }
  }

  /** Whether a phone's request leads into a call on another node. */
  isOfCall(request: SipRequest): boolean {
    return isUp(this.#passOf(request), request)
  }

  drain(): void {
    this.stack.drain()
  }

  /** A flow of ours is no more. */
  flowGone({ id }: Flow): void {
    this.#carried.flowGone(id)
  }

  /** Resolves when no call of a fellow goes over this node any more, or after that time. */
  async carriedEnded(waitMs: number): Promise<void> {
    const ended = this.#carried.ended(waitMs)
    await this.#carried.forgetDead(this.#parts.isFellow).catch(this.#parts.faulted)
    await ended
  }

  async close(): Promise<void> {
    await this.stack.close()
  }

  #hear(): void {
    const { stack } = this
    const { stack: phones } = this.#parts.door
    const toAgent = { request: stack.onRequest, ack: stack.onAck }
    stack.onRequest = (transaction) => this.#ofFellow(transaction, toAgent.request)
    stack.onAck = (ack, flow) => {
      const pass = this.#passOf(ack)
      if (pass === undefined || typeof pass === 'string') return
      if (pass.deed === 'in') toAgent.ack(ack, flow)
      else if (pass.deed === 'down') this.#ackDown(ack, pass)
    }
    const toDoor = { request: phones.onRequest, ack: phones.onAck }
    phones.onRequest = (transaction) =>
      this.#passOf(transaction.request) === undefined ? toDoor.request(transaction) : this.#ofPhone(transaction)
    phones.onAck = (ack, flow) => (this.#passOf(ack) === undefined ? toDoor.ack(ack, flow) : this.#ackUp(ack))
  }

  /** The pass that the topmost Route is; undefined: it is none. Checked once, however many ask. */
  #passOf(request: SipRequest): HopPass | 'forged' | 'expired' | undefined {
    return request.headers.typed(this.#topPass)
  }

  readonly #topPass: HeaderRead<HopPass | 'forged' | 'expired' | undefined> = (headers) => {
    const text = passIn(headers.get('Route'))
    if (text === undefined) return undefined
    const pass = this.#passes.read(text, headers.get('Call-ID') ?? '')
    // One that was made for another node is none here.
    return typeof pass === 'string' || pass.at === this.#at ? pass : 'forged'
  }

  #refuse(transaction: ServerTransaction, pass: HopPass | string | undefined): void {
    const what = typeof pass === 'string' ? pass : pass === undefined ? 'absent' : 'for something else'
    const refused = refusal('permission.denied', { permission: 'nodes' }, { evidence: `the pass of the hop is ${what}` })
    this.#parts.door.turnDown(transaction, refused, 403)
  }

  // From fellows

  #ofFellow(transaction: ServerTransaction, toAgent: (transaction: ServerTransaction) => void): void {
    const pass = this.#passOf(transaction.request)
    if (pass === undefined || typeof pass === 'string') this.#refuse(transaction, pass)
    else if (pass.deed === 'in') toAgent(transaction)
    else if (pass.deed === 'down') this.#down(transaction, pass)
    else this.#refuse(transaction, pass)
  }

  #down(transaction: ServerTransaction, pass: HopPass): void {
    const { request } = transaction
    const { door, flowOf, carries } = this.#parts
    const flow = flowOf(pass.flow)
    // RFC 5626 5.3.1.
    if (!flow?.open) return void transaction.respond(430)
    const not = notPassedOn(request, new Set([this.#at, door.stack.sentBy(flow).toLowerCase()]))
    if (not) return void transaction.respond(not.status, { headers: not.headers })
    carries(flow)
    dropOwn(request)
    const isNew = !toOf(request)?.params.has('tag')
    if (isNew && request.method === 'INVITE') this.#carried.begun(callIdOf(request) ?? '', { fellow: pass.fellow, flow: flow.id })
    forward(transaction, {
      stack: door.stack,
      to: { flow },
      recordRoutes: isNew ? this.#recordRoutes(request, pass, flow) : [],
      brokenStatus: 430,
      answered: (status) => this.#answered(request, isNew, status),
    })
  }

  /** Whether the call goes on. */
  #answered(request: SipRequest, isNew: boolean, status: number): void {
    if (request.method === 'BYE' || (isNew && status >= 300)) this.#carried.over(callIdOf(request) ?? '')
  }

  /** Of both sides, that of the phone on top. */
  #recordRoutes(request: SipRequest, { fellow, flow: named }: HopPass, flow: Flow): string[] {
    const callId = callIdOf(request) ?? ''
    const up = this.#passes.make({ deed: 'up', at: this.#at, fellow, flow: '' }, callId, dialogMs)
    const down = this.#passes.make({ deed: 'down', at: this.#at, fellow, flow: named }, callId, dialogMs)
    const { transport } = flow
    const scheme = request.uri.startsWith('sips:') ? 'sips' : 'sip'
    const params = transport === 'udp' ? '' : `;transport=${transport === 'wss' ? 'ws' : transport}`
    return [`<${scheme}:${up}@${this.#parts.door.stack.sentBy(flow)}${params};lr>`, routeText(down, this.#at)]
  }

  #ackDown(ack: SipRequest, pass: HopPass): void {
    const flow = this.#parts.flowOf(pass.flow)
    if (!flow?.open || notPassedOn(ack, new Set([this.#at]))) return
    dropOwn(ack)
    this.#parts.door.stack.forwardAck(onwardCopy(ack, {}), { flow })
  }

  // From phones

  #ofPhone(transaction: ServerTransaction): void {
    const { request } = transaction
    const pass = this.#passOf(request)
    if (!isUp(pass, request)) return this.#refuse(transaction, pass)
    const not = notPassedOn(request, new Set([this.#at]))
    if (not) return void transaction.respond(not.status, { headers: not.headers })
    dropOwn(request)
    const answered = (status: number): void => this.#answered(request, false, status)
    forward(transaction, { stack: this.stack, ...this.#up(request, pass), brokenStatus: 500, answered })
  }

  #ackUp(ack: SipRequest): void {
    const pass = this.#passOf(ack)
    if (pass === undefined || typeof pass === 'string' || pass.deed !== 'up' || notPassedOn(ack, new Set([this.#at]))) return
    dropOwn(ack)
    const { to, routes } = this.#up(ack, pass)
    this.stack.forwardAck(onwardCopy(ack, { routes }), to)
  }

  #up(request: SipRequest, { fellow }: HopPass): { readonly to: Destination; readonly routes: readonly string[] } {
    const pass = this.#passes.make({ deed: 'in', at: fellow, fellow: this.#at, flow: '' }, callIdOf(request) ?? '', requestMs)
    return { to: destinationOf(fellow), routes: [routeText(pass, fellow)] }
  }
}

/** RFC 3261 16.4: what stands in the route for this node: the pass that was checked and, within a dialog, that of its other side. */
function dropOwn({ headers }: SipRequest): void {
  headers.shift('Route')
  if (passIn(headers.get('Route')) !== undefined) headers.shift('Route')
}

const routeText = (pass: string, at: string): string => `<sip:${pass}@${at};transport=tcp;lr>`

const destinationOf = (at: string): Destination => ({ ...(readHostPort(at) ?? { host: at }), transport: 'tcp' })

/** What has the form of a pass in a Route value. */
function passIn(route: string | undefined): string | undefined {
  const user = route === undefined ? undefined : parseUri(parseNameAddr(route)?.uri ?? '')?.user
  return user !== undefined && HopPasses.looksLike(user) ? user : undefined
}

/** It leads into the call that it was made for, and begins none. */
const isUp = (pass: HopPass | string | undefined, request: SipRequest): pass is HopPass =>
  typeof pass === 'object' && pass.deed === 'up' && toOf(request)?.params.has('tag') === true
