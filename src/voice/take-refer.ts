// A phone in a bridge asks by REFER that the other party be connected elsewhere (RFC 5589). Blind: the page that the number names for it
// runs on the other party. Attended (RFC 3891): the other party is joined with whom the phone talked to meanwhile. The phone that asked
// is let go in both; whoever is not ours to connect is refused with its reason.

import { Refusal, refusal } from '#reasons/refusal.ts'
import { bridgeOf, type Bridge } from './bridge.ts'
import { bringTogether, joinCalls } from './join-calls.ts'
import type { ReferAsk } from './leg.ts'
import type { LiveCall } from './live-call.ts'
import type { Step } from './verbs/step.ts'

export type TransferMeans = Pick<Step, 'parts' | 'runOn'>

export function takeRefer(means: TransferMeans, bridge: Bridge, by: LiveCall, ask: ReferAsk): void {
  const taken = ask.replaces === undefined ? blind(means, bridge, by, ask) : attended(means, bridge, by, ask, ask.replaces)
  taken.catch((error: unknown) => {
    const why = error instanceof Refusal ? error : means.parts.fault(by, error)
    by.record.note('refer.refused', { target: ask.target, reason: why.reason, params: why.params })
    ask.refuse(why)
  })
}

async function blind({ parts, runOn }: TransferMeans, bridge: Bridge, by: LiveCall, ask: ReferAsk): Promise<void> {
  const { face, page } = await parts.referPage(bridge.caller)
  const transferee = bridge.otherOf(by)
  if (by.over || transferee.over || bridgeOf(by) !== bridge) refuseState(by)
  const { target } = ask
  const refer = { target, transferor: partyOf(by), transferee: partyOf(transferee) }
  ask.accept()
  ask.progress(200, 'OK')
  by.record.note('refer.taken', { target, transferee: transferee.id })
  bridge.release()
  by.hangUp(refusal('call.transferred', { target }), 'application')
  runOn(transferee, face, page, { type: 'start', refer })
}

async function attended({ parts }: TransferMeans, bridge: Bridge, by: LiveCall, ask: ReferAsk, replaces: string): Promise<void> {
  const { target } = ask
  const transferee = bridge.otherOf(by)
  const replaced = parts.dialog(by, replaces)
  if (!replaced && (await parts.isDialogElsewhere(by, replaces))) throw refusal('call.on_other_node', { call: target })
  const second = replaced && replaced.account.id === by.account.id ? bridgeOf(replaced) : undefined
  // RFC 3891 3: what it names must be up, and with somebody.
  if (!replaced || !second || second === bridge || by.over || transferee.over) throw refusal('call.not_found', { call: target })
  const other = second.otherOf(replaced)
  await bringTogether(other, transferee, () => {
    if (other.over || bridgeOf(by) !== bridge || bridgeOf(replaced) !== second) refuseState(by)
  })
  ask.accept()
  ask.progress(200, 'OK')
  by.record.note('refer.taken', { target, transferee: transferee.id, joined: other.id })
  bridge.release()
  second.release()
  for (const left of [by, replaced]) left.hangUp(refusal('call.transferred', { target }), 'application')
  joinCalls(parts, transferee, other)
}

function refuseState(call: LiveCall): never {
  throw refusal('call.state_invalid', { state: call.state, operation: 'refer' })
}

const partyOf = (call: LiveCall): string => {
  const { direction, from, to } = call.view()
  return direction === 'in' ? from : to
}
