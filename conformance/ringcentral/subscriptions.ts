// What the scenarios about subscriptions share: a server that wants to be told, and asking for a subscription to it.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, World } from '../scenario.ts'
import { send, type Session } from './client.ts'

export const own = '/restapi/v1.0/account/~/extension/~/message-store'

/** Repeats the Validation-Token, as the vendor asks of it. `act` is done while it is there. */
export async function withHook(act: (address: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json')
    const token = request.headers['validation-token']
    if (token !== undefined) response.setHeader('validation-token', token)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

export const subscribe = (
  world: World,
  session: Session,
  address: string,
  eventFilters: readonly string[] = [own],
  more: { readonly expiresIn?: number; readonly query?: string } = {},
): Promise<Answer> => {
  const { query = '', expiresIn } = more
  const deliveryMode = { transportType: 'WebHook', address }
  return send(world, session, 'POST', `/subscription${query}`, { eventFilters, deliveryMode, ...(expiresIn && { expiresIn }) })
}

export async function subscribed(...ask: Parameters<typeof subscribe>): Promise<any> {
  const answer = await subscribe(...ask)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.status, 'Active')
  return answer.json
}
