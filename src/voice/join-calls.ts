// Two calls that are up hear each other, whatever ran on them before; when one ends, so does the other. Nobody is rung.

import { refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import { Bridge, bridgeOf } from './bridge.ts'
import { joinMix } from './in-mix.ts'
import type { LiveCall } from './live-call.ts'
import { musicOnHold } from './music-on-hold.ts'

/**
 * Brings the media of one to where that of the other is. `require` throws where they are not to be joined any more by then: it goes back to whom
 * it talks to. Rejects with that, or with why it cannot be moved.
 */
export async function bringTogether(one: LiveCall, other: LiveCall, require: () => void): Promise<void> {
  const { place } = one
  const bridge = bridgeOf(one)
  await one.moveTo(other.place)
  try {
    require()
  } catch (error) {
    if (bridge && bridge === bridgeOf(one)) {
      await one.moveTo(place)
      joinMix(one, { mix: bridge.mix })
    }
    throw error
  }
}

/** Both are up, and their media with one worker: see `bringTogether`. */
export function joinCalls({ clock }: { readonly clock: Clock }, one: LiveCall, two: LiveCall): void {
  const bridge = new Bridge(
    {
      clock,
      music: musicOnHold,
      referred: (_bridge, by, ask) => ask.refuse(refusal('call.state_invalid', { state: by.state, operation: 'refer' })),
    },
    one,
    two,
    0,
  )
  // What takes the first one lets the second go.
  one.attach({ stop: (why) => why === 'replaced' && bridge.leave() })
  void bridge.ended.then((end) => {
    if (end.how === 'released' || (end.how === 'ended' && end.who === two)) one.hangUp(refusal('call.completed'), 'callee')
  })
}
