// The gateways of one trunk: which of them a call goes to next, and whether each is well. They are asked by OPTIONS (RFC 3261 11), and each
// call tells of them too. One that asks for a pause (503 with Retry-After, RFC 3261 21.5.4) gets it.

import { SipHeaders, type SipRequest } from '#protocols/sip/message.ts'
import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import type { SipStack } from '#protocols/sip/sip-stack.ts'
import type { Destination, SipCause } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { bracketed, unbracketed } from '#values/host-port.ts'
import type { GatewaySetting } from './settings.ts'

/** A Retry-After beyond this is a mistake or a trap. */
const longestPauseMs = 3_600_000

export interface GatewaysParts {
  readonly clock: Clock
  readonly stack: Pick<SipStack, 'request' | 'random'>
  readonly optionsSeconds: number
  readonly downAfter: number
  /** From 0 to 1. */
  readonly chance: () => number
  /** Names it in From of OPTIONS. */
  readonly user: string
  readonly changed?: (gateway: Gateway, why: string) => void
}

export interface Gateway {
  readonly setting: GatewaySetting
  readonly to: Destination
  state: 'up' | 'down' | 'unasked'
  sinceMs: number
  /** Failures in a row. */
  failures: number
  /** It asked for no calls until then. */
  pausedUntilMs: number
  calls: number
}

/** Where a 3xx leads. */
export interface Redirect {
  readonly gateway: Gateway
  readonly uri: string
  readonly to: Destination
}

export function destinationOf({ host, port, transport }: GatewaySetting): Destination {
  return { host, port, transport }
}

/** `host:port` as it stands in a URI. */
export const uriHost = ({ host, port, transport }: GatewaySetting): string =>
  `${bracketed(host)}${port === undefined ? '' : `:${port}`}${
    transport === undefined || transport === 'udp' ? '' : `;transport=${transport}`
  }`

export class Gateways {
  readonly all: readonly Gateway[]
  readonly #parts: GatewaysParts
  #timer: Timer | undefined

  constructor(settings: readonly GatewaySetting[], parts: GatewaysParts) {
    this.#parts = parts
    const nowMs = parts.clock.nowMs()
    this.all = settings.map((setting) => ({
      setting,
      to: destinationOf(setting),
      state: 'unasked',
      sinceMs: nowMs,
      failures: 0,
      pausedUntilMs: 0,
      calls: 0,
    }))
    if (parts.optionsSeconds === 0) return
    this.#askAll()
    this.#timer = parts.clock.every(parts.optionsSeconds * 1000, () => this.#askAll())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Takes calls now. */
  isUsable(gateway: Gateway): boolean {
    return gateway.state !== 'down' && gateway.pausedUntilMs <= this.#parts.clock.nowMs()
  }

  get anyUsable(): boolean {
    return this.all.some((gateway) => this.isUsable(gateway))
  }

  /** Those that no call goes to now, and why. */
  passedOver(): { readonly gateway: string; readonly why: string }[] {
    return this.all
      .filter((gateway) => !this.isUsable(gateway))
      .map(({ setting, state }) => ({
        gateway: setting.name,
        why: state === 'down' ? 'it does not answer' : 'it asked for a pause',
      }))
  }

  /** Those that a call may go to, in order: by priority, within it by chance in proportion to the weights (as RFC 2782 does it). */
  order(): Gateway[] {
    const left = this.all.filter((gateway) => this.isUsable(gateway))
    const order: Gateway[] = []
    while (left.length > 0) {
      const first = Math.min(...left.map(({ setting }) => setting.priority))
      const equals = left.filter(({ setting }) => setting.priority === first)
      const whole = equals.reduce((sum, { setting }) => sum + setting.weight, 0)
      let at = this.#parts.chance() * whole
      const chosen = equals.find(({ setting }) => (at -= setting.weight) < 0) ?? equals.at(-1)!
      order.push(chosen)
      left.splice(left.indexOf(chosen), 1)
    }
    return order
  }

  /** The first of the contacts of a 3xx that is at a gateway's host and was not called yet; nobody else's address is called for it. */
  redirect(contacts: readonly string[], called: ReadonlySet<string>): Redirect | undefined {
    for (const contact of contacts) {
      const text = parseNameAddr(contact)?.uri
      const uri = text === undefined ? undefined : parseUri(text)
      if (text === undefined || !uri || uri.scheme !== 'sip' || uri.headers.length > 0 || called.has(text)) continue
      const host = unbracketed(uri.host).toLowerCase()
      const there = this.all.filter(({ setting }) => setting.host.toLowerCase() === host)
      const gateway = there.find(({ setting }) => (setting.port ?? 5060) === (uri.port ?? 5060)) ?? there[0]
      if (!gateway) continue
      return { gateway, uri: text, to: { ...gateway.to, ...(uri.port !== undefined && { port: uri.port }) } }
    }
    return undefined
  }

  /** It gave a sign of life. */
  answered(gateway: Gateway): void {
    gateway.failures = 0
    if (gateway.state !== 'up') this.#become(gateway, 'up', 'it answers')
  }

  /** How a call or an OPTIONS failed at it. */
  failed(gateway: Gateway, cause: SipCause): void {
    if (cause.kind === 'response') {
      if (cause.status !== 503) return this.answered(gateway)
      const seconds = Number(/^\s*(\d{1,9})/.exec(cause.headers.get('Retry-After') ?? '')?.[1] ?? 0)
      gateway.pausedUntilMs = this.#parts.clock.nowMs() + Math.min(seconds * 1000, longestPauseMs)
      if (seconds > 0) return this.answered(gateway)
    } else if (cause.kind === 'timeout' ? cause.provisional : cause.kind !== 'transport' && cause.kind !== 'unresolved') return
    gateway.failures += 1
    if (gateway.failures >= this.#parts.downAfter && gateway.state !== 'down' && this.#parts.optionsSeconds > 0) {
      this.#become(gateway, 'down', 'detail' in cause ? cause.detail : 'it answered 503')
    }
  }

  #become(gateway: Gateway, state: Gateway['state'], why: string): void {
    gateway.state = state
    gateway.sinceMs = this.#parts.clock.nowMs()
    this.#parts.changed?.(gateway, why)
  }

  #askAll(): void {
    for (const gateway of this.all) this.#ask(gateway)
  }

  #ask(gateway: Gateway): void {
    const { stack, user } = this.#parts
    const uri = `sip:${uriHost(gateway.setting)}`
    const request: SipRequest = {
      kind: 'request',
      method: 'OPTIONS',
      uri,
      headers: SipHeaders.from([
        ['From', `<sip:${encodeURIComponent(user)}@${uriHost(gateway.setting)}>;tag=${stack.random(6)}`],
        ['To', `<${uri}>`],
        ['Call-ID', stack.random(16)],
        ['CSeq', '1 OPTIONS'],
        ['Accept', 'application/sdp'],
      ]),
      body: Buffer.alloc(0),
    }
    stack.request(request, gateway.to, {
      final: (response) => {
        // 404, 405 and the like are answers all the same: somebody is there (RFC 3261 11.2).
        if (response.status !== 503) return this.answered(gateway)
        const { status, phrase, headers } = response
        this.failed(gateway, { kind: 'response', status, phrase, reasons: [], headers, method: 'OPTIONS' })
      },
      failed: (cause) => this.failed(gateway, cause),
    })
  }
}
