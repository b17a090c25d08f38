// The SIP end of this node: its sockets, its user agent, and who is behind a call or a request that comes in. Trunks are known by their
// address, trunks and phones by a password; nobody else is taken. What is done with a call is theirs.

import type { Lockouts } from '#accounts/lockouts.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import { callIdOf, fromOf, toOf } from '#protocols/sip/message-reads.ts'
import type { SipRequest } from '#protocols/sip/message.ts'
import type { SessionTimerOptions } from '#protocols/sip/session-parts.ts'
import { SipStack } from '#protocols/sip/sip-stack.ts'
import type { Binding, ExtraHeaders, ServerTransaction, SipAddress, SipStackOptions } from '#protocols/sip/stack-parts.ts'
import { UserAgent } from '#protocols/sip/user-agent.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { TellTurnedAway, TurnedAway } from '#voice/turned-away.ts'
import { replyOf } from './causes.ts'
import { bearerOf, Doorkeeper, type Login } from './doorkeeper.ts'
import type { LegParts, MediaHosts } from './leg-parts.ts'
import { LegWire, type KeepWire } from './leg-wire.ts'
import { partsOfUri } from './read-invite.ts'
import { reasonHeaders, type FaceReasonOf } from './reason-headers.ts'

/** Who it is, as far as that is known of a request that is turned away. */
export type Known = Partial<Pick<TurnedAway, 'carrierId' | 'client'>>

/** Whoever it is, and what they may send. */
export interface Guest {
  readonly known: Known
  /** Right password, and not to be served all the same: ended, expired, switched off. */
  readonly refused?: Refusal | undefined
  takeInvite(invite: InviteServer): void
  /** REGISTER; absent: it does not register here. */
  takeRegister?(transaction: ServerTransaction): void
}

/** Behind a name with a password. */
export interface GuestLogin extends Login, Guest {}

/** Trunks, and phones: whom calls come from. */
export interface Guests {
  /** Known by address alone; asked for each call, so it is cheap. Undefined: not one of these. */
  byAddress?(request: SipRequest, source: SipAddress): { takeInvite(invite: InviteServer): void } | undefined
  /** Whether somebody has shown from there who it is, and is still expected. */
  isGuest?(source: SipAddress): boolean
  /** Whether it leads into a call that is up on another node; asked for each request, so it is cheap. */
  isOfCall?(request: SipRequest): boolean
  byName(username: string, request: SipRequest): Promise<GuestLogin | undefined>
  /** By a token instead of a password (RFC 8898); a Refusal: it is none, or no longer. */
  byToken?(token: string): Promise<Guest | Refusal>
}

export interface SipDoorOptions {
  readonly clock: Clock
  readonly nextId: NextId
  readonly bindings: readonly Binding[]
  readonly lockouts: Pick<Lockouts, 'checkSource' | 'checkUser' | 'failed' | 'failedUnknown' | 'succeeded'>
  /** What challenges name; also HA1s of phones that keep one. */
  readonly realm: string
  /** 32 octets; nodes that share phones share it. */
  readonly nonceKey: Buffer
  /** Of media: where their sockets are bound, and what SDP says. */
  readonly media: MediaHosts
  /** Nothing heard for so long ends an answered leg; 0 or absent: it does not. */
  readonly silenceMs?: number | undefined
  readonly faceReasonOf?: FaceReasonOf | undefined
  readonly sessionTimer?: SessionTimerOptions | undefined
  /** Scanners, wrong passwords, locked sources; for the journal. */
  readonly counted?: ((why: string, source: string) => void) | undefined
  /** What was refused and has no leg: kept, so that the error id of the answer is found. */
  readonly turnedAway?: TellTurnedAway | undefined
  /** A MESSAGE of a phone outside a call; absent: 405. */
  readonly takePageMessage?:
    | ((message: { readonly transaction: ServerTransaction; readonly username: string }) => void)
    | undefined
  /** Takes each message of a call, for evidence; absent: none is kept. */
  readonly keepWire?: KeepWire | undefined
  /** Timers, DNS, TLS, limits and ears of the stack. */
  readonly stack?: Omit<SipStackOptions, 'clock' | 'guard' | 'faulted'> | undefined
  readonly faulted: (error: unknown) => void
}

