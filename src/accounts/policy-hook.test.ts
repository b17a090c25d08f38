// The decision point over a real socket: what it is asked, and what each of its answers means.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { Refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import { startWebhookServer } from '../../test/fakes/webhook-server.ts'
import { policyHook, type PolicyWish } from './policy-hook.ts'

const outgoing = new Outgoing({ clock: systemClock, userAgent: 'test', allow: ['127.0.0.1'] })
after(() => outgoing.close())
const account = { id: 7 } as never
const wish: PolicyWish = { from: '+12125550100', to: '+13105550101' }

test('yes, no with its rule, and everything that is neither', async () => {
  const server = await startWebhookServer()
  const operator: { url?: string } = {}
  const hook = policyHook({ url: () => operator.url, fetch: outgoing.fetch, showAccount: (id) => `acc_${id}` })
  assert.equal(hook(account, wish), undefined, 'nobody is asked')
  operator.url = `${server.url}/policy?tenant=1`

  const says = async (status: number, body: string): Promise<string> => {
    server.answer = (response) => void response.writeHead(status).end(body)
    try {
      await hook(account, wish)
      return 'yes'
    } catch (error) {
      assert.ok(error instanceof Refusal)
      return `${error.reason} ${JSON.stringify(error.params)}`
    }
  }
  assert.equal(await says(200, '{"allow":true}'), 'yes')
  assert.deepEqual(JSON.parse(server.heard[0]!.body), { account: 'acc_7', kind: 'message', ...wish })
  assert.equal(server.heard[0]!.path, '/policy?tenant=1')
  assert.equal(await says(200, '{"allow":false,"reason":"no cabs"}'), 'policy.session_blocked {"rule":"no cabs"}')
  assert.equal(await says(200, '{"allow":false}'), 'policy.session_blocked {}')
  for (const [status, body] of [
    [500, '{"allow":true}'],
    [200, '{"allow":"yes"}'],
    [200, '[]'],
    [200, 'null'],
    [200, 'yes'],
    [302, ''],
  ] as const)
    assert.equal(await says(status, body), 'policy.hook_failed {}', body)
  await server.close()
  assert.equal(await says(200, ''), 'policy.hook_failed {}', 'nobody is there')
})

test('what is asked about numbers, calls and accounts; nothing else of a wish is told', async () => {
  const server = await startWebhookServer()
  server.answer = (response) => void response.writeHead(200).end('{"allow":true}')
  const hook = policyHook({ url: () => server.url, fetch: outgoing.fetch, showAccount: (id) => `acc_${id}` })
  await hook(account, { numbers: ['+12125550100'] }, 'number')
  await hook(account, { name: 'Harbor Taxi' }, 'account')
  await hook(account, { ...wish, text: 'secret' } as PolicyWish, 'call.incoming')
  assert.deepEqual(
    server.heard.map(({ body }) => JSON.parse(body)),
    [
      { account: 'acc_7', kind: 'number', numbers: ['+12125550100'] },
      { account: 'acc_7', kind: 'account', name: 'Harbor Taxi' },
      { account: 'acc_7', kind: 'call.incoming', ...wish },
    ],
  )
  await server.close()
})

test('where the operator wants it so, what is not decided is done, and told', async () => {
  const server = await startWebhookServer()
  const failures: string[] = []
  const hook = policyHook({
    url: () => server.url,
    fetch: outgoing.fetch,
    showAccount: (id) => `acc_${id}`,
    timeoutMs: () => 50,
    failsOpen: () => true,
    failed: (kind, id) => failures.push(`${kind} ${id}`),
  })
  // Nobody answers in time.
  server.answer = () => {}
  await hook(account, wish)
  server.answer = (response) => void response.writeHead(500).end()
  await hook(account, wish, 'call.outgoing')
  assert.deepEqual(failures, ['message 7', 'call.outgoing 7'])
  // A no is a no.
  server.answer = (response) => void response.writeHead(200).end('{"allow":false}')
  await assert.rejects(
    async () => hook(account, wish),
    (error) => error instanceof Refusal && error.reason === 'policy.session_blocked',
  )
  await server.close()
})
