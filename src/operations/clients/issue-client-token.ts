import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { clientTokenText } from '#accounts/client-tokens.ts'
import { refuse } from '#reasons/refusal.ts'
import { issueClientToken } from '#store/client-token-counts.ts'
import { readClient } from '#store/clients.ts'
import { Id, Moment, Optional } from '../fields.ts'
import { operation } from '../operation.ts'

const usualSeconds = 3600

/** Nothing is kept of it but how many there were: it is good until its end, or until its client is switched off or deleted. */
export const issueClientTokenOperation = operation({
  name: 'clients.issue_token',
  summary: 'Make a token by which a program registers and calls as a client for a while, without its password',
  permission: 'clients.write',
  input: Type.Object(
    {
      id: Id('client'),
      ttlSeconds: Optional(
        Type.Integer({ minimum: 600, maximum: 86_400, description: 'How long it is good; an hour unless told.' }),
      ),
      registers: Optional(Type.Boolean({ description: 'It may register, and so be called; true unless told.' })),
      calls: Optional(
        Type.Array(Type.String({ pattern: "^[A-Za-z0-9_.!~'()&+$,;:-]{0,64}\\*?$", minLength: 1, maxLength: 65 }), {
          maxItems: 100,
          description: 'Logins of the clients that it may call; one that ends in * stands for all that begin alike.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    token: Type.String({ description: 'For `Authorization: Bearer` of REGISTER and INVITE.' }),
    expiresAt: Moment('Until when it is good.'),
  }),
  reasons: ['client.not_found', 'account.not_active', 'token.usage_missing', 'trial.quota_reached'],
  route: { method: 'POST', path: '/clients/{id}/tokens', status: 201 },
  async run(means, { id, ttlSeconds = usualSeconds, registers = true, calls = [] }) {
    const { caller, read, clock, key } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    if (!registers && calls.length === 0) refuse('token.usage_missing', {})
    const client = (await readClient(read, account.id, id)) ?? refuse('client.not_found', {})
    const now = clock.nowMs()
    const limit = account.settings.limits.developerTokens
    const { refused } = await means.write(issueClientToken, {
      client: id,
      account: account.id,
      month: new Date(now).toISOString().slice(0, 7),
      limit: account.kind === 'developer' ? limit : null,
      actor: actorOf(caller),
      now,
    })
    if (refused) refuse('trial.quota_reached', { resource: 'tokens', limit })
    const expiresMs = (Math.floor(now / 1000) + ttlSeconds) * 1000
    const token = { clientId: id, login: client.login, registers, calls, expiresMs }
    return { token: clientTokenText(key, token, now), expiresAt: expiresMs }
  },
})
