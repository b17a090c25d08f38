// The account's own side (reference section 5): users, and the services that numbers can be subscribed to. Credit and
// packages: credit.ts.

import type { Static } from 'typebox'
import { readAccountOperation } from '#operations/accounts/read-account.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { refuse } from '#reasons/refusal.ts'
import { route, type Call } from './call.ts'
import { creditOf } from './credit.ts'
import { gmtOf } from './formats.ts'
import { services } from './services.ts'

type User = Static<typeof readUserOperation.output>

function stateOf({ caller }: Call, user: User): string {
  if (caller.account.status !== 'active') return caller.account.status
  return user.status === 'active' ? 'active' : 'suspended'
}

const readUser = route({
  method: 'GET',
  path: '/account/v1/users/:user_id',
  needs: [readUserOperation],
  read: ({ params, ids }) => ({ text: params['user_id']!, id: ids.read('user', params['user_id']!) }),
  async perform(call, { id, text }) {
    if (id === undefined) refuse('account.user_unknown', { parameter: 'user_id', user: text.slice(0, 60) })
    const user = await call.ask(readUserOperation, { id })
    return { user, credit: await creditOf(call) }
  },
  write: (call, { user, credit }) => ({
    user_id: call.ids.show('user', user.id),
    user_name: user.login,
    state: stateOf(call, user),
    currency: call.caller.account.settings.currency,
    ...credit,
    gmt: gmtOf(call.caller.account, call.nowMs),
  }),
})

const listServices = route({
  method: 'GET',
  path: '/account/v1/services',
  needs: [readAccountOperation],
  read: () => ({}),
  perform: (call, input) => call.ask(readAccountOperation, input),
  write: (_, { settings }) => ({
    services: Object.entries(services).map(([name, { feature }]) => ({
      service_id: name,
      service_name: name,
      state: settings.features.includes(feature) ? 'active' : 'inactive',
    })),
  }),
})

export const accountRoutes = [readUser, listServices]
