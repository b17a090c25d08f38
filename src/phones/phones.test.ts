import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Account } from '#accounts/account.ts'
import { sipTrunkKind } from '#carriers/sip-trunk/sip-trunk.ts'
import { SipHeaders, type SipRequest, type SipResponse } from '#protocols/sip/message.ts'
import { answerChallenge } from '#protocols/sip/authorization.ts'
import { SipStack } from '#protocols/sip/sip-stack.ts'
import type { Flow, TransportName } from '#protocols/sip/stack-parts.ts'
import { refusal } from '#reasons/refusal.ts'
import { createClient } from '#store/clients.ts'
import { createGroup, createMember } from '#store/client-groups.ts'
import type { Store } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'
import { Key } from '#values/secrets.ts'
import type { IncomingCall } from '#voice/line.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { SilentPlace } from '../../test/fakes/silent-media.ts'
import { Coming, listening, newsOf, nextId, openDoor, wishOf, type OpenDoor } from '../../test/sip-place.ts'
import { Phones, type PhonesParts } from './phones.ts'

const key = new Key('ab'.repeat(32))
const actor = { face: 'test' }
const account = { id: 5, status: 'active' } as Account

async function addClient(store: Store, login: string, enabled = 1): Promise<number> {
  const id = nextId()
  const row = {
    id,
    account_id: 5,
    realm_id: 5,
    login,
    name: login,
    password_sealed: key.seal('pass word'),
    enabled,
    detail: '{}',
    created_ms: 1,
    updated_ms: 1,
    version: 1,
  }
  await store.write(createClient, { row, actor })
  return id
}

interface Here extends OpenDoor {
  readonly phones: Phones
  readonly calls: Coming<IncomingCall>
}

async function here(store: Store, transport: TransportName = 'udp', over: Partial<PhonesParts> = {}): Promise<Here> {
  const open = await openDoor({ bindings: [{ transport }] })
  const calls = new Coming<IncomingCall>()
  const phones = new Phones({
    door: open.door,
    store,
    key,
    node: 'n1',
    take: calls.push,
    accountOf: () => account,
    domain: () => 'example.net',
    ...over,
  })
  open.door.admit(phones)
  await phones.start()
  after(() => phones.stop())
  return { ...(await listening(open, transport)), phones, calls }
}

interface Asking {
  readonly login: string
  readonly password?: string
  readonly contact?: string
  readonly expires?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly to?: string
}

/** A phone that can only register: one request, and once more with the password. */
class Phone {
  readonly #stack: SipStack
  readonly #port: number
  readonly #transport: TransportName
  readonly #callId = `c${nextId()}`
  #sequence = 0
  flow: Flow | undefined
  /** What it was asked; it is always busy. */
  readonly asked = new Coming<SipRequest>()

  constructor(stack: SipStack, port: number, transport: TransportName) {
    this.#stack = stack
    this.#port = port
    this.#transport = transport
    stack.onRequest = (transaction) => {
      this.asked.push(transaction.request)
      transaction.respond(486)
    }
  }

  static async open(port: number, transport: TransportName = 'udp'): Promise<Phone> {
    const stack = new SipStack({ clock: systemClock, faulted: (error) => assert.fail(String(error)) })
    await stack.listen([{ transport: 'udp' }])
    after(() => stack.close())
    return new Phone(stack, port, transport)
  }

  async register({ login, password = 'pass word', ...rest }: Asking): Promise<SipResponse> {
    const first = await this.#send(login, rest, [])
    if (first.response.status !== 401) return first.response
    const answer = answerChallenge(first.request, first.response, { username: login, password }, 'c0ffee')
    return (await this.#send(login, rest, answer ?? [])).response
  }

  #send(
    login: string,
    { contact, expires, headers = [], to }: Omit<Asking, 'login'>,
    extra: readonly (readonly [string, string])[],
  ) {
    const request = {
      kind: 'request' as const,
      method: 'REGISTER',
      uri: 'sip:example.net',
      headers: SipHeaders.from([
        ['From', `<sip:${to ?? login}@example.net>;tag=1`],
        ['To', `<sip:${to ?? login}@example.net>`],
        ['Call-ID', this.#callId],
        ['CSeq', `${(this.#sequence += 1)} REGISTER`],
        ...(contact === undefined ? [] : [['Contact', contact] as const]),
        ...(expires === undefined ? [] : [['Expires', String(expires)] as const]),
        ...headers,
        ...extra,
      ]),
      body: Buffer.alloc(0),
    }
    return new Promise<{ request: typeof request; response: SipResponse }>((resolve, reject) => {
      const to = { host: '127.0.0.1', port: this.#port, transport: this.#transport }
      this.#stack.request(request, to, {
        final: (response, flow) => {
          this.flow = flow
          resolve({ request, response })
        },
        failed: (cause) => reject(new Error(JSON.stringify(cause))),
      })
    })
  }
}

