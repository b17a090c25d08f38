// The second client of this vendor, @rc-ex/core, unchanged, against the real program. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import { startServer, type RunningServer } from '../../conformance/server.ts'

type Client = InstanceType<typeof RingCentral>

let server: RunningServer
let rc: Client
before(async () => {
  server = await startServer()
  const key = await native('POST', '/keys', {
    face: 'ringcentral',
    userId: null,
    detail: {
      grants: ['password', 'refresh_token', 'jwt', 'authorization_code'],
      redirectUris: ['https://app.example.test/cb'],
      plan: { auth: 100 },
    },
  })
  rc = new RingCentral({ server: server.baseUrl, clientId: key.publicId, clientSecret: key.secret })
})
after(() => server.stop())

const first = () => server.credentials.ringcentral

async function native(method: string, path: string, body: object): Promise<any> {
  const answer = await fetch(`${server.baseUrl}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.credentials.api.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(answer.ok, await answer.clone().text())
  return answer.json()
}

async function fault(act: () => Promise<unknown>): Promise<{ status: number; data: any; message: string }> {
  try {
    await act()
  } catch (error) {
    const { message, response } = error as { message: string; response: { status: number; data: any } }
    return { message, status: response.status, data: response.data }
  }
  return assert.fail('nothing was refused')
}

test('logs in by JWT, by password as this client lets one, refreshes and revokes', async () => {
  const byPassword = {
    grant_type: 'password',
    username: `${first().mainNumber}*${first().extension}`,
    password: first().password,
  }
  await rc.getToken(byPassword as never)
  assert.equal(rc.token!.owner_id, String(first().extensionId))
  await rc.revoke()
  await rc.authorize({ jwt: first().jwt })
  const before = rc.token!.access_token
  await rc.refresh()
  assert.notEqual(rc.token!.access_token, before)
  assert.equal(rc.token!.owner_id, String(first().extensionId))
  await rc.revoke()
  assert.equal(rc.token, undefined)
  await rc.authorize({ jwt: first().jwt })
  assert.ok(rc.token!.refresh_token)
})

test('reads account, extensions, numbers and permissions', async () => {
  assert.equal((await rc.restapi().account().get()).id, first().accountId)
  const extension = await rc.restapi().account().extension().get()
  assert.equal(extension.id, first().extensionId)
  const list = await rc
    .restapi()
    .account()
    .extension()
    .list({ perPage: 30, status: ['Enabled', 'Disabled'] })
  assert.ok(list.records!.some((record) => record.id === extension.id))
  assert.ok(
    (await rc.restapi().account().extension().phoneNumber().get()).records!.every((record) => Array.isArray(record.features)),
  )
  assert.ok((await rc.restapi().account().extension().authzProfile().get()).permissions!.length > 0)
  assert.ok((await rc.restapi().dictionary().language().list()).records!.length > 10)
})

test('changes an extension and sees the change', async () => {
  const extension = rc.restapi().account().extension()
  await extension.put({ contact: { department: 'Engine room' } })
  const read = await extension.get()
  assert.ok(read.id)
  assert.equal(read.contact!.department, 'Engine room')
})

test('gets a batch as text with its boundary', async () => {
  const id = first().extensionId
  const answer = await rc.get(`/restapi/v1.0/account/~/extension/${id},1`)
  assert.equal(answer.status, 207)
  assert.match(String(answer.data), /--Boundary/)
})

test('meets errors', async () => {
  const unknown = await fault(() =>
    rc.post(`/restapi/v1.0/account/${first().accountId}/extension/${first().extensionId}/does-not-exist`, {}),
  )
  assert.equal(unknown.status, 404)
  assert.match(unknown.message, /CMN-120/)
  const wrong = await fault(() => rc.restapi().account().extension('1').get())
  assert.equal(wrong.status, 404)
  assert.equal(wrong.data.errors[0].errorCode, 'CMN-102')
  const login = await fault(() =>
    new RingCentral({ server: server.baseUrl, clientId: 'nobody', clientSecret: 'x' }).authorize({ jwt: first().jwt }),
  )
  assert.equal(login.data.errors[0].errorCode, 'OAU-120')
})
