// Phones: clients that register here, calls to where they are registered and calls from them. A phone over TCP, TLS or WebSocket is reached
// down the connection that it registered over (RFC 5626 5.3), and nowhere else; one over UDP where its packets came from. It knows no
// number, no route and no script.

import type { Account } from '#accounts/account.ts'
import { mayCall, readClientToken, type ClientToken } from '#accounts/client-tokens.ts'
import { fromOf, toOf } from '#protocols/sip/message-reads.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import { nameAddrText } from '#protocols/sip/name-addr.ts'
import type { SipRequest } from '#protocols/sip/message.ts'
import type { Flow, ServerTransaction, SipAddress } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import { IncomingLeg } from '#sip-legs/incoming-leg.ts'
import { allCodecs, type MediaPolicy } from '#sip-legs/leg-parts.ts'
import { OutgoingLeg } from '#sip-legs/outgoing-leg.ts'
import { readInvite } from '#sip-legs/read-invite.ts'
import type { Guest, GuestLogin, Guests, Known, SipDoor } from '#sip-legs/sip-door.ts'
import { isNodeAlive } from '#store/leases.ts'
import {
  endConnectionsOfNode,
  endRegistrations,
  readPhoneLogin,
  readPhoneLoginById,
  registrationsOf,
  type PhoneLogin,
  type RegistrationRow,
} from '#store/registrations.ts'
import type { Store } from '#store/store.ts'
import type { Timer } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import type { Leg, LegNews, LegWish } from '#voice/leg.ts'
import type { PhoneContact, Phones as VoicePhones, TakeIncoming } from '#voice/line.ts'
import { targetsOf } from './deflection.ts'
import { contactOf, destinationOf, identityOf, type KnownContact } from './known-contact.ts'
import { takeRegister, usualRules, type RegistrarRules } from './registrar.ts'

export interface PhonesParts {
  readonly door: SipDoor
  readonly store: Store
  readonly key: Pick<Key, 'open' | 'mac'>
  readonly node: string
  readonly take: TakeIncoming
  readonly accountOf: (id: number) => Account | undefined | Promise<Account | undefined>
  /** The root account whose logins a host name stands for; absent or undefined: a login that only one of them has. */
  readonly realmOf?: (host: string) => number | undefined
  /** In From of calls to phones. */
  readonly domain: () => string
  readonly rules?: Partial<RegistrarRules>
  readonly policy?: Partial<MediaPolicy>
}

const noPath = '[]'
/** How often something goes to a phone on UDP, so that a NAT on the way stays open. */
const keepAliveMs = 25_000
const keepAlive = Buffer.from('\r\n\r\n')

interface Held {
  readonly flow: Flow
  readonly registrations: Set<number>
  readonly legs: Set<Leg>
  readonly stopListening: () => void
}

export class Phones implements VoicePhones, Guests {
  readonly #parts: PhonesParts
  readonly #rules: RegistrarRules
  readonly #policy: MediaPolicy
  /** By the flow's id: what hangs on a connection. */
  readonly #flows = new Map<string, Held>()
  /** By registration. */
  readonly #flowOf = new Map<number, { readonly flow: Flow; readonly untilMs: number }>()
  /** By where they are registered from: how many registrations. */
  readonly #sources = new Map<string, number>()
  #timer: Timer | undefined

  constructor(parts: PhonesParts) {
    this.#parts = parts
    this.#rules = { ...usualRules, ...parts.rules }
    this.#policy = { codecs: allCodecs, srtp: 'optional', digits: 'rfc4733', ...parts.policy }
  }

  /** Before the door opens: connections of an earlier process are no more. */
  async start(): Promise<void> {
    const { store, door, node } = this.#parts
    await store.write(endConnectionsOfNode, { node, now: door.clock.nowMs() })
    this.#timer = door.clock.every(keepAliveMs, () => this.#keepAlive())
  }

