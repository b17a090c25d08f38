// What a request over the hop between nodes must carry: a pass in the user part of its topmost Route, which says which node is to take it and
// what it is to do with it (RFC 5626 5.2, a flow token). Made and checked with the key that all nodes of a platform share; good for one
// Call-ID and for a time. The parts are legible, and none of them can be changed.
//
//   <deed><expires, base 36> . <base64url of "at fellow flow"> . <HMAC-SHA-256, 32 hex digits>

import { createHmac } from 'node:crypto'
import type { Clock } from '#values/clock.ts'
import { sameHash, type Key } from '#values/secrets.ts'

export interface HopPass {
  /** `down` the flow of a phone that is connected there; `up` from that phone to its call; `in` to a call of the node's own. */
  readonly deed: 'down' | 'up' | 'in'
  /** Whose pass it is: the internal address of the node that is to take the request. */
  readonly at: string
  /** The internal address of the node that the call is on. */
  readonly fellow: string
  /** The flow, as `at` calls it; empty where it leads to none. */
  readonly flow: string
}

const letters = { down: 'd', up: 'u', in: 'i' } as const
const deeds: Readonly<Record<string, HopPass['deed']>> = { d: 'down', u: 'up', i: 'in' }
const form = /^([dui])([0-9a-z]{1,11})\.([\w-]+)\.([0-9a-f]{32})$/

export class HopPasses {
  readonly #key: Buffer
  readonly #clock: Pick<Clock, 'nowMs'>

  constructor(key: Pick<Key, 'derive'>, clock: Pick<Clock, 'nowMs'>) {
    this.#key = key.derive('sip hop', 32)
    this.#clock = clock
  }

  /** For the user part of a URI. */
  make({ deed, at, fellow, flow }: HopPass, callId: string, forMs: number): string {
    const head = `${letters[deed]}${(this.#clock.nowMs() + forMs).toString(36)}`
    const body = `${head}.${Buffer.from(`${at} ${fellow} ${flow}`).toString('base64url')}`
    return `${body}.${this.#mac(body, callId)}`
  }

  /** Whether a text has the form of a pass; whether it is one is another question. */
  static looksLike(text: string): boolean {
    return form.test(text)
  }

  read(text: string, callId: string): HopPass | 'forged' | 'expired' {
    const [, letter = '', expires = '', named = '', mac = ''] = form.exec(text) ?? []
    const body = text.slice(0, -mac.length - 1)
    if (mac === '' || !sameHash(mac, this.#mac(body, callId))) return 'forged'
    if (Number.parseInt(expires, 36) < this.#clock.nowMs()) return 'expired'
    const [at = '', fellow = '', ...flow] = Buffer.from(named, 'base64url').toString('utf8').split(' ')
    return { deed: deeds[letter]!, at, fellow, flow: flow.join(' ') }
  }

  #mac(body: string, callId: string): string {
    return createHmac('sha256', this.#key).update(`${body}\n${callId}`).digest('hex').slice(0, 32)
  }
}