export class SipDoor {
  readonly stack: SipStack
  readonly userAgent: UserAgent
  readonly legParts: LegParts
  readonly clock: Clock
  readonly nextId: NextId
  readonly #options: SipDoorOptions
  readonly #keeper: Doorkeeper
  readonly #guests: Guests[] = []

  constructor(options: SipDoorOptions) {
    const {
      clock,
      nextId,
      realm,
      nonceKey,
      lockouts,
      counted = () => undefined,
      faulted,
      media,
      silenceMs = 0,
      faceReasonOf,
      keepWire,
    } = options
    this.#options = options
    this.clock = clock
    this.nextId = nextId
    const isGuest = (source: SipAddress): boolean => this.#guests.some((guests) => guests.isGuest?.(source))
    const wire = keepWire && new LegWire(keepWire, clock)
    this.stack = new SipStack({
      ...(wire && { wire: wire.heard }),
      ...options.stack,
      clock,
      faulted,
      guard: (source, request) => this.#guard(source, request),
    })
    const random = (bytes: number): string => this.stack.random(bytes)
    this.#keeper = new Doorkeeper({ clock, random, realm, nonceKey, lockouts, isGuest, counted })
    this.userAgent = new UserAgent(this.stack, {
      onInvite: (invite) => this.#invited(invite),
      onRequest: (transaction) => this.#requested(transaction),
      methods: ['OPTIONS', 'REGISTER', ...(options.takePageMessage ? ['MESSAGE'] : [])],
      ...(options.sessionTimer && { sessionTimer: options.sessionTimer }),
    })
    const { userAgent } = this
    this.legParts = {
      userAgent,
      clock,
      random,
      mediaHosts: () => media,
      silenceMs,
      faceReasonOf,
      legIds: new WeakMap(),
      wire,
      owner: '',
      faulted,
    }
  }

  /** Trunks go before phones: a name of both is the trunk's. */
  admit(guests: Guests): void {
    this.#guests.push(guests)
  }

