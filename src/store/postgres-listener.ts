// Hears of other nodes' commits (LISTEN) on a connection of its own. When that breaks it comes back, and then says that
// anything may have changed (`*`), for notifications are not kept for those who are away.

import pg from 'pg'
import type { Clock, Timer } from '#values/clock.ts'
import { connectionConfig } from './postgres-connection.ts'

export const changesChannel = 'offhook_changes'

const retryMs = 1000

export class PostgresListener {
  readonly #url: string
  readonly #clock: Clock
  readonly #self: string
  readonly #tell: (nouns: ReadonlySet<string>) => void
  #client: pg.Client | undefined
  #retry: Timer | undefined
  #closed = false

  constructor(url: string, clock: Clock, self: string, tell: (nouns: ReadonlySet<string>) => void) {
    this.#url = url
    this.#clock = clock
    this.#self = self
    this.#tell = tell
  }

  async start(): Promise<void> {
    const client = new pg.Client(connectionConfig(this.#url))
    this.#client = client
    const lost = (): void => {
      if (this.#client !== client) return
      this.#client = undefined
      this.#again()
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', ({ payload = '' }) => {
      const [from, ...nouns] = payload.split(',')
      if (from !== this.#self) this.#tell(new Set(nouns))
    })
    await client.connect()
    await client.query(`listen ${changesChannel}`)
  }

  #again(): void {
    if (this.#closed || this.#retry) return
    this.#retry = this.#clock.after(retryMs, () => {
      this.#retry = undefined
      this.start().then(
        () => this.#tell(new Set(['*'])),
        () => {
          this.#client = undefined
          this.#again()
        },
      )
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }
}
