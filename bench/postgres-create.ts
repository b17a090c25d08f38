// The native create of throughput.ts on PostgreSQL with synchronous commits, beside the bare peer. The database takes
// whatever core it gets. Reported only: there is no bound.
//
//   node bench/with-postgres.ts bench/postgres-create.ts [rounds] [seconds]

import { openDoors } from './doors.ts'
import { load, median, requireWrk } from './load.ts'
import { startBare, startOffhook } from './servers.ts'

const [rounds = 3, seconds = 3] = process.argv.slice(2, 4).map(Number)

requireWrk()
const server = await startOffhook()
const bare = await startBare('{}')
try {
  const door = (await openDoors(server)).find(({ name }) => name === 'api')!
  await load(server.url, [door.create], seconds)
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    theirs.push((await load(bare.url, [door.create], seconds)).perSecond)
    const measured = await load(server.url, [door.create], seconds)
    if (measured.refused > 0) throw new Error(`${measured.refused} of ${measured.requests} answers were refusals`)
    ours.push(measured.perSecond)
  }
  const [a, b] = [median(ours), median(theirs)]
  console.log(`PostgreSQL, native create: ${a.toFixed(0)} of ${b.toFixed(0)} bare a second: ${((a / b) * 100).toFixed(0)} %`)
} finally {
  await bare.stop()
  await server.stop()
}
