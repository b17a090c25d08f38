// The account's whitelist: the numbers that an account on trial may reach.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { counted } from '#store/counters.ts'
import { distrustNumber, listTrustedNumbers, trustNumber, type TrustedNumberRow } from '#store/trusted-numbers.ts'
import { Done, Moment, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { e164 } from './number-input.ts'

const number = Type.String({ minLength: 1, maxLength: 64, description: 'The number, E.164.' })
const TrustedNumberView = Type.Object({ number, createdAt: Moment('Since when it stands there.') })

const view = (row: TrustedNumberRow) => ({ number: row.number, createdAt: row.created_ms })

export const listTrustedNumbersOperation = operation({
  name: 'trusted_numbers.list',
  summary: "List the numbers of the account's whitelist",
  permission: 'numbers.read',
  input: PageOf({}),
  output: Page(TrustedNumberView),
  reasons: [],
  route: { method: 'GET', path: '/trusted-numbers' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listTrustedNumbers(read, { scope, after, skip, oldestFirst, limit: limit + 1 })
    return pageFrom(rows, limit, view, await counted(read, scope, 'trusted_numbers'))
  },
})

/** One that is there already is as it was. */
export const trustNumberOperation = operation({
  name: 'trusted_numbers.add',
  summary: "Put a number on the account's whitelist",
  permission: 'numbers.write',
  input: Type.Object({ number }, { additionalProperties: false }),
  output: TrustedNumberView,
  reasons: ['number.invalid', 'account.not_active'],
  route: { method: 'PUT', path: '/trusted-numbers/{number}' },
  async run(means, { number: text }) {
    const { caller, nextId, clock } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    const row = { id: nextId(), account_id: caller.account.id, number: e164(text), created_ms: clock.nowMs() }
    return view(await means.write(trustNumber, { row, actor: actorOf(caller) }))
  },
})

export const distrustNumberOperation = operation({
  name: 'trusted_numbers.remove',
  summary: "Take a number off the account's whitelist",
  permission: 'numbers.write',
  input: Type.Object({ number }, { additionalProperties: false }),
  output: Done,
  reasons: ['number.invalid', 'number.not_in_whitelist'],
  route: { method: 'DELETE', path: '/trusted-numbers/{number}' },
  async run(means, { number: text }) {
    const { caller, clock } = means
    const input = { account: caller.account.id, number: e164(text), actor: actorOf(caller), now: clock.nowMs() }
    if (!(await means.write(distrustNumber, input)).removed) refuse('number.not_in_whitelist', { number: text })
    return { done: true }
  },
})
