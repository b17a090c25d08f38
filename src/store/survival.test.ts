// What a store must survive: being killed, being older or newer than the program, its database or disk going away.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, describe, test } from 'node:test'
import pg from 'pg'
import { onBothEngines, testWritesModule } from '../../test/both-engines.ts'
import { addMeta, fillDisk } from '../../test/fakes/store-writes.ts'
import { sharedCluster, startCluster } from '../../test/postgres-cluster.ts'
import { systemClock } from '#values/clock.ts'
import { backupStore, restoreStore, type StorePlace } from './backup.ts'
import { counted } from './counters.ts'
import { firstCursor, happeningsAfter } from './happenings.ts'
import { readMeta, setMeta } from './meta.ts'
import { migratePostgres } from './migrate-postgres.ts'
import { migrateSqlite } from './migrate-sqlite.ts'
import { migrations } from './migrations/all.ts'
import { openStore } from './open-store.ts'
import { BackupRefused, QueryFailed, StoreTooNew, StoreUnavailable } from './store-errors.ts'
import type { Store } from './store.ts'

const child = new URL('../../test/fakes/writing-child.ts', import.meta.url).pathname

/** Gives the names that a writing program saw acknowledged before it was killed with SIGKILL. */
async function killWhileWriting({ dataDir, url }: StorePlace, atLeast: number): Promise<string[]> {
  const program = spawn(process.execPath, [child, dataDir, ...(url === undefined ? [] : [url])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const names: string[] = []
  for await (const line of createInterface(program.stdout)) {
    names.push(line)
    if (names.length === atLeast) program.kill('SIGKILL')
  }
  if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
  assert.equal(program.signalCode, 'SIGKILL')
  // The last line may have been cut in two.
  return names.slice(0, -1)
}

const tables = async (place: StorePlace, ...statements: string[]): Promise<void> => {
  if (place.url === undefined) {
    const db = new DatabaseSync(join(place.dataDir, 'offhook.db'))
    for (const statement of statements) db.exec(statement)
    db.close()
    return
  }
  const client = new pg.Client({ connectionString: place.url })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

onBothEngines('survival', ({ engine, newPlace, open }) => {
  test('a process killed while it writes loses no acknowledged write', async () => {
    const place = await newPlace()
    const names = await killWhileWriting(place, 400)
    const store = await open(place)
    for (const name of names) assert.ok(await readMeta(store, name), `${name} was acknowledged and is lost`)
    const { rows } = await happeningsAfter(store, firstCursor, 100_000)
    // Row, happening and count of each write are there together or not at all.
    assert.equal(await counted(store, 1, 'meta'), rows.length)
    assert.ok(rows.length >= names.length)
  })

  test('a store of a newer program is refused, with both versions', async () => {
    const place = await newPlace()
    const store = await open(place)
    await store.write(setMeta, { name: 'version', value: '99' })
    await store.close()
    await assert.rejects(
      open(place),
      (error) => error instanceof StoreTooNew && error.storeVersion === 99 && error.programVersion > 0,
    )
  })

  test('an existing store is backed up before it is migrated, and a failing migration changes nothing', async () => {
    const place = await newPlace()
    const store = await open(place)
    await store.write(addMeta, { name: 'kept', value: 'v' })
    await store.close()
    const backups = join(place.dataDir, 'backups')
    const version = migrations.at(-1)!.version
    const migrateWith = (...up: string[]) => {
      const track = { meta: 'version', migrations: [...migrations, { version: version + 1, name: 'next', up: () => up }] }
      if (place.url !== undefined) return migratePostgres(place.url, backups, systemClock, track)
      return migrateSqlite(join(place.dataDir, 'offhook.db'), join(place.dataDir, 'notes.db'), backups, systemClock, track)
    }
    await assert.rejects(migrateWith('create table added (n integer)', 'create nonsense'), QueryFailed)
    const same = await open(place)
    assert.equal(await readMeta(same, 'version'), String(version))
    await same.close()

    await migrateWith('create table added (n integer)')
    await assert.rejects(open(place), StoreTooNew)
    const files = readdirSync(backups).toSorted()
    assert.equal(files.length, 2)
    assert.match(files[0]!, new RegExp(`^before-migration-from-${version}-`))
    const other = await newPlace()
    await restoreStore(other, join(backups, files.at(-1)!))
    assert.equal(await readMeta(await open(other), 'kept'), 'v')
  })

  test('a backup taken while writes go on is restored whole, and the log goes on where it was', async () => {
    const place = await newPlace()
    const store = await open(place)
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.write(addMeta, { name: `before${n}`, value: 'v' })))
    const read = await happeningsAfter(store, firstCursor, 40)
    const file = join(place.dataDir, 'taken', 'backup')
    const during = Promise.all(Array.from({ length: 50 }, (_, n) => store.write(addMeta, { name: `during${n}`, value: 'v' })))
    await backupStore(place, file)
    await during
    await assert.rejects(backupStore(place, file), BackupRefused)

    const other = await newPlace()
    await restoreStore(other, file)
    const restored = await open(other)
    for (let n = 0; n < 50; n += 1) assert.equal(await readMeta(restored, `before${n}`), 'v')
    const all = await happeningsAfter(restored, firstCursor, 1000)
    assert.equal(await counted(restored, 1, 'meta'), all.rows.length)
    // A cursor of before the backup still stands where it stood.
    assert.equal((await happeningsAfter(restored, read.cursor, 1000)).rows.length, all.rows.length - 40)
    await restored.write(addMeta, { name: 'after', value: 'v' })
    assert.equal((await happeningsAfter(restored, all.cursor, 1000)).rows.length, 1)

    // Only by force over what is there, and not under a running server.
    await assert.rejects(restoreStore(other, file), BackupRefused)
    if (engine === 'sqlite') await assert.rejects(restoreStore(other, file, { force: true }), /in use/)
    await restored.close()
    await restoreStore(other, file, { force: true })
    const again = await open(other)
    assert.equal(await readMeta(again, 'after'), undefined)
    assert.equal(await readMeta(again, 'before7'), 'v')
  })

  test('a backup of a newer program, or what is none, is refused and touches nothing', async () => {
    const place = await newPlace()
    const store = await open(place)
    await store.write(setMeta, { name: 'version', value: '99' })
    const file = join(place.dataDir, 'newer')
    await backupStore(place, file)
    const other = await newPlace()
    await assert.rejects(restoreStore(other, file), StoreTooNew)
    await assert.rejects(restoreStore(other, child), BackupRefused)
    await assert.rejects(restoreStore(other, join(place.dataDir, 'nothing')), BackupRefused)
    assert.equal(await readMeta(await open(other), 'probe'), undefined)
  })

  test('a missing table is a failed query, and the store goes on', async () => {
    const place = await newPlace()
    const store = await open(place)
    await store.write(addMeta, { name: 'a', value: 'v' })
    await tables(place, 'alter table counters rename to counters_away')
    await assert.rejects(async () => await counted(store, 1, 'meta'), QueryFailed)
    await assert.rejects(store.write(addMeta, { name: 'b', value: 'v' }), QueryFailed)
    await store.probe()
    await tables(place, 'alter table counters_away rename to counters')
    await store.write(addMeta, { name: 'b', value: 'v' })
    assert.equal(await counted(store, 1, 'meta'), 2)
  })
})

const isUnavailable = (kind: string) => (error: unknown) => error instanceof StoreUnavailable && error.kind === kind

onBothEngines('storage', ({ engine, newPlace, open }) => {
  const skip = engine === 'postgres' && "the file is the server's"

  test('a database file that is gone is storage unavailable until it is back', { skip }, async () => {
    const place = await newPlace()
    const store = await open(place)
    await store.write(addMeta, { name: 'a', value: 'v' })
    const path = join(place.dataDir, 'offhook.db')
    renameSync(path, `${path}.away`)
    await assert.rejects(store.write(addMeta, { name: 'b', value: 'v' }), isUnavailable('storage'))
    await assert.rejects(store.probe(), isUnavailable('storage'))
    renameSync(`${path}.away`, path)
    await store.write(addMeta, { name: 'b', value: 'v' })
    assert.equal(await counted(store, 1, 'meta'), 2)
  })

  test('a full disk refuses every write of the group and loses none made before', { skip }, async () => {
    const store = await open()
    await store.write(addMeta, { name: 'a', value: 'v' })
    await store.write(fillDisk, { full: true })
    const value = 'x'.repeat(100_000)
    const settled = await Promise.allSettled(['b', 'c', 'd'].map((name) => store.write(addMeta, { name, value })))
    for (const one of settled) assert.ok(one.status === 'rejected' && isUnavailable('storage')(one.reason))
    assert.equal(await counted(store, 1, 'meta'), 1)
    await store.write(fillDisk, { full: false })
    await store.write(addMeta, { name: 'b', value })
    assert.equal(await counted(store, 1, 'meta'), 2)
  })

  test('a data directory that cannot be made is storage unavailable', { skip }, async () => {
    const file = join((await newPlace()).dataDir, 'file')
    await backupStore({ dataDir: (await openAndClose(open, newPlace)).dataDir }, file)
    await assert.rejects(open({ dataDir: join(file, 'below') }), isUnavailable('storage'))
  })
})

async function openAndClose(
  open: (place: StorePlace) => Promise<Store>,
  newPlace: () => Promise<StorePlace>,
): Promise<StorePlace> {
  const place = await newPlace()
  await (await open(place)).close()
  return place
}

describe('PostgreSQL away and several nodes', () => {
  const stores: Store[] = []
  after(() => Promise.all(stores.map((store) => store.close())))
  const openAt = async (url: string): Promise<Store> => {
    const store = await openStore({ url, dataDir: '.', clock: systemClock, writesModule: testWritesModule })
    stores.push(store)
    return store
  }

  test('a stopped server is database unreachable for reads and writes; when it is back so are they', async () => {
    const cluster = await startCluster()
    try {
      const store = await openAt(await cluster.newDatabase())
      await store.write(addMeta, { name: 'a', value: 'v' })
      const anything = new Promise((resolve) => store.onChange((nouns) => nouns.has('*') && resolve(true)))
      await cluster.halt()
      await assert.rejects(store.write(addMeta, { name: 'b', value: 'v' }), isUnavailable('database'))
      await assert.rejects(async () => await readMeta(store, 'a'), isUnavailable('database'))
      await assert.rejects(store.probe(), isUnavailable('database'))
      await assert.rejects(openAt(cluster.url), isUnavailable('database'))
      await cluster.resume()
      await store.write(addMeta, { name: 'b', value: 'v' })
      assert.equal(await counted(store, 1, 'meta'), 2)
      // The listening connection comes back too, and says that news may have been missed.
      await systemClock.sleep(0)
      assert.equal(await anything, true)
      await store.close()
    } finally {
      await cluster.stop()
    }
  })

  test('a missing grant is a failed query', async () => {
    const url = await (await sharedCluster()).newDatabase()
    const store = await openAt(url)
    const role = `reader_${process.pid}`
    await tables({ url, dataDir: '' }, `create role ${role} login`, `grant select on all tables in schema public to ${role}`)
    await store.close()
    const asReader = new URL(url)
    asReader.username = role
    const limited = await openAt(asReader.href)
    assert.ok(await readMeta(limited, 'version'))
    await assert.rejects(
      limited.write(addMeta, { name: 'a', value: 'v' }),
      (error) => error instanceof QueryFailed && error.code === '42501',
    )
  })

  test('a commit of one node is heard by the other, and told to itself once', async () => {
    const url = await (await sharedCluster()).newDatabase()
    const [one, other] = [await openAt(url), await openAt(url)]
    const told: string[] = []
    one.onChange((nouns) => told.push(...nouns))
    const heard = new Promise<string[]>((resolve) => other.onChange((nouns) => resolve([...nouns])))
    await one.write(addMeta, { name: 'a', value: 'v' })
    assert.deepEqual(await heard, ['meta created'])
    await other.write(setMeta, { name: 'quiet', value: 'v' })
    assert.deepEqual(told, ['meta created'])
  })
})
