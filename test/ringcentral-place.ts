// What the scenarios of RingCentral's door have in common: an application with every grant, the native door beside it, and waiting. Nothing
// here imports from src/.

import assert from 'node:assert/strict'
import type { RunningServer } from '../conformance/server.ts'

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

/** That may ask as often as a test does. */
export async function makeClient(native: Native): Promise<Client> {
  const plan = { auth: 100, light: 5000, medium: 1000, heavy: 1000 }
  const detail = { grants: ['password', 'refresh_token', 'jwt'], plan }
  const { publicId, secret } = await native('POST', '/keys', { face: 'ringcentral', userId: null, detail })
  return { clientId: publicId, clientSecret: secret }
}
