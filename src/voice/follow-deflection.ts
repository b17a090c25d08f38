// A called phone that sends its call on (a 3xx): the target is judged like any that the account of the call dials, paid like any, and rung
// for the same call. It is one call with one record, whose `forwardedFrom` says who sent it on; nobody but the account's own phones may.

import type { Journal } from '#journal/journal.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { AdmitCall, AdmittedCall } from './admit-call.ts'
import type { LegCause } from './leg.ts'
import type { LiveCall } from './live-call.ts'
import { partyText } from './verb-told.ts'

export interface FollowParts {
  readonly clock: Clock
  readonly journal: Pick<Journal, 'faultFound'>
  readonly admission: Pick<AdmitCall, 'admit'>
}

/** Of one call; who sends it on in a circle is heard no further. */
const deflectionsAtMost = 5

/** From now on, for as long as the call has not been answered. `ring` places what was admitted. */
export function followDeflections(
  parts: FollowParts,
  call: LiveCall,
  { asked }: AdmittedCall,
  ring: (next: AdmittedCall) => void,
): void {
  const untilMs = parts.clock.elapsedMs() + asked.timeoutMs
  let followed = 0

  async function follow({ deflectedTo = [], raw }: LegCause): Promise<void> {
    const from = call.row.called
    const to = deflectedTo.map(partyText)
    call.record.note('call.deflected', { from, to, said: raw })
    let why: Refusal | undefined
    for (const target of deflectedTo) {
      const timeoutMs = Math.max(1, Math.round(untilMs - parts.clock.elapsedMs()))
      // Who is called there is nobody that the one who placed the call has a password for.
      const wish = { ...asked, to: target, timeoutMs, credentials: undefined, isDeflected: true }
      try {
        const next = await parts.admission.admit(wish)
        if (call.over) return
        await call.reroute(next, from)
        if (!call.over) ring(next)
        return
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        why ??= error
      }
    }
    call.giveUp(why ?? refusal('call.redirected'))
  }

  call.onDeflected((cause) => {
    if (followed >= deflectionsAtMost || parts.clock.elapsedMs() >= untilMs) return false
    followed += 1
    follow(cause).catch((error: unknown) => {
      const why = refusal('platform.internal_error')
      why.errorId = crypto.randomUUID()
      parts.journal.faultFound(error, why.errorId)
      call.giveUp(why)
    })
    return true
  })
}
