// The time of one keyset page with 10 thousand and with 10 million rows in the table: the newest page, and pages from
// anywhere in the list. The rows are made by SQL, spread over 20 accounts, and read through the store as a list route does.
//
//   node bench/paging.ts                                    SQLite
//   OFFHOOK_DATABASE=postgres://... node bench/paging.ts    PostgreSQL, in an empty database
//
// A smaller table for trying it out: node bench/paging.ts 1000000

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { listApplications } from '#store/applications.ts'
import { openStore } from '#store/open-store.ts'
import type { Store } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'

const url = process.env['OFFHOOK_DATABASE']
const many = Number(process.argv[2] ?? 10_000_000)
const few = 10_000
const accounts = 20
const pageRows = 50
const dataDir = mkdtempSync(join(tmpdir(), 'offhook-bench-'))

const columns = `(id, account_id, name, kind, detail, created_ms, updated_ms, version)`
const values = `i, 1 + i % ${accounts}, 'application ' || i, 'voice', '{"voiceUrl":"https://example.com/voice"}', 1, 1, 1`

/** Adds the rows with ids `from` to `to`, both included. */
async function addRows(from: number, to: number): Promise<void> {
  if (url === undefined) {
    const db = new DatabaseSync(join(dataDir, 'offhook.db'))
    db.exec(`pragma synchronous = off; pragma cache_size = -400000;
      insert into applications ${columns}
      with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to}) select ${values} from n;
      pragma wal_checkpoint(truncate)`)
    db.close()
    return
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`insert into applications ${columns} select ${values} from generate_series(${from}, ${to}) as n(i)`)
  await client.query('vacuum analyze applications')
  await client.end()
}

/** The median of the time of one page in ms, of the newest page and of pages spread over the whole list. */
async function measure(store: Store, rows: number): Promise<{ newest: number; anywhere: number }> {
  const timeOf = async (after: number | undefined, n: number): Promise<number> => {
    const startMs = systemClock.elapsedMs()
    const page = await listApplications(store, { scope: 1 + (n % accounts), after, limit: pageRows })
    if (page.length !== pageRows) throw new Error(`a page of ${page.length} rows`)
    return systemClock.elapsedMs() - startMs
  }
  const median = async (afterOf: (n: number) => number | undefined): Promise<number> => {
    const times: number[] = []
    for (let n = 0; n < 3000; n += 1) times.push(await timeOf(afterOf(n), n))
    return times.slice(1000).toSorted((a, b) => a - b)[1000] ?? 0
  }
  const lowest = accounts * pageRows * 2
  return {
    newest: await median(() => undefined),
    // A stride that has no common factor with the list gives pages all over it.
    anywhere: await median((n) => lowest + ((n * 7_919_993) % (rows - lowest))),
  }
}

const store = await openStore({ dataDir, url, clock: systemClock })
try {
  await addRows(1, few)
  const small = await measure(store, few)
  await addRows(few + 1, many)
  const large = await measure(store, many)
  for (const where of ['newest', 'anywhere'] as const) {
    const ratio = (large[where] / small[where]).toFixed(2)
    const [atFew, atMany] = [small[where].toFixed(3), large[where].toFixed(3)]
    console.log(
      `${store.engine}, ${where} page of ${pageRows}: ${atFew} ms at ${few} rows, ${atMany} ms at ${many} rows, ${ratio}x`,
    )
  }
} finally {
  await store.close()
  rmSync(dataDir, { recursive: true })
}
