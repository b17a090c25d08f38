import Type from 'typebox'
import { actorOf, type Caller } from '#accounts/caller.ts'
import { requireUsable, stateOf } from '#numbers/number-state.ts'
import { refuse } from '#reasons/refusal.ts'
import { createMasking, type MaskingMade, type MaskingRow } from '#store/maskings.ts'
import { listNumbers, readNumberByNumber, type NumberRow } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import { parseE164 } from '#values/e164.ts'
import { masksCalls } from '#voice/masked-call.ts'
import { Moment, Optional } from '../fields.ts'
import { destinationOf } from '../numbers/forward-number.ts'
import { operation, type Means } from '../operation.ts'
import { callbackText, maskingView, MaskingView, requireToCome, statusMethod, statusUrl } from './masking-view.ts'

function shown({ clock }: Means, { row, asked }: MaskingMade) {
  if (row) return maskingView(row, clock.nowMs())
  if (asked !== null) refuse('masking.secret_number_invalid', { number: asked })
  return refuse('number.not_available', {})
}

const numbersAtMost = 1000

/** Those over which parties may be masked. Gives masking.secret_number_invalid for one that was asked for and is none. */
async function masksOf(read: Reader, { account }: Caller, asked: string | undefined, nowMs: number): Promise<NumberRow[]> {
  if (asked === undefined) {
    const masking = { detail: '%"masking":true%' }
    const rows = await listNumbers(read, { scope: account.id, limit: numbersAtMost, oldestFirst: true, where: masking })
    return rows.filter((row) => stateOf(row, nowMs) === 'active')
  }
  const number = parseE164(asked, { country: account.settings.country })?.number ?? asked
  const row = await readNumberByNumber(read, number)
  if (row?.account_id !== account.id || !masksCalls(row)) return refuse('masking.secret_number_invalid', { number: asked })
  requireUsable(row, nowMs)
  return [row]
}

const party = Type.String({ minLength: 1, maxLength: 200, description: 'A number, or client:login.' })

/** Gives destination.invalid, destination.not_allowed, destination.high_risk: a SIP address has no caller's number to know it by. */
function partyOf({ account }: Caller, text: string): string {
  if (/^sips?:/i.test(text)) return refuse('destination.invalid', { destination: text.slice(0, 100) })
  return destinationOf(account, text)
}

/** From now on each reaches the other by the number, and sees the number alone. */
export const createMaskingOperation = operation({
  name: 'maskings.create',
  summary: 'Let two parties call each other over a number, so that neither sees the other',
  permission: 'calls.write',
  feature: 'masking',
  input: Type.Object(
    {
      number: Optional(
        Type.String({ minLength: 1, maxLength: 64, description: 'One of the account that masks; any that is free unless told.' }),
      ),
      partyA: party,
      partyB: party,
      expiresAt: Optional(Moment('Until when; until it is ended unless told.')),
      isRecorded: Optional(Type.Boolean({ description: 'Whether their calls are recorded.' })),
      statusUrl: Optional(statusUrl),
      statusMethod: Optional(statusMethod),
      reference: Optional(Type.String({ maxLength: 128, description: "The client's own id." })),
    },
    { additionalProperties: false },
  ),
  output: MaskingView,
  reasons: [
    'account.not_active',
    'masking.secret_number_invalid',
    'number.not_available',
    'number.not_active',
    'number.blocked',
    'number.expired',
    'destination.invalid',
    'destination.not_allowed',
    'destination.high_risk',
    'call.called_not_allowed',
    'request.parameter_invalid',
  ],
  creates: true,
  route: { method: 'POST', path: '/maskings', status: 201 },
  async run(means, { number, partyA, partyB, expiresAt, isRecorded = false, reference = '', ...told }) {
    const { caller, read, clock, nextId } = means
    const now = clock.nowMs()
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    const [a, b] = [partyOf(caller, partyA), partyOf(caller, partyB)]
    if (a === b) refuse('destination.invalid', { destination: partyB })
    requireToCome(expiresAt, now)
    const numbers = await masksOf(read, caller, number, now)
    if (numbers.length === 0) refuse('number.not_available', {})
    const row: MaskingRow = {
      id: nextId(),
      account_id: caller.account.id,
      face: caller.face,
      number_id: 0,
      number: '',
      party_a: a,
      party_b: b,
      record: isRecorded ? 1 : 0,
      callback: told.statusUrl === undefined ? null : callbackText(told.statusUrl, told.statusMethod),
      client_ref: reference,
      expires_ms: expiresAt ?? null,
      ended_ms: null,
      created_ms: now,
      updated_ms: now,
    }
    const candidates = numbers.map(({ id, number: one }) => ({ id, number: one }))
    const wish = { row, numbers: candidates, asked: number ?? null, actor: actorOf(caller) }
    return shown(means, await means.write(createMasking, wish))
  },
  shown,
})
