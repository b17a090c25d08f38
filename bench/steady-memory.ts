// Whether memory stays flat: resident memory after a warm-up and after a million requests more, at rest each time. Of ten
// requests eight are the cheapest GET, one is a durable create and one a refusal.
//
//   node bench/steady-memory.ts [requests] [warm-up requests]

import { systemClock } from '#values/clock.ts'
import { openDoors } from './doors.ts'
import { load, requireWrk } from './load.ts'
import { residentMb, startOffhook } from './servers.ts'

const [requests = 1_000_000, warmUp = 300_000] = process.argv.slice(2, 4).map(Number)
const restMs = 5000
const mostGrowth = 5

requireWrk()
const server = await startOffhook()
try {
  const door = (await openDoors(server)).find(({ name }) => name === 'api')!
  const mix = [...Array.from({ length: 8 }, () => door.get), door.create, door.refused]
  const send = async (wanted: number): Promise<number> => {
    let sent = 0
    while (sent < wanted) sent += (await load(server.url, mix, 5)).requests
    await systemClock.sleep(restMs)
    return sent
  }
  const warm = await send(warmUp)
  const before = residentMb(server.pid)
  const sent = await send(requests)
  const after = residentMb(server.pid)
  const growth = (after / before - 1) * 100
  console.log(
    `${before.toFixed(0)} MB after ${warm} requests, ${after.toFixed(0)} MB after ${sent} more: ${growth.toFixed(1)} % (less than ${mostGrowth} %) ${growth < mostGrowth ? '' : 'MISSED'}`,
  )
} finally {
  await server.stop()
}
