// Connections of whoever has not shown yet who it is. They cost us room and the peer nothing: they are few at once, of one source fewer, and
// a newer one takes the place of the oldest, so that those who come to say who they are, which takes a moment, always find room.

import { sourceNetwork } from '#values/source-network.ts'
import type { Connection } from './connection.ts'

export class UnknownConnections {
  readonly #most: number
  readonly #mostOfSource: number
  /** The oldest first. */
  readonly #all = new Set<Connection>()
  readonly #bySource = new Map<string, Set<Connection>>()

  constructor(most: number, mostOfSource: number) {
    this.#most = most
    this.#mostOfSource = mostOfSource
  }

  add(connection: Connection): void {
    const source = sourceNetwork(connection.remote.host)
    const rivals = this.#bySource.get(source) ?? new Set()
    this.#bySource.set(source, rivals.add(connection))
    this.#all.add(connection)
    if (rivals.size > this.#mostOfSource) oldestOf(rivals)?.ended('too many connections of this source')
    if (this.#all.size > this.#most) this.endOldest()
  }

  /** False: there is none. */
  endOldest(): boolean {
    const oldest = oldestOf(this.#all)
    oldest?.ended('too many connections of strangers')
    return oldest !== undefined
  }

  /** It is known now, or gone. */
  remove(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    const source = sourceNetwork(connection.remote.host)
    const rivals = this.#bySource.get(source)
    rivals?.delete(connection)
    if (rivals?.size === 0) this.#bySource.delete(source)
  }
}

const oldestOf = (connections: ReadonlySet<Connection>): Connection | undefined => connections.values().next().value
