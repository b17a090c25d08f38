// Which of up to 16 nodes on one database this process is: the number that keeps its ids apart from the others'. Held by a lock that the
// database lets go when the process dies, so that the others know at once, and by a lease, for where a lock tells nothing: a network that
// is cut keeps the lock of whoever is behind it. A store that only this process has needs neither: number 0.

import { releaseLease, renewLease, takeLease } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'

const nodes = 16
const leaseMs = 60_000
const renewMs = 15_000
/** How often it is looked at whether the lease has run out: it does so whatever becomes of the database. */
const lookMs = 1_000

export interface NodeNumber {
  readonly number: number
  /** Gives the number back. */
  release(): Promise<void>
}

/**
 * Throws when all numbers are held. `onLost` is called once, when the others have taken this node for dead or may do so from now on: it
 * must make no more ids, and do no more with what it has.
 */
export async function takeNodeNumber(store: Store, clock: Clock, name: string, onLost: () => void): Promise<NodeNumber> {
  const { presence } = store
  if (!presence) return { number: 0, release: async () => {} }
  for (let number = 0; number < nodes; number += 1) {
    if (!(await presence.hold(number))) continue
    const thing = `node ${number}`
    const epoch = await store.write(takeLease, { thing, node: name, nowMs: clock.nowMs(), forMs: leaseMs })
    if (epoch === null) {
      await presence.letGo()
      continue
    }
    const timers: { cancel(): void }[] = []
    const stop = (): void => {
      for (const timer of timers.splice(0)) timer.cancel()
    }
    const lose = (): void => {
      if (timers.length === 0) return
      stop()
      onLost()
    }
    let keptUntilMs = clock.elapsedMs() + leaseMs
    const renew = (): void => {
      const sentMs = clock.elapsedMs()
      store.write(renewLease, { thing, node: name, epoch, nowMs: clock.nowMs(), forMs: leaseMs }).then(
        (kept) => {
          if (kept) keptUntilMs = sentMs + leaseMs
          else lose()
        },
        // The database does not answer: the number is ours until the lease runs out.
        () => {},
      )
    }
    timers.push(clock.every(renewMs, renew))
    timers.push(clock.every(lookMs, () => void (clock.elapsedMs() > keptUntilMs - lookMs && lose())))
    // While it was away the others may have taken this node for dead: it is known before anything else is done.
    presence.onBack(() => void (timers.length > 0 && renew()))
    return {
      number,
      async release() {
        stop()
        await store.write(releaseLease, { thing, node: name, epoch }).catch(() => false)
        await presence.letGo().catch(() => {})
      },
    }
  }
  throw new Error(
    `all ${nodes} node numbers on this database are held; a node that died gives its own back within ${leaseMs / 1000} s`,
  )
}
