import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { numbersAllowed, refuseMoreNumbers } from '#numbers/trial-numbers.ts'
import { refuse } from '#reasons/refusal.ts'
import { buyNumbers, type Bought } from '#store/buy-numbers.ts'
import { listStock } from '#store/numbers.ts'
import { Id, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireTargets } from './number-input.ts'
import { NumberDetail, numberView, NumberView, type NumberDetailValue } from './number-view.ts'

/** Rivals may be faster: several candidates are tried. */
const candidates = 20

function shown({ caller, clock }: Means, result: Bought) {
  if (result.refused === 'quota') refuseMoreNumbers(caller.account)
  if (result.rows.length === 0) refuse('number.not_available', {})
  return numberView(result.rows[0]!, clock.nowMs()) as never
}

/** One of the numbers in stock that cost nothing, whichever it is: also for accounts that may not buy yet. */
export const takeTestNumberOperation = operation({
  name: 'numbers.takeTest',
  summary: 'Take a free number to try things out',
  permission: 'numbers.write',
  input: Type.Object(
    { applicationId: Optional(Type.Union([Id('application'), Type.Null()])), detail: Optional(NumberDetail) },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: [
    'number.out_of_stock',
    'number.not_available',
    'resource.limit_reached',
    'trial.quota_reached',
    'application.not_found',
    'service.not_found',
    'account.not_active',
    'account.user_unknown',
  ],
  creates: true,
  route: { method: 'POST', path: '/test-numbers', status: 201 },
  async run(means, { applicationId, detail }) {
    const { caller, read, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    await requireTargets(read, caller, applicationId, detail as NumberDetailValue | undefined)
    const free = await listStock(read, {
      scope: null,
      limit: candidates,
      oldestFirst: true,
      where: { form: 'e164', price: 0, status: 'active', heldAt: clock.nowMs() },
    })
    if (free.length === 0) refuse('number.out_of_stock', { area: 'free numbers', wanted: 1, inStock: 0 })
    const taken = await means.write(buyNumbers, {
      ids: free.map((row) => row.id),
      quantity: 1,
      partial: false,
      account: account.id,
      limit: numbersAllowed(account),
      application_id: applicationId ?? null,
      face: caller.face,
      name: '',
      detail: JSON.stringify(detail ?? {}),
      expires_ms: null,
      address_id: null,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    return shown(means, taken)
  },
  shown,
})
