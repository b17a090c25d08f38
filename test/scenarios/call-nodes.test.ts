// Two programs on one PostgreSQL: a call is where its legs are. Its record is read anywhere; what is done to it is done there, and the other program says so instead
// of calling it ended.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml, until } from '../call-place.ts'
import { postgresFound, sharedCluster } from '../postgres-cluster.ts'
import { newFolder, startProgram } from '../program.ts'

const skip = postgresFound ? false : 'PostgreSQL is not installed'

test(
  'a call that another program has is not touched here, and is not said to have ended',
  { skip, timeout: 60_000 },
  async () => {
    const database = await (await sharedCluster()).newDatabase()
    const place = await openCallPlace({ data: newFolder(), settings: { OFFHOOK_DATABASE: database } })
    const second = await startProgram({ after } as unknown as TestContext, newFolder(), {
      OFFHOOK_DATABASE: database,
      OFFHOOK_KEY: readFileSync(join(place.data, 'key'), 'utf8').trim(),
      OFFHOOK_SIP: 'off',
      OFFHOOK_SMPP: 'off',
    })
    const { api } = JSON.parse(readFileSync(join(place.data, 'credentials.json'), 'utf8'))
    const there = async (method: string, path: string, body?: object): Promise<{ status: number; answer: any }> => {
      const response = await fetch(`${second.url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return { status: response.status, answer: await response.json() }
    }
    place.pages.set('/wait', rcml('<Gather timeout="60"/>'))
    const number = await place.number('/wait')
    const { peer, server } = await place.party()
    const call = await peer.call({ server, from: '+13105558001', to: number })
    assert.equal(statusOf(await call.final()), 200)
    const { id } = await until(
      async () => (await place.api('GET', `/calls?${new URLSearchParams({ to: number }).toString()}`)).items[0],
      (one) => one?.state === 'answered',
    )
    assert.equal((await there('GET', `/calls/${id}`)).answer.state, 'answered')
    for (const [method, path, body] of [
      ['POST', `/calls/${id}/end`, {}],
      ['PATCH', `/calls/${id}`, { muted: true }],
      ['POST', `/calls/${id}/interrupt`, {}],
      ['POST', `/calls/${id}/recordings`, {}],
    ] as const) {
      const { status, answer } = await there(method, path, body)
      assert.deepEqual([path, status, answer.reason, answer.fault], [path, 409, 'call.on_other_node', 'platform'])
    }
    assert.equal((await place.api('GET', `/calls/${id}`)).state, 'answered')
    assert.equal(statusOf(await call.hangUp()), 200)
    await place.ended({ to: number })
    assert.equal((await there('POST', `/calls/${id}/end`, {})).answer.reason, 'call.not_found')
  },
)
