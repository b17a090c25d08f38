import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { addNumber, freshNumber, type NumberRow } from '#store/numbers.ts'
import { Id, OneOf, Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireTargets } from './number-input.ts'
import { Capabilities, NumberDetail, numberView, NumberView, type NumberDetailValue } from './number-view.ts'

function shown({ clock }: Means, result: { taken: true } | { taken: false; row: NumberRow }) {
  if (result.taken) refuse('number.occupied', {})
  return numberView(result.row, clock.nowMs()) as never
}

/**
 * A short code, a SIP number, or a pattern (a regular expression) that SIP numbers match: no stock, no price. Short codes are
 * assigned by those who keep them, so only the operator adds one.
 */
export const addNumberOperation = operation({
  name: 'numbers.add',
  summary: 'Add a short code, a SIP number or a pattern',
  permission: 'numbers.write',
  input: Type.Object(
    {
      number: Text(100, 'The short code, SIP number or pattern.'),
      form: OneOf(['short', 'sip', 'pattern'], 'What the text is.'),
      name: Optional(Type.String({ maxLength: 200, description: 'Name; the number itself unless told.' })),
      capabilities: Optional(Capabilities),
      applicationId: Optional(Type.Union([Id('application'), Type.Null()])),
      detail: Optional(NumberDetail),
    },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: [
    'number.occupied',
    'number.invalid',
    'permission.missing',
    'application.not_found',
    'account.not_active',
    'service.not_found',
    'account.user_unknown',
    'policy.session_blocked',
    'policy.hook_failed',
  ],
  creates: true,
  route: { method: 'POST', path: '/sip-numbers', status: 201 },
  async run(means, { number, form, name, capabilities, applicationId, detail }) {
    const { caller, read, nextId, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    if (form === 'pattern' && !isPattern(number)) refuse('number.invalid', { number })
    if (form === 'short') {
      if (!caller.permissions.has('operator')) refuse('permission.missing', { permission: 'operator', kind: 'administrator' })
      if (!/^\d{3,8}$/.test(number)) refuse('number.invalid', { number })
    }
    await requireTargets(read, caller, applicationId, detail as NumberDetailValue | undefined)
    await means.askPolicy(account, { numbers: [number] }, 'number')
    const now = clock.nowMs()
    const row: NumberRow = {
      ...freshNumber,
      id: nextId(),
      account_id: account.id,
      number,
      form,
      country: account.settings.country,
      type: 'local',
      state: '',
      region: '',
      capabilities: JSON.stringify(capabilities ?? { voice: true, sms: true, mms: false, fax: false }),
      application_id: applicationId ?? null,
      face: caller.face,
      name: name ?? '',
      detail: JSON.stringify(detail ?? {}),
      price_micro: 0,
      currency: account.settings.currency,
      bought_ms: now,
      updated_ms: now,
      version: 1,
    }
    // The tree below the operator's account; the operator itself is a tree of one.
    const realm = account.depth === 0 ? account.path : `${account.path.split(`/${account.rootId}/`)[0]}/${account.rootId}/%`
    return shown(means, await means.write(addNumber, { row, realm, actor: actorOf(caller) }))
  },
  shown,
})

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