  /** Rejects when an address cannot be had. */
  async listen(): Promise<readonly SipAddress[]> {
    return await this.stack.listen(this.#options.bindings)
  }

  /** What the legs of one trunk or client are made with. */
  partsOf(owner: string): LegParts {
    return { ...this.legParts, owner }
  }

  /**
   * The leg that a call asks to take the place of; undefined: it asks for none. False: it is another's, and the call has been refused (RFC 3891 3).
   */
  replacedBy(invite: InviteServer, owner: string, known: Known): number | undefined | false {
    if (invite.replaces === undefined) return undefined
    const leg = this.legParts.legIds.get(invite.replaces)
    if (leg?.owner === owner) return leg.id
    this.turnAway(invite, refusal('call.session_mismatch'), known, 403)
    return false
  }

  /** Refuses a call of which there is no leg, so that nothing else tells why. */
  turnAway(invite: InviteServer, refused: Refusal, known: Known, status = statusFor(refused), headers: ExtraHeaders = []): void {
    invite.refuse(status, { headers: [...this.#turnedAway(invite.request, invite.source, refused, known, status), ...headers] })
  }

  /** Refuses a request of a stranger, so that the error id of the answer is found. */
  turnDown(transaction: ServerTransaction, refused: Refusal, status: number): void {
    const { request, source } = transaction
    transaction.respond(status, { headers: this.#turnedAway(request, source, refused, {}, status) })
  }

  /** New calls are refused with 503; those that are up go on. */
  drain(): void {
    this.stack.drain()
  }

  async close(): Promise<void> {
    await this.stack.close()
  }

  #guard(source: SipAddress, request: SipRequest): 'serve' | 'unknown' | 'drop' {
    for (const guests of this.#guests) if (guests.byAddress?.(request, source)) return 'serve'
    // Calls that are up go on, whoever else there is at their address.
    if (this.userAgent.isInDialog(request) || this.#guests.some((guests) => guests.isOfCall?.(request))) return 'serve'
    return this.#keeper.guard(source, request)
  }

  #invited(invite: InviteServer): void {
    for (const guests of this.#guests) {
      const guest = guests.byAddress?.(invite.request, invite.source)
      if (guest) return guest.takeInvite(invite)
    }
    // Until it is known whose call it is nobody hears of it; a CANCEL meanwhile closes it.
    invite.listen({ failed: () => undefined }, { ended: () => undefined })
    this.#admitted(invite.request, invite.source, {
      open: () => invite.open,
      vouch: () => invite.transaction.vouch(),
      ask: (stale) => invite.refuse(407, { headers: this.#keeper.challenge(invite.request, invite.source, true, stale) }),
      refuse: (refused, known) => this.turnAway(invite, refused, known),
      badToken: (refused, headers) => this.turnAway(invite, refused, {}, 401, headers),
      take: (login) => login.takeInvite(invite),
    })
  }

  #requested(transaction: ServerTransaction): void {
    const { request, source } = transaction
    if (request.method === 'OPTIONS') {
      transaction.respond(200, { headers: [['Accept', 'application/sdp'], ...this.userAgent.abilities] })
      return
    }
    const { takePageMessage } = this.#options
    this.#admitted(request, source, {
      open: () => transaction.answered === undefined,
      vouch: () => transaction.vouch(),
      ask: (stale) => void transaction.respond(401, { headers: this.#keeper.challenge(request, source, false, stale) }),
      refuse: (refused, known) => {
        const status = statusFor(refused, request.method)
        transaction.respond(status, { headers: this.#turnedAway(request, source, refused, known, status) })
      },
      badToken: (refused, headers) =>
        transaction.respond(401, { headers: [...this.#turnedAway(request, source, refused, {}, 401), ...headers] }),
      take: (login, username) => {
        if (request.method === 'REGISTER' && login.takeRegister) login.takeRegister(transaction)
        else if (request.method === 'MESSAGE' && takePageMessage && username !== undefined)
          takePageMessage({ transaction, username })
        else transaction.respond(405)
      },
    })
  }

  #admitted(request: SipRequest, source: SipAddress, reply: Reply): void {
    const find = async (username: string): Promise<GuestLogin | undefined> => {
      for (const guests of this.#guests) {
        const login = await guests.byName(username, request)
        if (login) return login
      }
      return undefined
    }
    const token = bearerOf(request)
    const verdict =
      token === undefined
        ? this.#keeper.check(request, source, find)
        : this.#keeper.checkToken(token, source, (text) => this.#byToken(text))
    verdict.then(
      (verdict) => {
        if (!reply.open()) return
        if (verdict.kind === 'known') reply.vouch()
        if (verdict.kind === 'bad_token') reply.badToken(verdict.refusal, this.#keeper.invalidToken)
        else if (verdict.kind === 'asked') reply.ask(verdict.stale)
        else if (verdict.kind === 'refused') reply.refuse(verdict.refusal, {})
        else if (verdict.login.refused) reply.refuse(verdict.login.refused, verdict.login.known)
        else reply.take(verdict.login, verdict.username)
      },
      (error: unknown) => {
        this.#options.faulted(error)
        if (reply.open()) reply.refuse(refusal('platform.internal_error'), {})
      },
    )
  }

  async #byToken(token: string): Promise<Guest | Refusal> {
    for (const guests of this.#guests) if (guests.byToken) return await guests.byToken(token)
    return refusal('auth.credentials_invalid')
  }

  /** Gives the headers of the answer. */
  #turnedAway(request: SipRequest, source: SipAddress, refused: Refusal, known: Known, status: number): ExtraHeaders {
    const errorId = (refused.errorId ??= crypto.randomUUID())
    const { method, uri } = request
    this.#options.turnedAway?.({
      refusal: refused,
      errorId,
      network: 'sip',
      method,
      uri,
      from: partsOfUri(fromOf(request)?.uri ?? '').user,
      to: partsOfUri(method === 'REGISTER' ? (toOf(request)?.uri ?? '') : uri).user,
      source: source.host,
      ref: callIdOf(request) ?? '',
      status,
      carrierId: known.carrierId ?? null,
      client: known.client ?? null,
    })
    return reasonHeaders(refused, { id: 0, direction: 'in' }, this.#options.faceReasonOf)
  }
}

interface Reply {
  open(): boolean
  vouch(): void
  ask(stale: boolean): void
  refuse(refused: Refusal, known: Known): void
  badToken(refused: Refusal, headers: ExtraHeaders): void
  /** `username`: absent of one who came with a token, which is good for nothing but registering and calls. */
  take(login: Guest, username?: string): void
}

/** A wrong answer is a 403: to a 401 a phone would only send the same password again. Nor is "not here at present" said of a registration. */
const statusFor = (refused: Refusal, method = 'INVITE'): number => {
  const { status } = replyOf(refused)
  return status === 401 || status === 407 || (method === 'REGISTER' && status < 500) ? 403 : status
}
