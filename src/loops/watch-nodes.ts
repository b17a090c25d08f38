// Notices within a second or two that another node has died: its lock is gone. It is taken for dead once the lock has been gone at every
// look for a while, since a connection that breaks is back sooner; that is written under the lock itself, so that a node which has it again
// is not taken for dead. What is done about it is the listener's.

import { fenceNode } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'

const lookMs = 500
const goneForMs = 1_000

export interface NodesWatch {
  stop(): void
}

export interface WatchNodesParts {
  readonly store: Pick<Store, 'write' | 'presence'>
  readonly clock: Clock
  /** This node. */
  readonly node: string
  /** Of the node that was taken for dead; told to one node. */
  onDead(node: string): void
  onError(error: unknown): void
}

export function watchNodes({ store, clock, node, onDead, onError }: WatchNodesParts): NodesWatch {
  const { presence } = store
  if (!presence) return { stop: () => {} }
  /** By lease and epoch: since when its lock is gone. */
  let gone = new Map<string, number>()
  let looking = false
  const look = async (): Promise<void> => {
    const absent = await presence.absent(node, clock.nowMs())
    const nowMs = clock.elapsedMs()
    const before = gone
    gone = new Map()
    for (const one of absent ?? []) {
      const key = `${one.thing} ${one.epoch}`
      const sinceMs = before.get(key) ?? nowMs
      gone.set(key, sinceMs)
      if (nowMs - sinceMs >= goneForMs && (await store.write(fenceNode, one))) onDead(one.node)
    }
  }
  const timer = clock.every(lookMs, () => {
    if (looking) return
    looking = true
    look()
      .catch(onError)
      .finally(() => (looking = false))
  })
  return { stop: () => timer.cancel() }
}
