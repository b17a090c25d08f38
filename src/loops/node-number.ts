// Which of up to 16 nodes on one database this process is: the number that keeps its ids apart from the others'. Leased, so
// that a node that died gives its number back. A store that only this process has needs no lease: number 0.

import { releaseLease, renewLease, takeLease } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'

const nodes = 16
const leaseMs = 60_000
const renewMs = 15_000

export interface NodeNumber {
  readonly number: number
  /** Gives the number back. */
  release(): Promise<void>
}

/**
 * Throws when all numbers are held. `onLost` is called when the lease could not be kept: another node may have the number
 * from then on, so this one must make no more ids.
 */
export async function takeNodeNumber(store: Store, clock: Clock, name: string, onLost: () => void): Promise<NodeNumber> {
  if (store.engine === 'sqlite') return { number: 0, release: async () => {} }
  for (let number = 0; number < nodes; number += 1) {
    const thing = `node ${number}`
    const epoch = await store.write(takeLease, { thing, node: name, nowMs: clock.nowMs(), forMs: leaseMs })
    if (epoch === null) continue
    let keptUntilMs = clock.elapsedMs() + leaseMs
    const timer = clock.every(renewMs, () => {
      const sentMs = clock.elapsedMs()
      store.write(renewLease, { thing, node: name, epoch, nowMs: clock.nowMs(), forMs: leaseMs }).then(
        (kept) => {
          if (kept) keptUntilMs = sentMs + leaseMs
          else onLost()
        },
        () => {
          // The database does not answer: the number is ours until the lease runs out.
          if (clock.elapsedMs() > keptUntilMs) onLost()
        },
      )
    })
    return {
      number,
      async release() {
        timer.cancel()
        await store.write(releaseLease, { thing, node: name, epoch }).catch(() => false)
      },
    }
  }
  throw new Error(
    `all ${nodes} node numbers on this database are held; a node that died gives its own back within ${leaseMs / 1000} s`,
  )
}
