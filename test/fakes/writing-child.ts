// A program that writes as fast as it can and prints each name once its write is acknowledged, until it is killed.
//   node writing-child.ts <data directory> [database url]

import { openStore } from '#store/open-store.ts'
import { systemClock } from '#values/clock.ts'
import { addMeta } from './store-writes.ts'

const [dataDir = '', url] = process.argv.slice(2)
const writesModule = new URL('./store-writes.ts', import.meta.url).href
const store = await openStore({ dataDir, url, clock: systemClock, writesModule })

async function writeOn(lane: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const name = `row-${lane}-${n}`
    await store.write(addMeta, { name, value: 'x'.repeat(200) })
    process.stdout.write(`${name}\n`)
  }
}
await Promise.all(Array.from({ length: 16 }, (_, lane) => writeOn(lane)))
