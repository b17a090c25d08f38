// That this process lives, as the database sees it: an advisory lock held on a session of its own, which PostgreSQL lets go the moment the
// process dies and its connection closes. The same session shows whose lock is gone. When it breaks it comes back; a lock that is gone
// proves nothing while the database itself, or our way to it, has only just come back: then the others may be on their way, too.

import pg from 'pg'
import type { Clock, Timer } from '#values/clock.ts'
import { connectionConfig } from './postgres-connection.ts'
import { presenceClass } from './presence-class.ts'
import type { Presence, PresentNode } from './store.ts'

const retryMs = 250
/** A session that does not answer for so long is given up, and another is opened. */
const answersWithinMs = 5_000
/** So long after the database, or our session, came back, locks that are gone are given time to be taken again. */
const settledMs = 5_000

const absentNodes = `select thing, node, epoch from leases
  where thing like 'node %' and expires_ms > $1 and node <> $2 and now() - pg_postmaster_start_time() > $3 * interval '1 millisecond'
  and not exists (select 1 from pg_locks where locktype = 'advisory' and granted and classid = ${presenceClass} and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
    and objid::bigint = substring(thing from 6)::bigint)`

export class PostgresPresence implements Presence {
  readonly #url: string
  readonly #clock: Clock
  readonly #listeners: (() => void)[] = []
  #client: pg.Client | undefined
  #opening: Promise<pg.Client> | undefined
  #retry: Timer | undefined
  #number: number | undefined
  /** Whether this session has the lock of the number. */
  #isHeld = false
  /** Since when the session that came in the place of a broken one is there. */
  #backSinceMs = -Infinity
  #closed = false

  constructor(url: string, clock: Clock) {
    this.#url = url
    this.#clock = clock
  }

  onBack(listener: () => void): void {
    this.#listeners.push(listener)
  }

  async hold(number: number): Promise<boolean> {
    this.#number = number
    this.#isHeld = await this.#lock(await this.#session())
    if (!this.#isHeld) this.#number = undefined
    return this.#isHeld
  }

  async letGo(): Promise<void> {
    const number = this.#number
    this.#number = undefined
    this.#isHeld = false
    if (number !== undefined) await this.#client?.query('select pg_advisory_unlock($1, $2)', [presenceClass, number])
  }

  async absent(node: string, nowMs: number): Promise<readonly PresentNode[] | undefined> {
    const client = this.#client
    if (!client) return undefined
    const limit = this.#clock.after(answersWithinMs, () => this.#lost(client))
    try {
      // Another session of ours may have had it, which the database did not know to be gone.
      if (!this.#isHeld && this.#number !== undefined) this.#isHeld = await this.#lock(client)
      const { rows } = await client.query(absentNodes, [nowMs, node, settledMs])
      if (this.#clock.elapsedMs() - this.#backSinceMs < settledMs) return undefined
      return rows as PresentNode[]
    } catch {
      this.#lost(client)
      return undefined
    } finally {
      limit.cancel()
    }
  }

  async #lock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as got', [presenceClass, this.#number])
    return rows[0].got === true
  }

  #session(): Promise<pg.Client> {
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async #open(): Promise<pg.Client> {
    if (this.#client) return this.#client
    const client = new pg.Client(connectionConfig(this.#url))
    const lost = (): void => this.#lost(client)
    client.on('error', lost)
    client.on('end', lost)
    await client.connect()
    this.#client = client
    return client
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#isHeld = false
    client.end().catch(() => {})
    this.#again()
  }

  #again(): void {
    if (this.#closed || this.#retry) return
    this.#retry = this.#clock.after(retryMs, () => {
      this.#retry = undefined
      this.#comeBack().catch(() => this.#again())
    })
  }

  async #comeBack(): Promise<void> {
    const client = await this.#session()
    this.#backSinceMs = this.#clock.elapsedMs()
    if (this.#number !== undefined) this.#isHeld = await this.#lock(client)
    for (const listener of this.#listeners) listener()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }
}
