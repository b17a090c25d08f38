// Calls of virtual handsets: to try a whole call without a carrier. A handset calls the account's own numbers only, and an account sees and
// steers the calls that a handset placed for it, and those of its own calls that rang there.

import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readCall } from '#store/calls.ts'
import { readNumberByNumber } from '#store/numbers.ts'
import { parseE164, senderOf } from '#values/e164.ts'
import { Done, Id, Moment, OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'

const Handset = Type.String({ minLength: 3, maxLength: 20, description: 'Number of the handset, E.164 with +.' })
const Say = Type.String({
  minLength: 1,
  maxLength: 1000,
  description: 'Text that it speaks; whoever listens for speech hears it too.',
})
const Press = Type.String({ pattern: '^[0-9A-D*#]{1,64}$', description: 'Keys that it presses.' })

const HandsetCallView = Type.Object({
  id: Id('call'),
  direction: OneOf(['placed', 'received'], 'Of the handset.'),
  peer: Type.String({ description: 'Whom it called, or who calls.' }),
  state: OneOf(['ringing', 'answered', 'ended'], 'As the handset sees it.'),
  createdAt: Moment('When it began.'),
  answeredAt: Type.Union([Moment('When it was answered.'), Type.Null()]),
  endedAt: Type.Union([Moment('When it ended.'), Type.Null()]),
  digits: Type.String({ description: 'Keys that it heard.' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it ended.' }),
  packetsHeard: Type.Integer({ description: 'Packets of sound, of 20 ms; known once it has ended.' }),
})

/** Gives number.invalid. */
function handsetOf(text: string): string {
  const parsed = parseE164(text)
  return parsed?.isPossible ? parsed.number : refuse('number.invalid', { number: text, parameter: 'handset' })
}

type Seen = ReturnType<Means['handsetCalls']['calls']>[number]

/** Its own, or one that the account's call rang. */
async function isSeen({ caller, read }: Means, { id, placedFor }: Seen): Promise<boolean> {
  return placedFor === null ? (await readCall(read, caller.account.id, id)) !== undefined : placedFor === caller.account.id
}

export const callFromHandsetOperation = operation({
  name: 'handsets.call',
  summary: 'Call from a virtual handset',
  permission: 'calls.write',
  input: Type.Object(
    {
      handset: Handset,
      to: Type.String({ minLength: 3, maxLength: 20, description: "One of the account's numbers." }),
      say: Optional(Say),
      press: Optional(Press),
      hangUpAfterMs: Optional(
        Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'Once it has said and pressed; absent: it stays.' }),
      ),
      headers: Optional(
        Type.Record(Type.String({ pattern: '^X-[A-Za-z0-9-]{1,60}$' }), Type.String({ maxLength: 200 }), {
          description: 'X- headers of its call.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ id: Id('call') }),
  reasons: ['number.invalid', 'number.not_owned', 'routing.no_route_available'],
  route: { method: 'POST', path: '/handsets/{handset}/calls', status: 201 },
  async run({ caller, read, handsetCalls }, { handset, to, say, press, hangUpAfterMs, headers }) {
    const from = handsetOf(handset)
    const party = senderOf(to)
    const number = await readNumberByNumber(read, party.kind === 'invalid' ? to : party.sender)
    if (number?.account_id !== caller.account.id) refuse('number.not_owned', { number: to })
    const id = handsetCalls.call(caller.account.id, {
      handset: from,
      to: number.number,
      ...(say !== undefined && { say }),
      ...(press !== undefined && { press }),
      ...(hangUpAfterMs !== undefined && { hangUpAfterMs }),
      ...(headers && { headers }),
    })
    if (id === undefined) refuse('routing.no_route_available', {})
    return { id }
  },
})

export const listHandsetCallsOperation = operation({
  name: 'handsets.calls',
  summary: "List a virtual handset's calls",
  permission: 'calls.read',
  input: Type.Object({ handset: Handset }, { additionalProperties: false }),
  output: Type.Object({ items: Type.Array(HandsetCallView, { description: 'Newest first; the last ones are kept.' }) }),
  reasons: ['number.invalid'],
  route: { method: 'GET', path: '/handsets/{handset}/calls' },
  async run(means, { handset }) {
    const calls = means.handsetCalls.calls(handsetOf(handset))
    const seen = await Promise.all(calls.map(async (call) => ((await isSeen(means, call)) ? [call] : [])))
    return {
      items: seen.flat().map(({ id, direction, peer, state, createdMs, answeredMs, endedMs, digits, reason, packetsHeard }) => ({
        id,
        direction,
        peer,
        state,
        createdAt: createdMs,
        answeredAt: answeredMs,
        endedAt: endedMs,
        digits,
        reason,
        packetsHeard,
      })),
    }
  },
})

export const steerHandsetCallOperation = operation({
  name: 'handsets.steer',
  summary: 'Tell the party on a virtual handset what to do',
  permission: 'calls.write',
  input: Type.Object(
    {
      handset: Handset,
      id: Id('call'),
      say: Optional(Say),
      press: Optional(Press),
      hangUp: Optional(Type.Boolean({ description: 'After the rest.' })),
    },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['number.invalid', 'call.not_found'],
  route: { method: 'POST', path: '/handsets/{handset}/calls/{id}' },
  async run(means, { handset, id, say, press, hangUp = false }) {
    const number = handsetOf(handset)
    const call = means.handsetCalls.calls(number).find((one) => one.id === id)
    const party = call && (await isSeen(means, call)) ? means.handsetCalls.party(number, id) : undefined
    if (!party) refuse('call.not_found', {})
    if (say !== undefined) await party.say(say)
    if (press !== undefined) party.press(press)
    if (hangUp) party.partyHangsUp()
    return { done: true }
  },
})