onBothEngines('phones', (bench) => {
  test('a phone registers with its password, is listed, renewed and removed', async () => {
    const store = await bench.open()
    const { phones, port } = await here(store)
    const id = await addClient(store, 'ann')
    const phone = await Phone.open(port)
    const first = await phone.register({ login: 'ann', contact: '<sip:ann@192.0.2.1:5062>;q=0.5', expires: 120 })
    assert.equal(first.status, 200)
    assert.match(first.headers.get('Contact') ?? '', /^<sip:ann@192\.0\.2\.1:5062>;q=0\.5;expires=1(20|19)$/)
    const second = await phone.register({ login: 'ann', contact: '<sip:ann@192.0.2.2>;expires=90' })
    assert.equal(second.headers.all('Contact').length, 2)
    assert.deepEqual(
      (await phones.contactsOf(id)).map(({ uri }) => uri),
      ['sip:ann@192.0.2.2', 'sip:ann@192.0.2.1:5062'],
    )
    assert.equal((await phone.register({ login: 'ann', contact: '*', expires: 0 })).headers.all('Contact').length, 0)
    assert.deepEqual([await phones.contactsOf(id), await phones.lapsed(id)], [[], false])
  })

  test('what a REGISTER may not say', async () => {
    const store = await bench.open()
    const { port, counted } = await here(store)
    await addClient(store, 'ann')
    await addClient(store, 'off', 0)
    const phone = await Phone.open(port)
    const contact = '<sip:a@192.0.2.1>'
    const brief = await phone.register({ login: 'ann', contact, expires: 5 })
    assert.deepEqual([brief.status, brief.headers.get('Min-Expires')], [423, '30'])
    assert.equal((await phone.register({ login: 'ann', contact: '*', expires: 60 })).status, 400)
    assert.equal((await phone.register({ login: 'ann', contact, to: 'bob' })).status, 403)
    const disabled = await phone.register({ login: 'off', contact })
    assert.equal(disabled.status, 403)
    assert.ok(disabled.headers.all('Reason').some((reason) => reason.includes('client.error')))
    assert.deepEqual(counted, [])
    const wrong = await phone.register({ login: 'ann', contact, password: 'guess' })
    const nobody = await phone.register({ login: 'nobody', contact })
    assert.deepEqual([wrong.status, nobody.status, counted], [403, 403, ['credentials', 'credentials']])
  })

  test('members of a group register by name and group until they are ended or expired', async () => {
    const store = await bench.open()
    const { port } = await here(store)
    const now = Date.now()
    await store.write(createGroup, { row: { id: 50, account_id: 5, name: 'sales', members: 0, created_ms: 1 }, actor })
    const add = async (name: string, over: object) => {
      const id = nextId()
      const sealed = key.seal('pass word')
      const client = { id, account_id: 5, realm_id: 5, login: `${name}.sales`, name, password_sealed: sealed, enabled: 1 }
      await store.write(createMember, {
        client: { ...client, detail: '{}', created_ms: 1, updated_ms: 1, version: 1 },
        member: { client_id: id, group_id: 50, account_id: 5, name, number_id: null, expires_ms: null, ended: 0, ...over },
        actor,
      })
    }
    await add('ann', {})
    await add('old', { expires_ms: now - 1 })
    const phone = await Phone.open(port)
    const contact = '<sip:a@192.0.2.1>'
    assert.equal((await phone.register({ login: 'ann@sales', contact, to: 'ann' })).status, 200)
    const old = await phone.register({ login: 'old@sales', contact, to: 'old' })
    assert.equal(old.status, 403)
    assert.ok(old.headers.all('Reason').some((reason) => reason.includes('voip_user.expired')))
  })

  test('a browser registers over WebSocket and is reached down that connection', async () => {
    const store = await bench.open()
    const { phones, port } = await here(store, 'ws')
    const id = await addClient(store, 'ann')
    const phone = await Phone.open(port, 'ws')
    const taken = await phone.register({ login: 'ann', contact: '<sip:x7@k2.invalid;transport=ws>', expires: 600 })
    assert.equal(taken.status, 200)
    assert.equal((await phones.contactsOf(id))[0]?.uri, 'sip:x7@k2.invalid;transport=ws')
    const news = newsOf()
    const wish = wishOf({ to: 'ann' })
    phones.place((await phones.contactsOf(id))[0]!, wish, news)
    const invite = await phone.asked.next()
    assert.deepEqual([invite.method, invite.uri], ['INVITE', 'sip:x7@k2.invalid;transport=ws'])
    assert.equal(wish.place.streams[0]?.wish.transport, 'webrtc')
    const told = await news.told.next()
    assert.equal(told.what === 'ended' && told.end.cause.reason, 'call.busy')
  })

  test('a connection that ends takes its registrations and calls along; those over UDP outlive a restart', async () => {
    const store = await bench.open()
    const first = await here(store, 'tcp')
    const id = await addClient(store, 'ann')
    const phone = await Phone.open(first.port, 'tcp')
    const flowing = [['Supported', 'outbound, path'] as const]
    const contact = '<sip:ann@phone.invalid;transport=tcp>;reg-id=1;+sip.instance="<urn:uuid:1>"'
    const taken = await phone.register({ login: 'ann', contact, headers: flowing })
    assert.deepEqual([taken.headers.get('Require'), taken.headers.get('Flow-Timer')], ['outbound', '120'])
    const [reached] = await first.phones.contactsOf(id)
    assert.equal(reached?.uri, 'sip:ann@phone.invalid;transport=tcp')
    const news = newsOf()
    first.phones.place(reached!, wishOf({ to: 'ann' }), news)
    phone.flow!.close()
    const told = await news.told.next()
    assert.equal(told.what, 'ended')
    if (told.what === 'ended') assert.match(told.end.cause.reason, /^(client\.registration_expired|call\.network_failure)$/)
    while (!(await first.phones.lapsed(id))) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(await first.phones.contactsOf(id), [])

    const second = await here(store)
    await (await Phone.open(second.port)).register({ login: 'ann', contact: '<sip:ann@192.0.2.9>' })
    assert.equal((await (await here(store)).phones.contactsOf(id)).length, 1)
  })

  test('a registered phone is called and calls; its INVITE is asked for the password', async () => {
    const store = await bench.open()
    const { phones, port, calls, faults } = await here(store)
    const id = await addClient(store, 'ann')
    const away = await listening(await openDoor())
    const rung = new Coming<IncomingCall>()
    const kind = sipTrunkKind({ door: away.door, take: rung.push })
    away.door.admit(kind.guests)
    const gateways = `127.0.0.1:${port}`
    const detail = { gateways, username: 'ann', register: true, optionsSeconds: 0, fromUser: 'ann', numbers: 'plus' }
    const line = kind.open({ id: 1, name: 'line', detail, secret: 'pass word' })
    after(() => line.stop())
    line.holdRegistration(true)
    while (line.state().registration?.state !== 'registered') await new Promise((resolve) => setImmediate(resolve))

    const news = newsOf()
    const [contact] = await phones.contactsOf(id)
    const leg = phones.place(contact!, wishOf({ from: '+4930111', to: 'ann' }), news)
    const call = await rung.next()
    assert.equal(call.from, '+4930111')
    await call.leg.answer(new SilentPlace())
    assert.equal((await news.told.next()).what, 'answered')
    leg.hangUp(refusal('call.completed'))
    assert.equal((await news.told.next()).what, 'ended')

    const theirs = newsOf()
    line.place(wishOf({ to: '+4930333', anonymous: true, fromName: 'Ann' }), theirs)
    const came = await calls.next()
    assert.deepEqual([came.isPrivate, came.fromName], [true, ''])
    assert.deepEqual([came.from, came.to, came.via.kind], ['ann', '+4930333', 'phone'])
    came.leg.refuse(refusal('call.busy'))
    const ended = await theirs.told.next()
    assert.equal(ended.what === 'ended' && ended.end.cause.reason, 'call.busy')
    assert.deepEqual(faults, [])
  })
})
