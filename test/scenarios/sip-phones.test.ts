// Phones of others: baresip registers, is called and calls, over UDP and TCP; linphone registers and calls; sipp registers.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Account } from '../../src/accounts/account.ts'
import type { StreamNews } from '../../src/media/contract.ts'
import { WorkerMedia } from '../../src/media/media.ts'
import { Phones } from '../../src/phones/phones.ts'
import { refusal } from '../../src/reasons/refusal.ts'
import { createClient } from '../../src/store/clients.ts'
import { openStore } from '../../src/store/open-store.ts'
import { systemClock } from '../../src/values/clock.ts'
import { Key } from '../../src/values/secrets.ts'
import type { IncomingCall, PhoneContact } from '../../src/voice/line.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SilentPlace } from '../fakes/silent-media.ts'
import { Coming, listening, newsOf, nextId, openDoor, wishOf } from '../sip-place.ts'
import { claimPorts, freePort } from '../ports.ts'
import { baresip, linphone, scenarioOf, sipp } from '../sip-peers.ts'
import { until } from '../until.ts'

const key = new Key('cd'.repeat(32))

async function place(transport: 'udp' | 'tcp', logins: readonly string[]) {
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-test-'))
  const store = await openStore({ clock: systemClock, dataDir })
  const ids = new Map<string, number>()
  for (const login of logins) {
    const id = nextId()
    ids.set(login, id)
    const owner = { account_id: 5, realm_id: 5 }
    const sealed = key.seal('secret1')
    const row = { id, ...owner, login, name: login, password_sealed: sealed, enabled: 1, detail: '{}' }
    await store.write(createClient, { row: { ...row, created_ms: 1, updated_ms: 1, version: 1 }, actor: { face: 'test' } })
  }
  const open = await openDoor({ bindings: [{ transport }] })
  const calls = new Coming<IncomingCall>()
  const phones = new Phones({
    door: open.door,
    store,
    key,
    node: 'n1',
    take: calls.push,
    accountOf: () => ({ id: 5, status: 'active' }) as Account,
    domain: () => '127.0.0.1',
  })
  open.door.admit(phones)
  await phones.start()
  after(async () => {
    await phones.stop()
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { ...(await listening(open, transport)), phones, calls, id: (login: string) => ids.get(login)! }
}

async function registered(phones: Phones, client: number): Promise<PhoneContact> {
  const [contact] = await until(
    () => phones.contactsOf(client),
    ({ length }) => length > 0,
  )
  return contact!
}

for (const transport of ['udp', 'tcp'] as const) {
  test(`baresip over ${transport} registers, is called, and calls`, { timeout: 300_000 }, async () => {
    const { port, phones, calls, id, faults } = await place(transport, ['ann'])
    const account = `<sip:ann@127.0.0.1:${port};transport=${transport}>;auth_user=ann;auth_pass=secret1;answermode=auto;regint=60`
    const phone = await baresip({ account })
    await phone.says(/200 OK/)
    const contact = await registered(phones, id('ann'))
    assert.match(contact.userAgent, /baresip/)

    const news = newsOf()
    const wish = wishOf({ from: '+4930111', to: 'ann' })
    const leg = phones.place(contact, wish, news)
    let told = await news.told.next()
    while (told.what === 'ringing') told = await news.told.next()
    assert.equal(told.what, 'answered', phone.said())
    assert.ok(wish.place.streams[0]?.last)
    assert.equal((await leg.hold()).done, true)
    assert.equal((await leg.resume()).done, true)
    leg.hangUp(refusal('call.completed'))
    told = await news.told.next()
    assert.equal(told.what, 'ended')

    phone.type(`/dial sip:+4930222@127.0.0.1:${port};transport=${transport}`)
    const call = await calls.next()
    assert.deepEqual([call.to, call.from, call.via.kind], ['+4930222', 'ann', 'phone'])
    const theirs = newsOf()
    call.listen(theirs)
    call.leg.ring()
    await call.leg.answer(new SilentPlace())
    await phone.says(/Call established: sip:\+4930222/)
    phone.type('/hangup')
    const end = await theirs.told.next()
    assert.equal(end.what === 'ended' && `${end.end.by} ${end.end.cause.reason}`, 'peer call.completed')
    assert.deepEqual(faults, [])
  })
}

test('what baresip says and presses is heard', { timeout: 300_000 }, async () => {
  const { port, phones, calls, id } = await place('udp', ['ann'])
  const media = new WorkerMedia({ clock: systemClock, rtpPorts: await claimPorts(40), workers: 1 })
  after(() => media.stop())
  const phone = await baresip({ account: `<sip:ann@127.0.0.1:${port}>;auth_user=ann;auth_pass=secret1;regint=60` })
  await registered(phones, id('ann'))
  phone.type(`/dial sip:+4930222@127.0.0.1:${port}`)
  const call = await calls.next()
  const theirs = newsOf()
  call.listen(theirs)
  await call.leg.answer(media.place())
  const heard = new Coming<StreamNews>()
  call.leg.stream?.onNews(heard.push)
  const next = async <T extends StreamNews['type']>(type: T): Promise<Extract<StreamNews, { type: T }>> => {
    for (;;) {
      const news = await heard.next()
      if (news.type === type) return news as Extract<StreamNews, { type: T }>
    }
  }
  await phone.says(/Call established/)
  phone.type('7')
  assert.equal((await next('digit')).digit, '7')
  call.leg.hangUp(refusal('call.completed'))
  const end = await theirs.told.next()
  assert.equal(end.what, 'ended')
  if (end.what !== 'ended') return
  assert.ok((end.end.figures?.received.packets ?? 0) > 0)
  assert.equal(end.end.mediaVerdict, undefined)
})

test('linphone registers and calls', { timeout: 300_000 }, async () => {
  const { port, phones, calls, id, faults } = await place('udp', ['ann'])
  const phone = await linphone()
  await phone.says(/linphonec>/)
  phone.type(`register sip:ann@127.0.0.1:${port} sip:127.0.0.1:${port} secret1`)
  assert.match((await registered(phones, id('ann'))).userAgent, /linphone/i)
  phone.type(`call sip:+4930222@127.0.0.1:${port}`)
  const call = await calls.next()
  assert.deepEqual([call.to, call.from], ['+4930222', 'ann'])
  const theirs = newsOf()
  call.listen(theirs)
  call.leg.ring()
  const silent = new SilentPlace()
  await call.leg.answer(silent)
  assert.equal(silent.streams[0]?.last?.codec.name, 'opus')
  await phone.says(/connected/)
  phone.type('terminate')
  const end = await theirs.told.next()
  assert.equal(end.what === 'ended' && `${end.end.by} ${end.end.cause.reason}`, 'peer call.completed')
  assert.deepEqual(faults, [])
})

test('a wrong password of baresip is told and counted', { timeout: 300_000 }, async () => {
  const { port, phones, id, counted } = await place('udp', ['ann'])
  const phone = await baresip({ account: `<sip:ann@127.0.0.1:${port}>;auth_user=ann;auth_pass=guess;regint=60` })
  await phone.says(/403 Forbidden/)
  assert.deepEqual(await phones.contactsOf(id('ann')), [])
  assert.deepEqual(counted, ['credentials'])
})

const register = (sequence: number, more: string): string => `<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:ann@[remote_ip]>;tag=[call_number]
To: <sip:ann@[remote_ip]>
Call-ID: [call_id]
CSeq: ${sequence} REGISTER
Contact: <sip:ann@[local_ip]:[local_port]>
Expires: 60
Max-Forwards: 70
${more}Content-Length: 0

]]></send>`

test('sipp registers', async () => {
  const { port, phones, id } = await place('udp', ['ann'])
  const local = await freePort()
  const answer = '[authentication username=ann password=secret1]\n'
  const scenario = scenarioOf(`${register(1, '')}<recv response="401" auth="true"/>${register(2, answer)}<recv response="200"/>`)
  const { code, output, messages } = await sipp({ to: port, port: local, scenario })
  assert.equal(code, 0, output + messages)
  assert.equal((await registered(phones, id('ann'))).uri, `sip:ann@127.0.0.1:${local}`)
})
