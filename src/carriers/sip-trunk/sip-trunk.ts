// Trunks to carriers over SIP: calls out by way of several gateways, calls in known by address or by digest. A trunk knows no account, no
// route and no price; which call goes over it is decided above.

import { randomInt } from 'node:crypto'
import { isListedSource } from '#accounts/allowed-sources.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import { nameAddrText } from '#protocols/sip/name-addr.ts'
import type { SipAddress, SipCause } from '#protocols/sip/stack-parts.ts'
import { isWebSocket } from '#protocols/sip/transport-names.ts'
import { refusal } from '#reasons/refusal.ts'
import { IncomingLeg } from '#sip-legs/incoming-leg.ts'
import type { MediaPolicy } from '#sip-legs/leg-parts.ts'
import { OutgoingLeg, type Attempt, type NextAttempt } from '#sip-legs/outgoing-leg.ts'
import { readInvite } from '#sip-legs/read-invite.ts'
import type { GuestLogin, Guests, SipDoor } from '#sip-legs/sip-door.ts'
import { valuesOf, type CarrierConfig } from '#values/carrier-settings.ts'
import type { Leg, LegCause, LegNews, LegWish } from '#voice/leg.ts'
import type { TakeIncoming, TrunkState } from '#voice/line.ts'
import type { OpenTrunk, TrunkKind } from '#voice/trunks.ts'
import { Gateways, uriHost, type Gateway } from './gateways.ts'
import { calledIn, dialled, numberIn, numberOut } from './number-format.ts'
import { Registration } from './registration.ts'
import {
  codecsOf,
  credentialsOf,
  listOf,
  readGateway,
  readTrunkUrl,
  sipTrunkFaults,
  sipTrunkSettings,
  type GatewaySetting,
  type SipTrunkSettings,
} from './settings.ts'

export interface SipTrunkParts {
  readonly door: SipDoor
  readonly take: TakeIncoming
  /** From 0 to 1; which of equal gateways goes first. */
  readonly chance?: () => number
}

/** The kind, and at once all trunks that are open: the door asks them who a call is from. */
export interface SipTrunkKind extends TrunkKind {
  readonly guests: Guests
}

export function sipTrunkKind(parts: SipTrunkParts): SipTrunkKind {
  const open = new Set<SipTrunk>()
  const guests: Guests = {
    byAddress(_request, source) {
      for (const trunk of open) if (trunk.isSource(source)) return trunk
      return undefined
    },
    async byName(username) {
      for (const trunk of open) {
        const login = trunk.login(username)
        if (login) return login
      }
      return undefined
    },
  }
  return {
    kind: 'sip-trunk',
    settings: sipTrunkSettings,
    faults: sipTrunkFaults,
    fromUrl: readTrunkUrl,
    guests,
    open(config) {
      const trunk = new SipTrunk(config, parts, () => open.delete(trunk))
      open.add(trunk)
      return trunk
    },
  }
}

class SipTrunk implements OpenTrunk {
  readonly id: number
  readonly wantsRegistration: boolean
  readonly #config: CarrierConfig
  readonly #settings: SipTrunkSettings
  readonly #parts: SipTrunkParts
  readonly #policy: MediaPolicy
  readonly #gateways: Gateways
  readonly #sources: readonly string[]
  readonly #closed: () => void
  #registration: Registration | undefined
  #calls = 0
  /** When each of the last calls of this second was placed, by the monotonic clock. */
  #placed: number[] = []
  #lastError: TrunkState['lastError']
  #stopped = false

