// Phones: clients that register here, calls to where they are registered and calls from them. A phone over TCP, TLS or WebSocket is reached
// down the connection that it registered over (RFC 5626 5.3), and nowhere else; one over UDP where its packets came from; one that is
// connected to another node over that (node-hop.ts). It knows no number, no route and no script.

import type { Account } from '#accounts/account.ts'
import { mayCall, readClientToken, type ClientToken } from '#accounts/client-tokens.ts'
import { fromOf, toOf } from '#protocols/sip/message-reads.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import type { SipRequest } from '#protocols/sip/message.ts'
import type { Flow, ServerTransaction, SipAddress } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import { IncomingLeg } from '#sip-legs/incoming-leg.ts'
import { allCodecs, type MediaPolicy } from '#sip-legs/leg-parts.ts'
import { OutgoingLeg, type Attempt } from '#sip-legs/outgoing-leg.ts'
import { readInvite } from '#sip-legs/read-invite.ts'
import { shownFrom } from '#sip-legs/shown-caller.ts'
import type { Guest, GuestLogin, Guests, Known, SipDoor } from '#sip-legs/sip-door.ts'
import { isNodeAlive } from '#store/leases.ts'
import { forgetNodeAddress, isNodeAt, sipOfNode, tellNodeAddress } from '#store/node-addresses.ts'
import {
  endConnectionsOfLost,
  endConnectionsOfNode,
  endRegistrations,
  readPhoneLogin,
  readPhoneLoginById,
  registrationsOf,
  type PhoneLogin,
  type RegistrationRow,
} from '#store/registrations.ts'
import type { Store } from '#store/store.ts'
import type { Key } from '#values/secrets.ts'
import type { Leg, LegNews, LegWish } from '#voice/leg.ts'
import type { PhoneContact, Phones as VoicePhones, TakeIncoming } from '#voice/line.ts'
import { targetsOf } from './deflection.ts'
import { FarLegs } from './far-legs.ts'
import { HeldFlows, type GoneFlow } from './held-flows.ts'
import { contactOf, destinationOf, identityOf, type KnownContact } from './known-contact.ts'
import { NodeHop, type NodeHopParts } from './node-hop.ts'
import { takeRegister, usualRules, type RegistrarRules } from './registrar.ts'

export interface PhonesParts {
  readonly door: SipDoor
  readonly store: Store
  readonly key: Pick<Key, 'open' | 'mac' | 'derive'>
  readonly node: string
  readonly take: TakeIncoming
  readonly accountOf: (id: number) => Account | undefined | Promise<Account | undefined>
  /** The root account whose logins a host name stands for; absent or undefined: a login that only one of them has. */
  readonly realmOf?: (host: string) => number | undefined
  /** In From of calls to phones. */
  readonly domain: () => string
  readonly rules?: Partial<RegistrarRules>
  readonly policy?: Partial<MediaPolicy>
  /** Where fellow nodes reach this one, and how; absent: they do not, nor are their phones reached from here. */
  readonly hop?: Pick<NodeHopParts, 'at' | 'stack'> | undefined
}

const noPath = '[]'

export class Phones implements VoicePhones, Guests {
  readonly #parts: PhonesParts
  readonly #rules: RegistrarRules
  readonly #policy: MediaPolicy
  readonly #flows: HeldFlows
  readonly #farLegs: FarLegs
  readonly #hop: NodeHop | undefined

  constructor(parts: PhonesParts) {
    this.#parts = parts
    this.#rules = { ...usualRules, ...parts.rules }
    this.#policy = { codecs: allCodecs, srtp: 'optional', digits: 'rfc4733', ...parts.policy }
    const { door, hop, store } = parts
    const { faulted } = door.legParts
    this.#flows = new HeldFlows(door.clock, (gone) => this.#flowGone(gone))
    this.#farLegs = new FarLegs({ ...parts, clock: door.clock, faulted })
    this.#hop =
      hop &&
      new NodeHop({
        ...parts,
        ...hop,
        faulted,
        flowOf: (flow) => this.#flows.byId(flow),
        carries: (flow) => this.#flows.carries(flow),
        isFellow: (at) => isNodeAt(store, at, door.clock.nowMs()),
      })
  }

  /** Before the door opens: connections of an earlier process are no more. Rejects when the address for fellows cannot be had. */
  async start(): Promise<void> {
    const { store, door, node } = this.#parts
    const now = door.clock.nowMs()
    await store.write(endConnectionsOfLost, { own: node, now })
    this.#flows.start()
    if (this.#hop) await store.write(tellNodeAddress, { node, sip: await this.#hop.listen(), now })
  }

  /** No new call goes over this node. */
  drain(): void {
    this.#hop?.drain()
  }

  /** Resolves when no call of another node goes over this one any more, or after that time. */
  async carriedEnded(waitMs: number): Promise<void> {
    await this.#hop?.carriedEnded(waitMs)
  }

  /** Its connections are about to end: fellows are told which of their calls go with them. */
  async stop(): Promise<void> {
    const gone = this.#flows.stop()
    // A store that is gone itself is no reason to stay: the others know by our lock, and whoever starts next.
    await this.#tellGone(gone).catch(this.#parts.door.legParts.faulted)
    await this.#hop?.close()
  }

  async #tellGone(flows: readonly Flow[]): Promise<void> {
    const { store, node, door } = this.#parts
    const now = door.clock.nowMs()
    for (const { id: flow } of flows) await store.write(endRegistrations, { ids: [], node, flow, isShared: true, now })
    await store.write(endConnectionsOfNode, { node, now })
    if (this.hopAddress) await store.write(forgetNodeAddress, { node })
  }

