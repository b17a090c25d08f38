// Two programs on one PostgreSQL, of which the first hears SIP: for scenarios of calls that one has and the other is asked about.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import type { PeerCall } from '../conformance/sip-call.ts'
import { statusOf } from '../conformance/sip-text.ts'
import { openCallPlace, rcml, type CallPlace } from './call-place.ts'
import { sharedCluster } from './postgres-cluster.ts'
import { newFolder, startProgram, type Program } from './program.ts'
import { until } from './until.ts'

export interface NodeAnswer {
  readonly status: number
  readonly answer: any
}

export interface NodePair {
  /** Has the calls. */
  readonly place: CallPlace
  readonly second: Program
  readonly database: string
  there(method: string, path: string, body?: object): Promise<NodeAnswer>
  /** Answered by `place`, and waiting for a key there. */
  callUp(page?: string): Promise<{ readonly id: string; readonly number: string; readonly party: PeerCall }>
}

export interface NodePairWish {
  /** How the first reaches the database. */
  readonly wayOf?: (database: string) => string | Promise<string>
  /** Settings of the first and of the second. */
  readonly here?: Readonly<Record<string, string>>
  readonly there?: Readonly<Record<string, string>>
}

/** For the whole of a test file. */
export async function openNodePair({ wayOf = (url) => url, here, there }: NodePairWish = {}): Promise<NodePair> {
  const database = await (await sharedCluster()).newDatabase()
  const place = await openCallPlace({ data: newFolder(), settings: { OFFHOOK_DATABASE: await wayOf(database), ...here } })
  const second = await startProgram({ after } as unknown as TestContext, newFolder(), {
    OFFHOOK_DATABASE: database,
    OFFHOOK_KEY: readFileSync(join(place.data, 'key'), 'utf8').trim(),
    OFFHOOK_SIP: 'off',
    OFFHOOK_SMPP: 'off',
    OFFHOOK_OUTGOING_ALLOW: '127.0.0.1',
    ...there,
  })
  const { api } = JSON.parse(readFileSync(join(place.data, 'credentials.json'), 'utf8'))
  place.pages.set('/wait', rcml('<Gather timeout="60"/>'))
  return {
    place,
    second,
    database,
    async there(method, path, body) {
      const response = await fetch(`${second.url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return { status: response.status, answer: await response.json() }
    },
    async callUp(page = '/wait') {
      const number = await place.number(page)
      const { peer, server } = await place.party()
      const party = await peer.call({ server, from: '+13105558001', to: number })
      assert.equal(statusOf(await party.final()), 200)
      const { id } = await until(
        async () => (await place.api('GET', `/calls?${new URLSearchParams({ to: number }).toString()}`)).items[0],
        (one) => one?.state === 'answered',
      )
      return { id, number, party }
    },
  }
}
