// SIP ends on loopback for tests: doors with sockets of their own, fake media, and waiting for what is to come.

import { after } from 'node:test'
import { inspect } from 'node:util'
import { SipDoor, type SipDoorOptions } from '../src/sip-legs/sip-door.ts'
import type { LegEnd, LegNews, LegWish } from '../src/voice/leg.ts'
import type { IncomingCall } from '../src/voice/line.ts'
import { systemClock } from '../src/values/clock.ts'
import { SilentPlace } from './fakes/silent-media.ts'
import { coming } from './until.ts'

let lastId = 1000
export const nextId = (): number => (lastId += 1)

/** What comes, to be awaited in its order. */
export class Coming<T> {
  readonly all: T[] = []
  readonly #waiting: ((one: T) => void)[] = []
  #taken = 0

  readonly push = (one: T): void => {
    this.all.push(one)
    if (this.#waiting.length > 0) {
      this.#taken += 1
      this.#waiting.shift()!(one)
    }
  }

  next(): Promise<T> {
    if (this.#taken < this.all.length) return Promise.resolve(this.all[this.#taken++]!)
    const next = new Promise<T>((resolve) => this.#waiting.push(resolve))
    return coming(() => `the next after ${inspect(this.all, { depth: 3 })}`, next)
  }
}

export interface OpenDoor {
  readonly door: SipDoor
  readonly port: number
  readonly faults: unknown[]
  readonly counted: string[]
}

export async function openDoor(options: Partial<SipDoorOptions> = {}): Promise<OpenDoor> {
  const faults: unknown[] = []
  const counted: string[] = []
  const door = new SipDoor({
    clock: systemClock,
    nextId,
    bindings: [{ transport: 'udp' }],
    lockouts: {
      checkSource() {},
      checkUser: async () => {},
      failed: async () => {},
      failedUnknown: async () => {},
      succeeded: async () => {},
    },
    realm: 'test',
    nonceKey: Buffer.alloc(32, 7),
    media: { bindHost: '127.0.0.1', advertisedHost: '127.0.0.1' },
    counted: (why) => counted.push(why),
    faulted: (error) => faults.push(error),
    ...options,
  })
  after(() => door.close())
  return { door, port: 0, faults, counted }
}

/** The port of the first socket of that transport. */
export async function listening(open: OpenDoor, transport = 'udp'): Promise<OpenDoor> {
  const addresses = await open.door.listen()
  return { ...open, port: addresses.find((one) => one.transport === transport)!.port }
}

export type Told =
  | { readonly what: 'ringing'; readonly early: boolean }
  | { readonly what: 'answered'; readonly headers: Readonly<Record<string, string>> }
  | { readonly what: 'ended'; readonly end: LegEnd }
  | { readonly what: 'held'; readonly held: boolean }
  | {
      readonly what: 'referred'
      readonly target: string
      readonly accept: () => void
      readonly progress: (status: number) => void
    }

/** A leg's news as things that come. */
export function newsOf(): LegNews & { readonly told: Coming<Told> } {
  const told = new Coming<Told>()
  return {
    told,
    ringing: (early) => told.push({ what: 'ringing', early }),
    answered: (headers) => told.push({ what: 'answered', headers }),
    ended: (end) => told.push({ what: 'ended', end }),
    heldByPeer: (held) => told.push({ what: 'held', held }),
    referred: (ask) =>
      told.push({
        what: 'referred',
        target: ask.target,
        accept: () => ask.accept(),
        progress: (status) => ask.progress(status, 'Told'),
      }),
  }
}

export function wishOf(over: Partial<Omit<LegWish, 'place'>> = {}): LegWish & { readonly place: SilentPlace } {
  const place = new SilentPlace()
  return { id: nextId(), from: '+4930111', to: '+4930222', headers: {}, timeoutMs: 20_000, ...over, place }
}

export type Incoming = Coming<IncomingCall>