  /** Registrations that this node reaches. */
  get registered(): number {
    return this.#flows.registrations
  }

  /** Where fellow nodes reach this one; undefined: nowhere. */
  get hopAddress(): string | undefined {
    return this.#hop?.at
  }

  // Who is this

  isGuest(source: SipAddress): boolean {
    return this.#flows.hasSource(source)
  }

  isOfCall(request: SipRequest): boolean {
    return this.#hop?.isOfCall(request) ?? false
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
      for (const { id } of gone) this.#flows.forget(id)
      for (const row of kept) this.#flows.hold(row, transaction.flow)
      transaction.respond(status, { headers })
    } catch (error) {
      door.legParts.faulted(error)
      transaction.respond(500)
    }
  }

  #flowGone({ flow, registrations: ids, carriedOthers }: GoneFlow): void {
    this.#hop?.flowGone(flow)
    if (ids.length === 0 && !carriedOthers) return
    const { store, door, node } = this.#parts
    const ask = { ids, node, flow: flow.id, isShared: carriedOthers, now: door.clock.nowMs() }
    store.write(endRegistrations, ask).catch((error: unknown) => door.legParts.faulted(error))
  }

  // Calls to them

  async contactsOf(clientId: number): Promise<readonly PhoneContact[]> {
    const contacts: KnownContact[] = []
    for (const row of await this.#present(clientId)) {
      const isReachable = this.#isReachable(row)
      const over = isReachable ? undefined : await this.#overFellow(row)
      if (isReachable || over || row.transport === 'udp') contacts.push(contactOf(row, this.#parts.node, over))
    }
    return contacts
  }

  async lapsed(clientId: number): Promise<boolean> {
    const rows = await registrationsOf(this.#parts.store, clientId)
    return rows.length > 0 && (await this.contactsOf(clientId)).length === 0
  }

  async elsewhere(clientId: number): Promise<string | undefined> {
    const { store, door, node } = this.#parts
    for (const row of await this.#present(clientId)) {
      const isThere = row.node !== node && row.transport !== 'udp' && !this.#isReachable(row)
      // With a node its connections die.
      if (isThere && (await isNodeAlive(store, row.node, door.clock.nowMs()))) return row.node
    }
    return undefined
  }

  async #present(clientId: number): Promise<readonly RegistrationRow[]> {
    const now = this.#parts.door.clock.nowMs()
    return (await registrationsOf(this.#parts.store, clientId)).filter((row) => row.expires_ms > now)
  }

  /** From here, with nobody's help: over a flow of ours, or the proxy that added Path (RFC 3327). */
  #isReachable(row: RegistrationRow): boolean {
    const isHere = row.node === this.#parts.node
    if (row.transport === 'udp' && (isHere || this.#hop === undefined)) return true
    return row.path !== noPath || (isHere && this.#flows.byId(row.flow)?.open === true)
  }

  /** Over the node that has its flow: a connection is that one's alone, and a NAT may let in nobody else's packets. */
  async #overFellow({ node, flow }: RegistrationRow): Promise<KnownContact['over']> {
    const { store, door, node: own } = this.#parts
    if (this.#hop === undefined || node === own || flow === '') return undefined
    const at = await sipOfNode(store, node, door.clock.nowMs())
    return at === undefined ? undefined : { node, flow, at }
  }

  place(contact: PhoneContact, wish: LegWish, news: LegNews): Leg {
    const { door, domain } = this.#parts
    const { over, flow: held } = contact as KnownContact
    const flow = this.#flows.byId(held)
    const from = shownFrom(wish, domain())
    const parts = door.partsOf(ownerOf(contact.clientId))
    let asked = false
    const leg = new OutgoingLeg(
      {
        wish,
        parts: over && this.#hop ? this.#hop.legParts(parts) : parts,
        policy: this.#policy,
        next: (_failed, callId) => {
          const way = asked ? undefined : this.#wayTo(contact as KnownContact, flow, callId)
          asked = true
          return way && { ...way, uri: contact.uri, from, contactUser: 'offhook', headers: identityOf(wish) }
        },
        deflectedTo: (contacts) => targetsOf(contacts, this.#ownHosts(flow)),
        nowhere: refusal('client.registration_expired', {}),
      },
      news,
    )
    if (over) this.#farLegs.watch(over, leg)
    else if (flow) this.#flows.watch(flow, leg)
    return leg
  }

  #wayTo({ over, route, to }: KnownContact, flow: Flow | undefined, callId: string): Way | undefined {
    if (over && this.#hop) return { ...this.#hop.wayTo(over.at, over.flow, callId), partyTransport: to.transport }
    const next = destinationOf(route, flow, to)
    return next && { to: next, route }
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
    this.#flows.watch(invite.flow, leg)
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

type Way = Pick<Attempt, 'to' | 'route' | 'partyTransport'>

const ownerOf = (clientId: number): string => `client ${clientId}`

const knownOf = ({ id, account_id: accountId }: PhoneLogin): Known => ({ client: { id, accountId } })
