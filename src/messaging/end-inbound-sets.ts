// Ends what did not become whole: segments that waited too long for the others become a message that says which are missing.
// Their recipient gets what there is, with its reason, instead of nothing.

import type { Loop, LoopParts } from '#loops/loop.ts'
import { endInboundSet, oldParts } from '#store/inbound-messages.ts'
import type { NextId } from '#values/ids.ts'
import type { TakeInbound } from './take-inbound.ts'

export interface InboundSetParts extends LoopParts {
  readonly nextId: NextId
  readonly inbound: TakeInbound
  /** How long a segment waits for the others, counted from the last that came. */
  readonly segmentsWaitMs: () => number
}

const partsAtOnce = 200
/** Of one run; the next goes on. */
const stepsAtMost = 20

export const inboundSetsLoop: Loop<InboundSetParts> = {
  name: 'inbound-segments',
  everyMs: 10_000,
  async do({ store, clock, nextId, inbound, segmentsWaitMs }) {
    const now = clock.nowMs()
    const before = now - segmentsWaitMs()
    let ended = 0
    for (let step = 0; step < stepsAtMost; step += 1) {
      const parts = await oldParts(store, before, partsAtOnce)
      let progress = 0
      const seen = new Set<string>()
      for (const { carrier_id: carrier, sender, recipient, reference, total } of parts) {
        const key = JSON.stringify([carrier, sender, recipient, reference, total])
        if (seen.has(key)) continue
        seen.add(key)
        const found = await inbound.ownerOf(recipient, now)
        const owner = 'owner' in found ? found.owner : null
        const set = { carrier, sender, recipient, reference, total }
        const done = await store.write(endInboundSet, { ...set, id: nextId(), kind: 'sms', owner, before, now })
        if (done.ended) progress += 1
      }
      ended += progress
      // Sets of which a part came lately are left to wait, and must not be asked for again and again.
      if (parts.length < partsAtOnce || progress === 0) break
    }
    return ended
  },
}
