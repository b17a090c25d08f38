// The decision point over a real socket: what it is asked, and what each of its answers means.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { Refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import { startWebhookServer } from '../../test/fakes/webhook-server.ts'
import { policyHook } from './policy-hook.ts'

const outgoing = new Outgoing({ clock: systemClock, userAgent: 'test', allow: ['127.0.0.1'] })
after(() => outgoing.close())
const account = { id: 7 } as never
const wish = { from: '+12125550100', to: '+13105550101' }

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
