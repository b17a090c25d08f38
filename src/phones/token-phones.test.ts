// Clients that come with a token instead of a password (RFC 8898).

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Account } from '#accounts/account.ts'
import { clientTokenText, type ClientToken } from '#accounts/client-tokens.ts'
import { SipHeaders, type SipResponse } from '#protocols/sip/message.ts'
import { SipStack } from '#protocols/sip/sip-stack.ts'
import { refusal } from '#reasons/refusal.ts'
import { createClient, deleteClient } from '#store/clients.ts'
import type { Store } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'
import { Key } from '#values/secrets.ts'
import type { IncomingCall } from '#voice/line.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { Coming, listening, nextId, openDoor } from '../../test/sip-place.ts'
import { Phones } from './phones.ts'

const key = new Key('ab'.repeat(32))
const account = { id: 5, status: 'active' } as Account

async function addClient(store: Store, login: string, enabled = 1): Promise<number> {
  const id = nextId()
  const times = { created_ms: 1, updated_ms: 1, version: 1 }
  const password_sealed = key.seal('pass word')
  const row = { id, account_id: 5, realm_id: 5, login, name: login, password_sealed, enabled, detail: '{}', ...times }
  await store.write(createClient, { row, actor: { face: 'test' } })
  return id
}

async function here(store: Store) {
  const open = await openDoor({ bindings: [{ transport: 'ws' }] })
  const calls = new Coming<IncomingCall>()
  const parts = { door: open.door, store, key, node: 'n1', take: calls.push }
  const phones = new Phones({ ...parts, accountOf: () => account, domain: () => 'example.net' })
  open.door.admit(phones)
  await phones.start()
  after(() => phones.stop())
  return { ...(await listening(open, 'ws')), phones, calls }
}

const tokenOf = (clientId: number, login: string, more: Partial<ClientToken> = {}): string => {
  const now = Date.now()
  return clientTokenText(key, { clientId, login, registers: true, calls: [], expiresMs: now + 3_600_000, ...more }, now)
}

const offer = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 40000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n')

/** A page in a browser: sends one request with its token and gives the answer to it. */
async function page(port: number) {
  const stack = new SipStack({ clock: systemClock, faulted: (error) => assert.fail(String(error)) })
  await stack.listen([{ transport: 'udp' }])
  after(() => stack.close())
  let sequence = 0
  const send = (method: 'REGISTER' | 'INVITE', user: string, to: string, token: string, more: readonly [string, string][]) =>
    new Promise<SipResponse>((resolve, reject) => {
      const body = method === 'INVITE' ? Buffer.from(offer) : Buffer.alloc(0)
      const headers = SipHeaders.from([
        ['From', `<sip:${user}@example.net>;tag=${nextId()}`],
        ['To', `<sip:${to}@example.net>`],
        ['Call-ID', `call-${nextId()}`],
        ['CSeq', `${(sequence += 1)} ${method}`],
        ['Contact', `<sip:${user}@k2.invalid;transport=ws>`],
        ['Authorization', `Bearer ${token}`],
        ...more,
      ])
      const uri = method === 'INVITE' ? `sip:${to}@example.net` : 'sip:example.net'
      stack.request(
        { kind: 'request', method, uri, headers, body },
        { host: '127.0.0.1', port, transport: 'ws' },
        {
          final: resolve,
          failed: (cause) => reject(new Error(JSON.stringify(cause))),
        },
      )
    })
  return {
    register: (login: string, token: string, seconds = 600) =>
      send('REGISTER', login, login, token, [['Expires', String(seconds)]]),
    call: (from: string, to: string, token: string) => send('INVITE', from, to, token, [['Content-Type', 'application/sdp']]),
  }
}

onBothEngines('phones with a token', (bench) => {
  test('one registers as the client of the token, for as long as that is good, and is reached', async () => {
    const store = await bench.open()
    const { phones, port, counted } = await here(store)
    const id = await addClient(store, 'ann')
    const { register } = await page(port)
    const taken = await register('ann', tokenOf(id, 'ann'))
    assert.equal(taken.status, 200)
    assert.deepEqual(
      (await phones.contactsOf(id)).map(({ uri }) => uri),
      ['sip:ann@k2.invalid;transport=ws'],
    )
    const brief = await register('ann', tokenOf(id, 'ann', { expiresMs: Date.now() + 100_000 }))
    const [, seconds] = /expires=(\d+)/.exec(brief.headers.get('Contact') ?? '') ?? []
    assert.ok(Number(seconds) <= 100, `not ${seconds} s`)
    assert.equal((await register('bob', tokenOf(id, 'ann'))).status, 403, 'nobody registers for somebody else')
    assert.equal((await register('ann', tokenOf(id, 'ann', { registers: false }))).status, 403)
    assert.deepEqual(counted, [])
  })

  test('a token that is none, ran out or is of nobody is told as such; only the first is a guess', async () => {
    const store = await bench.open()
    const { port, counted } = await here(store)
    const id = await addClient(store, 'ann')
    const gone = await addClient(store, 'gone')
    const off = await addClient(store, 'off', 0)
    await store.write(deleteClient, { id: gone, account: 5, actor: { face: 'test' }, now: 2 })
    const { register } = await page(port)
    const bad = [tokenOf(id, 'ann', { expiresMs: Date.now() - 1000 }), tokenOf(gone, 'gone'), `${tokenOf(id, 'ann')}x`]
    for (const token of bad) {
      const refused = await register('ann', token)
      assert.equal(refused.status, 401)
      assert.match(refused.headers.get('WWW-Authenticate') ?? '', /^Bearer realm="test", error="invalid_token"$/)
    }
    assert.deepEqual(counted, ['credentials'])
    const disabled = await register('off', tokenOf(off, 'off'))
    assert.ok(disabled.status === 403 && disabled.headers.all('Reason').some((reason) => reason.includes('client.error')))
  })

  test('it calls the clients that its token names, and no number', async () => {
    const store = await bench.open()
    const { port, calls, faults } = await here(store)
    const id = await addClient(store, 'ann')
    await addClient(store, 'bob')
    await addClient(store, 'eve')
    const { call } = await page(port)
    const token = tokenOf(id, 'ann', { calls: ['bo*'] })
    const answer = call('ann', 'bob', token)
    const came = await calls.next()
    assert.deepEqual([came.from, came.to, came.via.kind], ['ann', 'bob', 'phone'])
    came.leg.refuse(refusal('call.busy'))
    assert.equal((await answer).status, 486)
    const all = tokenOf(id, 'ann', { calls: ['*'] })
    const refused = [await call('ann', 'eve', token), await call('ann', '+4930333', all), await call('ann', 'bobby', all)]
    for (const { status, headers } of refused) {
      assert.equal(status, 403)
      assert.ok(headers.all('Reason').some((reason) => reason.includes('permission.denied')))
    }
    assert.equal(calls.all.length, 1)
    assert.deepEqual(faults, [])
  })
})
