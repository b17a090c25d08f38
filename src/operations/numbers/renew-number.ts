import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { monthsAfter } from '#numbers/terms.ts'
import { refuse } from '#reasons/refusal.ts'
import type { CreditShort } from '#store/credit.ts'
import { renewNumber } from '#store/number-lives.ts'
import { readNumber, type NumberRow } from '#store/numbers.ts'
import { Id } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { numberView, NumberView } from './number-view.ts'
import { requireMayRent } from './wanted-numbers.ts'

type Renewed = NumberRow | { refused: 'gone' | 'state' } | { refused: 'credit'; short: CreditShort }

function shown({ clock }: Means, done: Renewed) {
  if (!('refused' in done)) return numberView(done, clock.nowMs()) as never
  if (done.refused === 'credit') refuseShort(done.short)
  if (done.refused === 'state') refuse('resource.conflict', { noun: 'number' })
  refuse('number.not_found', {})
}

/** Months are added to the term that there is, also when it is over but the number has not gone back yet. A number without a term is as it was. */
export const renewNumberOperation = operation({
  name: 'numbers.renew',
  summary: "Renew a number's term",
  permission: 'numbers.write',
  input: Type.Object(
    { id: Id('number'), months: Type.Integer({ minimum: 1, maximum: 120, description: 'How many more.' }) },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: [
    'number.not_found',
    'number.blocked',
    'resource.conflict',
    'credit.insufficient',
    'credit.deduction_failed',
    'trial.expired',
    'account.not_active',
  ],
  creates: true,
  route: { method: 'POST', path: '/numbers/{id}/renewals', status: 201 },
  async run(means, { id, months }) {
    const { caller, read, clock } = means
    requireMayRent(means)
    const row = await readNumber(read, caller.account.id, id)
    if (!row) refuse('number.not_found', {})
    if (row.status === 'blocked') refuse('number.blocked', { number: row.number })
    const now = clock.nowMs()
    const done = await means.write(renewNumber, {
      id,
      account: caller.account.id,
      before: row.expires_ms,
      after: row.expires_ms === null ? null : monthsAfter(row.expires_ms, months),
      months,
      actor: actorOf(caller),
      now,
    })
    return shown(means, done)
  },
  shown,
})