  stop(): void {
    this.#timer?.cancel()
    for (const held of this.#flows.values()) held.stopListening()
    this.#flows.clear()
    this.#flowOf.clear()
    this.#sources.clear()
  }

  /** Registrations that this node reaches. */
  get registered(): number {
    return this.#flowOf.size
  }

  // Who is this

  isGuest(source: SipAddress): boolean {
    return this.#sources.has(sourceOf(source))
  }

  async byName(username: string, request: SipRequest): Promise<GuestLogin | undefined> {
    const found = await this.#find(username, request)
    if (!found) return undefined
    const { client, names } = found
    return {
      subject: `client ${client.id}`,
      known: knownOf(client),
      password: this.#parts.key.open(client.password_sealed),
      refused: await this.#refused(client),
      takeInvite: (invite) => this.#takeInvite(client, invite),
      takeRegister: (transaction) => void this.#register(client, names, transaction),
    }
  }

  /** A token says which client's it is, whatever the request says; it registers and calls as far as it permits. */
  async byToken(text: string): Promise<Guest | Refusal> {
    const { key, store, door } = this.#parts
    const token = readClientToken(key, text, door.clock.nowMs())
    if (token === undefined) return refusal('auth.credentials_invalid')
    const client = token === 'expired' ? undefined : await readPhoneLoginById(store, token.clientId)
    if (token === 'expired' || !client) return refusal('auth.token_expired')
    return {
      known: knownOf(client),
      refused: await this.#refused(client),
      takeInvite: (invite) => void this.#takeTokenInvite(client, token, invite),
      takeRegister: (transaction) => {
        if (token.registers) void this.#register(client, [client.login], transaction, token.expiresMs)
        else transaction.respond(403)
      },
    }
  }

  /** A login as it stands, or the name and group of a member: `ann@sales`, or ann at a domain that is called sales. */
  async #find(username: string, request: SipRequest): Promise<{ client: PhoneLogin; names: string[] } | undefined> {
    const { store, realmOf } = this.#parts
    const [user = '', group] = username.split('@')
    const address = request.method === 'REGISTER' ? toOf(request) : fromOf(request)
    const host = parseUri(address?.uri ?? '')?.host.toLowerCase() ?? ''
    const realm = realmOf?.(host)
    const logins = group === undefined ? [username, `${username}.${host}`] : [`${user}.${group.toLowerCase()}`, user]
    for (const login of logins) {
      const client = await readPhoneLogin(store, login, realm)
      if (client) return { client, names: [client.login, username, user] }
    }
    return undefined
  }

