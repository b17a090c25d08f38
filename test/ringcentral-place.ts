// What the scenarios of RingCentral's door have in common: an application with every grant, the native door beside it, a server that is told of
// what was subscribed to, and an end to what a test leaves behind. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { RunningServer } from '../conformance/server.ts'
import { until } from './until.ts'

export type Native = (method: string, path: string, body?: object) => Promise<any>

/** Asks the native door as the sandbox's owner; what is refused fails. */
export const nativeOf =
  (server: () => RunningServer): Native =>
  async (method, path, body) => {
    const { baseUrl, credentials } = server()
    const answer = await fetch(`${baseUrl}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${credentials.api.key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    assert.ok(answer.ok, await answer.clone().text())
    return answer.json()
  }

export interface Client {
  readonly clientId: string
  readonly clientSecret: string
}

/** That may ask as often as a test does, however long it waits. */
export async function makeClient(native: Native): Promise<Client> {
  const plan = { auth: 100_000, light: 100_000, medium: 100_000, heavy: 100_000 }
  const detail = { grants: ['password', 'refresh_token', 'jwt'], plan }
  const { publicId, secret } = await native('POST', '/keys', { face: 'ringcentral', userId: null, detail })
  return { clientId: publicId, clientSecret: secret }
}

export interface Hook {
  readonly url: string
  /** What it was told, in order. */
  readonly heard: readonly { readonly event: string; readonly body: any }[]
}

/** For a test: a server that repeats the Validation-Token and keeps what it is told. In the end nobody is told any more. */
export async function startHook(t: TestContext, native: Native): Promise<Hook> {
  const heard: Hook['heard'][number][] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk))
    request.on('end', () => {
      const token = request.headers['validation-token']
      if (token === undefined) heard.push(JSON.parse(text))
      else response.setHeader('validation-token', token)
      response.setHeader('content-type', 'application/json').end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    await unsubscribeAll(native)
    server.close().closeAllConnections()
  })
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

export async function unsubscribeAll(native: Native): Promise<void> {
  for (const { id } of (await native('GET', '/webhook-endpoints?face=ringcentral')).items)
    await native('DELETE', `/webhook-endpoints/${id}`)
}

/** One test's calls are none of the next one's. */
export async function endCalls(native: Native): Promise<void> {
  await until(
    async () => {
      const { items } = await native('GET', '/calls?up=true&limit=100')
      // Its end may have come meanwhile, by itself or by that of the leg before.
      for (const { id } of items) await native('POST', `/calls/${id}/end`).catch(() => {})
      return items
    },
    ({ length }) => length === 0,
  )
}
