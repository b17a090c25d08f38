// Runs the same tests on SQLite and on PostgreSQL: each gets fresh, empty stores and a clean end.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import type { EngineName } from '#store/statement.ts'
import type { StorePlace } from '#store/backup.ts'
import { openStore, type StoreOptions } from '#store/open-store.ts'
import type { Store } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'
import { sharedCluster } from './postgres-cluster.ts'

/** The module of writes that the tests hand in beside the program's own. */
export const testWritesModule = new URL('./fakes/store-writes.ts', import.meta.url).href

export interface Bench {
  readonly engine: EngineName
  /** A place where no store is yet. */
  newPlace(): Promise<StorePlace>
  /** Opens a store, at a new place unless one is given; it is closed when the tests end. */
  open(place?: StorePlace, options?: Partial<StoreOptions>): Promise<Store>
}

export function onBothEngines(name: string, tests: (bench: Bench) => void): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    describe(`${name} (${engine})`, () => {
      const dirs: string[] = []
      const stores: Store[] = []
      after(async () => {
        await Promise.all(stores.map((store) => store.close()))
        for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
      })
      const newPlace = async (): Promise<StorePlace> => {
        const dataDir = mkdtempSync(join(tmpdir(), 'offhook-test-'))
        dirs.push(dataDir)
        return engine === 'sqlite' ? { dataDir } : { dataDir, url: await (await sharedCluster()).newDatabase() }
      }
      const open = async (place?: StorePlace, options: Partial<StoreOptions> = {}): Promise<Store> => {
        const store = await openStore({
          clock: systemClock,
          writesModule: testWritesModule,
          ...(place ?? (await newPlace())),
          ...options,
        })
        stores.push(store)
        return store
      }
      tests({ engine, newPlace, open })
    })
  }
}
