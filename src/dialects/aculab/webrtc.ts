// Tokens for clients in browsers, reference section 14. A client id needs no setting up: the client of that login is made with its first token,
// under a password that nobody knows. What a token permits is the core's: clients.issue_token. And who of them is registered now.

import { createClientOperation } from '#operations/clients/create-client.ts'
import { issueClientTokenOperation } from '#operations/clients/issue-client-token.ts'
import { listClientsOperation } from '#operations/clients/list-clients.ts'
import { listRegistrationsOperation } from '#operations/clients/list-registrations.ts'
import { refusal } from '#reasons/refusal.ts'
import { randomToken } from '#values/secrets.ts'
import { stamp } from './formats.ts'
import { wholeList } from './paging.ts'
import { flag, list, must, text, type Parameter } from './parameters.ts'
import { deed, type DeedTable } from './routes.ts'

const clientId = text(/^[A-Za-z0-9+\-_.]{1,64}$/, 'letters, digits and + - _ .')

const seconds: Parameter<number> = {
  required: false,
  read(value, parameter) {
    const number = /^[0-9]{1,6}$/.test(value) ? Number(value) : 0
    if (number >= 600 && number <= 86_400) return number
    return refusal('request.parameter_invalid', { parameter, value: value.slice(0, 40), expected: 'seconds from 600 to 86400' })
  },
}

/** By commas, by several of that name, or both; `*` at the end stands for all that begin alike. */
const callees: Parameter<readonly string[]> = {
  ...list((value, parameter) => {
    if (/^[A-Za-z0-9+\-_.]{0,64}\*?$/.test(value)) return value
    return refusal('request.parameter_invalid', { parameter, value: value.slice(0, 80), expected: 'client ids, or * at the end' })
  }, ','),
  repeats: true,
}

const generate = deed({
  parameters: { client_id: must(clientId), ttl: seconds, enable_incoming: flag, call_client: callees },
  operations: [createClientOperation, issueClientTokenOperation],
  async answer({ parts, caller, fields }) {
    const { client_id: login, ttl, enable_incoming: registers, call_client: calls } = fields
    const names = { login: 'client_id', calls: 'call_client' }
    const made = { login, password: `${randomToken(40)}-aA1` }
    const { id } = await parts.run(createClientOperation, caller, made, { names })
    const { token } = await parts.run(
      issueClientTokenOperation,
      caller,
      {
        id,
        ...(ttl !== undefined && { ttlSeconds: ttl }),
        ...(registers !== undefined && { registers }),
        ...(calls && { calls: [...calls] }),
      },
      { names },
    )
    return { token }
  },
})

/** Each client once, with when its latest phone last registered. */
const registered = deed({
  operations: [listClientsOperation, listRegistrationsOperation],
  async answer({ parts, caller }) {
    const lasts = new Map<number, number>()
    for (const { clientId, updatedAt } of await wholeList((page) => parts.run(listRegistrationsOperation, caller, page)))
      lasts.set(clientId, Math.max(updatedAt, lasts.get(clientId) ?? 0))
    if (lasts.size === 0) return []
    const clients = await wholeList((page) => parts.run(listClientsOperation, caller, page))
    return clients.flatMap(({ id, login }) => {
      const last = lasts.get(id)
      return last === undefined ? [] : [{ client_id: login, last_modified: stamp(last) }]
    })
  },
})

export const webrtcOperations: DeedTable = { webrtc_generate_token: generate, webrtc_registered_clients: registered }