  async #refused(client: PhoneLogin): Promise<Refusal | undefined> {
    const user = client.login
    if (client.member_ended === 1) return refusal('voip_user.not_active', { user })
    if (client.member_expires_ms !== null && client.member_expires_ms <= this.#parts.door.clock.nowMs()) {
      return refusal('voip_user.expired', { user })
    }
    if (client.enabled === 0) {
      return client.member_ended === null
        ? refusal('client.error', { client: user, cause: 'it is switched off' })
        : refusal('voip_user.not_active', { user })
    }
    const account = await this.#parts.accountOf(client.account_id)
    if (!account || account.status !== 'active') {
      return refusal('account.not_active', { state: account?.status ?? 'closed' })
    }
    return undefined
  }

  // Registering

  /** Not beyond `untilMs`: a registration lasts no longer than what it was made with. */
  async #register(
    client: PhoneLogin,
    names: readonly string[],
    transaction: ServerTransaction,
    untilMs = Infinity,
  ): Promise<void> {
    const { store, door, node } = this.#parts
    try {
      const leftSeconds = Math.max(1, Math.floor((untilMs - door.clock.nowMs()) / 1000))
      const rules = { ...this.#rules, maxSeconds: Math.min(this.#rules.maxSeconds, leftSeconds) }
      const wish = { clientId: client.id, accountId: client.account_id, names }
      const parts = { store, clock: door.clock, nextId: door.nextId, node, rules }
      const { status, headers, kept, gone } = await takeRegister(parts, wish, transaction)
      for (const { id } of gone) this.#forget(id)
      for (const row of kept) this.#hold(row, transaction.flow)
      transaction.respond(status, { headers })
    } catch (error) {
      door.legParts.faulted(error)
      transaction.respond(500)
    }
  }

  #hold(row: RegistrationRow, flow: Flow): void {
    const before = this.#flowOf.get(row.id)
    if (before && before.flow.id !== flow.id) this.#forget(row.id)
    if (!this.#flowOf.has(row.id)) this.#count(flow, 1)
    this.#flowOf.set(row.id, { flow, untilMs: row.expires_ms })
    if (flow.transport !== 'udp') this.#heldOf(flow).registrations.add(row.id)
  }

  #forget(id: number): void {
    const before = this.#flowOf.get(id)
    if (before === undefined) return
    this.#flowOf.delete(id)
    this.#count(before.flow, -1)
    this.#flows.get(before.flow.id)?.registrations.delete(id)
  }

  #count({ remote }: Flow, by: 1 | -1): void {
    const source = sourceOf(remote)
    const left = (this.#sources.get(source) ?? 0) + by
    if (left > 0) this.#sources.set(source, left)
    else this.#sources.delete(source)
  }

  /** Of a connection, with what is to happen when it ends. */
  #heldOf(flow: Flow): Held {
    const known = this.#flows.get(flow.id)
    if (known) return known
    const held: Held = {
      flow,
      registrations: new Set(),
      legs: new Set(),
      stopListening: flow.onClosed(() => this.#closed(flow.id)),
    }
    this.#flows.set(flow.id, held)
    return held
  }

  /** Nobody is there any more: what was registered over it is not, and calls on it are over. */
  #closed(id: string): void {
    const held = this.#flows.get(id)
    if (!held) return
    this.#flows.delete(id)
    const ids = [...held.registrations]
    for (const one of ids) this.#forget(one)
    const { store, door } = this.#parts
    if (ids.length > 0) {
      store.write(endRegistrations, { ids, now: door.clock.nowMs() }).catch((error: unknown) => door.legParts.faulted(error))
    }
    const { host, port } = held.flow.remote
    for (const leg of held.legs)
      leg.hangUp(
        refusal('client.registration_expired', { source: 'session' }, { evidence: `the connection to ${host}:${port} is gone` }),
      )
  }

  #watch(flow: Flow, leg: Leg & { whenOver(act: () => void): void }): void {
    if (flow.transport === 'udp') return
    const { legs } = this.#heldOf(flow)
    legs.add(leg)
    leg.whenOver(() => legs.delete(leg))
  }

  #keepAlive(): void {
    const now = this.#parts.door.clock.nowMs()
    for (const [id, { flow, untilMs }] of this.#flowOf) {
      if (untilMs <= now) this.#forget(id)
      else if (flow.transport === 'udp') flow.send(keepAlive)
    }
  }

  // Calls to them

  async contactsOf(clientId: number): Promise<readonly PhoneContact[]> {
    const now = this.#parts.door.clock.nowMs()
    const rows = await registrationsOf(this.#parts.store, clientId)
    return rows.filter((row) => row.expires_ms > now && this.#isReachable(row)).map(contactOf)
  }

  async lapsed(clientId: number): Promise<boolean> {
    const now = this.#parts.door.clock.nowMs()
    const rows = await registrationsOf(this.#parts.store, clientId)
    return rows.length > 0 && !rows.some((row) => row.expires_ms > now && this.#isReachable(row))
  }

  async elsewhere(clientId: number): Promise<string | undefined> {
    const { store, door } = this.#parts
    const now = door.clock.nowMs()
    for (const row of await registrationsOf(store, clientId)) {
      const isThere = row.expires_ms > now && row.node !== this.#parts.node && !this.#isReachable(row)
      // With a node its connections die.
      if (isThere && (await isNodeAlive(store, row.node, now))) return row.node
    }
    return undefined
  }

  /** A connection is its node's alone; a packet over UDP, or what goes to the proxy that added Path (RFC 3327), can leave from any. */
  #isReachable(row: RegistrationRow): boolean {
    return row.transport === 'udp' || row.path !== noPath || this.#flowOf.get(row.id)?.flow.open === true
  }

  place(contact: PhoneContact, wish: LegWish, news: LegNews): Leg {
    const { door, domain } = this.#parts
    const held = this.#flowOf.get(contact.registrationId)
    const { to, route } = contact as KnownContact
    const from = nameAddrText({
      display: wish.anonymous ? '' : (wish.fromName ?? ''),
      uri: `sip:${encodeURIComponent(wish.anonymous ? 'anonymous' : wish.from).replaceAll('%2B', '+')}@${wish.anonymous ? 'anonymous.invalid' : domain()}`,
    })
    const next = destinationOf(route, held?.flow, to)
    let asked = false
    const leg = new OutgoingLeg(
      {
        wish,
        parts: door.partsOf(ownerOf(contact.clientId)),
        policy: this.#policy,
        next: () => {
          if (asked || next === undefined) return undefined
          asked = true
          return { uri: contact.uri, to: next, from, route, contactUser: 'offhook', headers: identityOf(wish) }
        },
        deflectedTo: (contacts) => targetsOf(contacts, this.#ownHosts(held?.flow)),
        nowhere: refusal('client.registration_expired', {}),
      },
      news,
    )
    if (held) this.#watch(held.flow, leg)
    return leg
  }

  /** What a phone may have written behind the @ of a number or a login of ours. */
  #ownHosts(flow: Flow | undefined): ReadonlySet<string> {
    const { door, domain } = this.#parts
    const own = flow === undefined ? [] : [parseUri(`sip:${door.stack.sentBy(flow)}`)?.host ?? '']
    return new Set([domain(), ...own].map((host) => host.toLowerCase()))
  }

  // Calls from them

  /** To other clients of the same realm, as far as the token names them; no number is called with one. */
  async #takeTokenInvite(client: PhoneLogin, token: ClientToken, invite: InviteServer): Promise<void> {
    const { store, door } = this.#parts
    const { toUser } = readInvite(invite)
    try {
      const isOpen = mayCall(token, toUser) && (await readPhoneLogin(store, toUser, client.realm_id)) !== undefined
      if (!invite.open) return
      if (isOpen) this.#takeInvite(client, invite)
      else door.turnAway(invite, refusal('permission.denied', { permission: `call ${toUser.slice(0, 64)}` }), knownOf(client))
    } catch (error) {
      door.legParts.faulted(error)
      if (invite.open) invite.refuse(500)
    }
  }

  #takeInvite(client: PhoneLogin, invite: InviteServer): void {
    const { door, take } = this.#parts
    const id = door.nextId()
    const owner = ownerOf(client.id)
    const replaces = door.replacedBy(invite, owner, knownOf(client))
    if (replaces === false) return
    const leg = new IncomingLeg(id, invite, door.partsOf(owner), this.#policy)
    this.#watch(invite.flow, leg)
    const { toUser, toHost, fromName, headers, source, raw, isPrivate } = readInvite(invite)
    take({
      id,
      leg,
      listen: (news) => leg.listen(news),
      to: toUser,
      toHost,
      from: client.login,
      fromName: isPrivate ? '' : fromName || client.name,
      ...(isPrivate && { isPrivate }),
      via: { kind: 'phone', clientId: client.id, accountId: client.account_id, login: client.login },
      headers,
      source,
      raw,
      ...(replaces !== undefined && { replaces }),
    })
  }
}

const sourceOf = ({ transport, host, port }: SipAddress): string => `${transport} ${host} ${port}`

const ownerOf = (clientId: number): string => `client ${clientId}`

const knownOf = ({ id, account_id: accountId }: PhoneLogin): Known => ({ client: { id, accountId } })
