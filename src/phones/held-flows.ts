// The flows of the phones that are registered at this node (RFC 5626): which registration is reached over which, what hangs on a connection,
// and the packets that keep the way through a NAT open.

import type { Flow, SipAddress } from '#protocols/sip/stack-parts.ts'
import { refusal } from '#reasons/refusal.ts'
import type { RegistrationRow } from '#store/registrations.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { Leg } from '#voice/leg.ts'

/** How often something goes to a phone on UDP, so that a NAT on the way stays open. */
const keepAliveMs = 25_000
const keepAlive = Buffer.from('\r\n\r\n')

interface Held {
  readonly flow: Flow
  readonly registrations: Set<number>
  readonly legs: Set<Leg>
  /** Other nodes have calls on it. */
  carriesOthers: boolean
  readonly stopListening: () => void
}

export interface GoneFlow {
  readonly flow: Flow
  /** What was registered over it, and over nothing else since. */
  readonly registrations: readonly number[]
  readonly carriedOthers: boolean
}

export class HeldFlows {
  readonly #clock: Pick<Clock, 'nowMs' | 'every'>
  readonly #gone: (gone: GoneFlow) => void
  /** By the flow's id: what hangs on a connection. */
  readonly #held = new Map<string, Held>()
  /** By registration. */
  readonly #flowOf = new Map<number, { readonly flow: Flow; readonly untilMs: number }>()
  /** Those over UDP, by their id, with what is registered over them: several lines of a telephone have one. */
  readonly #packets = new Map<string, { readonly flow: Flow; readonly registrations: Set<number> }>()
  /** By where they are registered from: how many registrations. */
  readonly #sources = new Map<string, number>()
  #timer: Timer | undefined

  constructor(clock: Pick<Clock, 'nowMs' | 'every'>, gone: (gone: GoneFlow) => void) {
    this.#clock = clock
    this.#gone = gone
  }

  start(): void {
    this.#timer = this.#clock.every(keepAliveMs, () => this.#keepAlive())
  }

  /** Gives the connections that other nodes have calls on. */
  stop(): readonly Flow[] {
    this.#timer?.cancel()
    const others = [...this.#held.values()].filter((held) => held.carriesOthers).map(({ flow }) => flow)
    for (const held of this.#held.values()) held.stopListening()
    this.#held.clear()
    this.#flowOf.clear()
    this.#packets.clear()
    this.#sources.clear()
    return others
  }

  get registrations(): number {
    return this.#flowOf.size
  }

  hold({ id, expires_ms: untilMs }: RegistrationRow, flow: Flow): void {
    const before = this.#flowOf.get(id)
    if (before && before.flow.id !== flow.id) this.forget(id)
    if (!this.#flowOf.has(id)) this.#count(flow, 1)
    this.#flowOf.set(id, { flow, untilMs })
    if (flow.transport === 'udp') this.#packetsOf(flow).registrations.add(id)
    else this.#heldOf(flow).registrations.add(id)
    // It ended while the registration was written.
    if (!flow.open) this.#closed(flow.id)
  }

  forget(id: number): void {
    const before = this.#flowOf.get(id)
    if (before === undefined) return
    this.#flowOf.delete(id)
    this.#count(before.flow, -1)
    this.#held.get(before.flow.id)?.registrations.delete(id)
    const packets = this.#packets.get(before.flow.id)
    packets?.registrations.delete(id)
    if (packets?.registrations.size === 0) this.#packets.delete(before.flow.id)
  }

  /** By the flow's own id. */
  byId(id: string): Flow | undefined {
    return (this.#held.get(id) ?? this.#packets.get(id))?.flow
  }

  /** Whether anything is registered from there. */
  hasSource(source: SipAddress): boolean {
    return this.#sources.has(sourceOf(source))
  }

  /** It ends with the connection. */
  watch(flow: Flow, leg: Leg & { whenOver(act: () => void): void }): void {
    if (flow.transport === 'udp') return
    const { legs } = this.#heldOf(flow)
    legs.add(leg)
    leg.whenOver(() => legs.delete(leg))
  }

  /** A call of another node goes down it. */
  carries(flow: Flow): void {
    if (flow.transport !== 'udp') this.#heldOf(flow).carriesOthers = true
  }

  #packetsOf(flow: Flow): { readonly registrations: Set<number> } {
    const known = this.#packets.get(flow.id) ?? { flow, registrations: new Set() }
    this.#packets.set(flow.id, known)
    return known
  }

  #count({ remote }: Flow, by: 1 | -1): void {
    const source = sourceOf(remote)
    const left = (this.#sources.get(source) ?? 0) + by
    if (left > 0) this.#sources.set(source, left)
    else this.#sources.delete(source)
  }

  /** Of a connection, with what is to happen when it ends. */
  #heldOf(flow: Flow): Held {
    const known = this.#held.get(flow.id)
    if (known) return known
    const held: Held = {
      flow,
      registrations: new Set(),
      legs: new Set(),
      carriesOthers: false,
      stopListening: flow.onClosed(() => this.#closed(flow.id)),
    }
    this.#held.set(flow.id, held)
    return held
  }

  /** Nobody is there any more: what was registered over it is not, and calls on it are over. */
  #closed(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#held.delete(id)
    const { flow, legs, carriesOthers: carriedOthers } = held
    const registrations = [...held.registrations]
    for (const one of registrations) this.forget(one)
    this.#gone({ flow, registrations, carriedOthers })
    const evidence = `the connection to ${flow.remote.host}:${flow.remote.port} is gone`
    for (const leg of legs) leg.hangUp(refusal('client.registration_expired', { source: 'session' }, { evidence }))
  }

  #keepAlive(): void {
    const now = this.#clock.nowMs()
    for (const [id, { flow, untilMs }] of this.#flowOf) {
      if (untilMs <= now) this.forget(id)
      else if (flow.transport === 'udp') flow.send(keepAlive)
    }
  }
}

const sourceOf = ({ transport, host, port }: SipAddress): string => `${transport} ${host} ${port}`
