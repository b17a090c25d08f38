// Ends the program while calls are up, starts it again, and reconciles three logs: what the parties of the calls saw, what the store says,
// and what a webhook endpoint was told. Calls are real SIP, in and out, some ringing and most answered, each with credit held for it.

import { systemClock } from '#values/clock.ts'
import type { PeerCall } from '../../conformance/sip-call.ts'
import { statusOf } from '../../conformance/sip-text.ts'
import { rcml, toldEnds, type CallPlace } from '../call-place.ts'
import { until } from '../until.ts'

export interface CallsWanted {
  readonly calls: number
  /** SIGTERM is a stop that waits for calls as long as it is allowed to. */
  readonly signal: 'SIGKILL' | 'SIGTERM'
}

export interface CallsSurvival {
  readonly up: number
  readonly exitCode: number | null
  /** Counts of `state reason endedBy` over all records. */
  readonly ends: Readonly<Record<string, number>>
  /** What must not be; empty when all is well. */
  readonly faults: readonly string[]
}

export async function surviveCalls(place: CallPlace, { calls, signal }: CallsWanted): Promise<CallsSurvival> {
  const { accountId } = await place.api('GET', '/whoami')
  const csv = 'service,direction,prefix,price,per,first,next\ncall,in,,0.02,60,60,60\ncall,out,,0.02,60,60,60'
  const { id: deckId } = await place.operator('POST', '/rate-decks', { name: 'calls', currency: 'USD', csv })
  await place.operator('PUT', `/accounts/${accountId}/rate-deck`, { deckId })
  const topup = { accountId, kind: 'topup', amountMicro: 1_000_000_000, currency: 'USD' }
  await place.operator('POST', '/credit-transfers', topup)
  place.pages.set('/wait', rcml('<Gather timeout="600"/>'))
  const number = await place.number('/wait')
  const { peer: caller, server } = await place.party()
  const { peer: called } = await place.route('+12125559')
  called.onInvite((call) => {
    call.ring()
    // Every other one that goes out rings on.
    if (outgoing++ % 2 === 0) call.answer().catch(() => {})
  })
  let outgoing = 0
  const incoming: PeerCall[] = []
  /** Media that are late on a busy machine admit nobody for a while: then a caller tries again, as people do. */
  const answeredCall = async (from: string): Promise<PeerCall> => {
    for (;;) {
      const call = await caller.call({ server, from, to: number })
      const final = await call.final()
      if (statusOf(final) === 200) return call
      if (statusOf(final) !== 503) throw new Error(`a caller was not answered: ${final.raw}`)
      await systemClock.sleep(200)
    }
  }
  for (let n = 0; n < calls; n += 1) {
    if (n % 4 === 3) {
      const to = `+12125559${String(n).padStart(3, '0')}`
      await place.api('POST', '/calls', { from: number, to, url: `${place.url}/wait`, timeoutSeconds: 600 })
      continue
    }
    incoming.push(await answeredCall(`+1310556${String(n).padStart(4, '0')}`))
  }
  const placed = calls - incoming.length
  await until(
    () => listed(place),
    (all) =>
      all.filter(({ state }) => state === 'answered').length === incoming.length + Math.ceil(placed / 2) &&
      all.every(({ state, final }) => final || state === 'answered' || state === 'ringing'),
  )
  const all = await listed(place)
  const before = all.filter(({ final }) => !final)
  const over = new Set(all.filter(({ final }) => final).map(({ id }) => id))
  const faults: string[] = []
  const check = (name: string, wrong: readonly unknown[]): void => {
    if (wrong.length > 0) faults.push(`${wrong.length} ${name}, such as ${JSON.stringify(wrong[0])}`)
  }
  if (!((await place.api('GET', '/balance')).heldMicro > 0)) faults.push('no credit was held while calls were up')
  const exitCode = await place.restart(signal)
  const found = await until(
    () => listed(place),
    (now) => now.every(({ final }) => final),
  )
  const records = found.filter(({ id }) => !over.has(id))
  await until(
    () => records.filter(({ id }) => toldEnds(place.hooks, id).length === 0),
    (untold) => untold.length === 0,
  )
  const known = new Set(before.map(({ id }) => id))
  check(
    'were up and have no record',
    [...known].filter((id) => !records.some((one) => one.id === id)),
  )
  check(
    'records of nobody',
    records.filter(({ id }) => !known.has(id)),
  )
  check(
    'have no reason or no error id',
    records.filter(({ reason, errorId }) => !reason || !errorId),
  )
  check(
    'were told otherwise than recorded',
    records.filter(({ id, reason }) => toldEnds(place.hooks, id).some(({ data }) => data.reason?.slug !== reason?.slug)),
  )
  check(
    'were told by more than one delivery',
    records.filter(({ id }) => new Set(toldEnds(place.hooks, id).map(({ delivery }) => delivery)).size !== 1),
  )
  const { heldMicro = 0 } = await place.api('GET', '/balance')
  if (heldMicro !== 0) faults.push(`${heldMicro} of credit is still held`)
  const ends: Record<string, number> = {}
  for (const { state, reason, endedBy } of records) {
    const key = `${state} ${reason?.slug} ${endedBy}`
    ends[key] = (ends[key] ?? 0) + 1
  }
  return { up: before.length, exitCode, ends, faults }
}

async function listed(place: CallPlace): Promise<any[]> {
  const all: any[] = []
  let after: string | null = null
  do {
    const page: any = await place.api('GET', `/calls?limit=100${after === null ? '' : `&after=${after}`}`)
    all.push(...page.items)
    after = page.next
  } while (after !== null)
  return all
}