  constructor(config: CarrierConfig, parts: SipTrunkParts, closed: () => void) {
    const { door } = parts
    const settings = valuesOf(sipTrunkSettings, config.detail) as SipTrunkSettings
    this.id = config.id
    this.#config = config
    this.#parts = parts
    this.#settings = settings
    this.#closed = closed
    this.#policy = { codecs: codecsOf(settings), srtp: settings.srtp, digits: settings.digits }
    const gateways = listOf(settings.gateways).flatMap((text) => readGateway(text) ?? [])
    this.#gateways = new Gateways(gateways, {
      clock: door.clock,
      stack: door.stack,
      optionsSeconds: settings.optionsSeconds,
      downAfter: settings.downAfter,
      chance: parts.chance ?? (() => randomInt(2 ** 32) / 2 ** 32),
      user: settings.username || 'offhook',
      changed: (gateway, why) => {
        if (gateway.state === 'down') this.#erred(`${gateway.setting.name}: ${why}`)
      },
    })
    this.#sources = listOf(settings.sources)
    this.wantsRegistration = settings.register
  }

  get #owner(): string {
    return `trunk ${this.id}`
  }

  // Who is this

  isSource(source: SipAddress): boolean {
    if (this.#stopped || this.#settings.inbound !== 'address') return false
    // Over WebSocket browsers speak, also those behind the carrier's own address: they prove who they are.
    if (isWebSocket(source.transport)) return false
    if (this.#sources.length > 0) return isListedSource(this.#sources, source.host)
    // On one machine everybody has the same address: there the port tells.
    return this.#gateways.all.some(
      ({ setting: { host, port = 5060 } }) => host === source.host && (!isLoopback(host) || port === source.port),
    )
  }

  login(username: string): GuestLogin | undefined {
    const { inbound, inboundUsername, username: own } = this.#settings
    if (this.#stopped || inbound !== 'digest' || username !== (inboundUsername || own)) return undefined
    return {
      subject: `trunk ${this.id}`,
      known: { carrierId: this.id },
      password: this.#config.secret,
      takeInvite: (invite) => this.takeInvite(invite),
    }
  }

  // Calls in

  takeInvite(invite: InviteServer): void {
    const { door, take } = this.#parts
    const id = door.nextId()
    const known = { carrierId: this.id }
    if (this.#isFull) return door.turnAway(invite, refusal('call.congestion'), known)
    const replaces = door.replacedBy(invite, this.#owner, known)
    if (replaces === false) return
    const leg = new IncomingLeg(id, invite, door.partsOf(this.#owner), this.#policy)
    this.#calls += 1
    leg.whenOver(() => (this.#calls -= 1))
    const read = readInvite(invite)
    const { trustsIdentity } = this.#settings
    const caller =
      trustsIdentity && read.asserted && !read.isPrivate ? read.asserted : { user: read.fromUser, name: read.fromName }
    const { toUser, toHost, headers, source, identity, raw, forwardedFrom } = read
    take({
      id,
      leg,
      listen: (news) => leg.listen(news),
      to: calledIn(toUser, this.#settings),
      toHost,
      from: read.isPrivate ? 'anonymous' : numberIn(caller.user, this.#settings),
      fromName: read.isPrivate ? '' : caller.name,
      via: { kind: 'trunk', carrierId: this.id },
      headers,
      source,
      raw,
      ...(forwardedFrom !== undefined && { forwardedFrom: numberIn(forwardedFrom, this.#settings) }),
      ...(identity !== undefined && { identity }),
      ...(replaces !== undefined && { replaces }),
    })
  }

  // Calls out

  takes(): boolean {
    return this.unable() === undefined
  }

  unable(): ReturnType<OpenTrunk['unable']> {
    if (this.#stopped) return { reason: 'routing.no_route_available', text: 'the trunk is closed' }
    if (!this.#gateways.anyUsable) return { reason: 'routing.no_route_available', text: 'no gateway of it answers' }
    if (this.#isFull) return { reason: 'call.congestion', text: `all of its ${this.#settings.channels} channels are in use` }
    if (this.#isFast)
      return { reason: 'call.congestion', text: `${this.#settings.callsPerSecond} calls were placed within a second` }
    return undefined
  }

  get #isFull(): boolean {
    const { channels } = this.#settings
    return channels > 0 && this.#calls >= channels
  }

  get #isFast(): boolean {
    const { callsPerSecond } = this.#settings
    if (callsPerSecond === 0) return false
    const since = this.#parts.door.clock.elapsedMs() - 1000
    while (this.#placed.length > 0 && this.#placed[0]! <= since) this.#placed.shift()
    return this.#placed.length >= callsPerSecond
  }

  place(wish: LegWish, news: LegNews): Leg {
    const { door } = this.#parts
    const unable = this.unable()
    let current: Gateway | undefined
    const order = unable ? [] : this.#gateways.order()
    /** Through the gateway whose turn it is: nowhere twice (RFC 3261 8.1.3.4). */
    const called = new Set<string>()
    const next: NextAttempt = (failed) => {
      if (failed && current) {
        this.#failedAt(current, failed.told, failed.cause)
        const { reason, raw } = failed.cause
        news.step?.('gateway.failed', { gateway: current.setting.name, reason, cause: raw })
      }
      if (current) current.calls -= 1
      current = order.shift()
      if (current === undefined) return undefined
      const passedOver = this.#gateways.passedOver()
      news.step?.('gateway.taken', { trunk: this.#config.name, gateway: current.setting.name, passedOver })
      current.calls += 1
      const attempt = this.#attempt(current.setting, current, wish, order.length > 0)
      called.clear()
      called.add(attempt.uri)
      return attempt
    }
    const follow = (contacts: readonly string[]): Attempt | undefined => {
      const mayFollow = this.#settings.followsRedirects && called.size <= redirectsAtMost
      const found = mayFollow ? this.#gateways.redirect(contacts, called) : undefined
      if (!found || !current) return undefined
      this.#gateways.answered(current)
      news.step?.('gateway.redirected', { gateway: current.setting.name, to: found.uri })
      called.add(found.uri)
      current.calls -= 1
      current = found.gateway
      current.calls += 1
      return { ...this.#attempt(current.setting, current, wish, order.length > 0), uri: found.uri, to: found.to }
    }
    if (!unable) {
      this.#calls += 1
      if (this.#settings.callsPerSecond > 0) this.#placed.push(door.clock.elapsedMs())
    }
    return new OutgoingLeg(
      {
        wish,
        parts: door.partsOf(this.#owner),
        policy: this.#policy,
        next,
        follow,
        nowhere: refusal(
          unable?.reason === 'call.congestion' ? 'call.congestion' : 'routing.no_route_available',
          {},
          {
            evidence: unable?.text ?? 'no gateway was left',
          },
        ),
        progressed: () => current && this.#gateways.answered(current),
        failed: (told, cause) => current && this.#failedAt(current, told, cause),
        over: () => {
          if (!unable) this.#calls -= 1
          if (current) current.calls -= 1
          current = undefined
        },
      },
      news,
    )
  }

  #failedAt(gateway: Gateway, told: SipCause, cause: LegCause): void {
    this.#gateways.failed(gateway, told)
    if (cause.next === 'elsewhere') this.#erred(`${gateway.setting.name}: ${cause.raw}`, cause.reason)
  }

  #erred(text: string, reason: LegCause['reason'] = 'call.network_failure'): void {
    this.#lastError = { atMs: this.#parts.door.clock.nowMs(), text, reason }
  }

  #attempt(gateway: GatewaySetting, { to }: Gateway, wish: LegWish, hasMore: boolean): Attempt {
    const settings = this.#settings
    const domain = settings.fromDomain || uriHost({ ...gateway, transport: undefined })
    const caller = numberOut(wish.from, settings)
    const called = dialled(wish.to, settings)
    const hasOwnFrom = settings.fromUser !== ''
    const uriOf = (user: string): string => `sip:${encodeURIComponent(user).replaceAll('%2B', '+')}@${domain}`
    const display = wish.fromName ?? ''
    const from = wish.anonymous
      ? '"Anonymous" <sip:anonymous@anonymous.invalid>'
      : nameAddrText({ display, uri: uriOf(hasOwnFrom ? settings.fromUser : caller) })
    const asserted = wish.assertedFrom === undefined ? caller : numberOut(wish.assertedFrom, settings)
    const headers: [string, string][] = []
    if (settings.identity !== 'none' || hasOwnFrom) {
      const name = settings.identity === 'preferred' ? 'P-Preferred-Identity' : 'P-Asserted-Identity'
      headers.push([name, nameAddrText({ display, uri: uriOf(asserted) })])
    }
    // RFC 3323 4.2 and RFC 3325 9.3: `id` takes the asserted identity out further on.
    if (wish.anonymous) headers.push(['Privacy', 'id'])
    if (wish.identity !== undefined) headers.push(['Identity', wish.identity])
    const credentials = credentialsOf(settings, this.#config.secret)
    return {
      uri: `sip:${encodeURIComponent(called).replaceAll('%2B', '+')}@${uriHost(gateway)}`,
      to,
      from,
      toHeader: `<${uriOf(called)}>`,
      contactUser: settings.username || 'offhook',
      headers,
      ...(hasMore && { silentMs: settings.silentSeconds * 1000 }),
      ...(credentials !== undefined && { credentials }),
    }
  }

  // Registration

  holdRegistration(held: boolean): void {
    if (!held || this.#stopped) {
      void this.#registration?.stop()
      this.#registration = undefined
      return
    }
    const credentials = credentialsOf(this.#settings, this.#config.secret)
    const registrar = readGateway(this.#settings.registrar) ?? this.#gateways.all[0]?.setting
    if (this.#registration !== undefined || credentials === undefined || registrar === undefined) return
    const { door } = this.#parts
    this.#registration = new Registration({
      clock: door.clock,
      stack: door.stack,
      registrar: uriHost(registrar),
      to: { host: registrar.host, port: registrar.port, transport: registrar.transport },
      domain: this.#settings.fromDomain || uriHost({ ...registrar, transport: undefined, port: undefined }),
      credentials,
      expiresSeconds: this.#settings.registerSeconds,
      contact: (flow, user) => door.userAgent.contact(flow, user),
    })
  }

  state(): TrunkState {
    const registration = this.#registration
    return {
      state: this.#stopped ? 'closed' : this.#gateways.anyUsable ? 'up' : 'down',
      gateways: this.#gateways.all.map(({ setting, state, sinceMs, calls }) => ({ name: setting.name, state, sinceMs, calls })),
      ...(registration !== undefined && {
        registration: {
          state: registration.state,
          ...(registration.expiresMs !== undefined && { expiresMs: registration.expiresMs }),
          ...(registration.cause !== undefined && { cause: registration.cause }),
        },
      }),
      calls: this.#calls,
      channels: this.#settings.channels,
      callsPerSecond: this.#settings.callsPerSecond,
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#closed()
    this.#gateways.stop()
    await this.#registration?.stop()
  }
}

/** Of one call. */
const redirectsAtMost = 5

const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.')
