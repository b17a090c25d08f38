// Resident memory of a process that was started and asked nothing: the first start of a data directory, and one after it
// has been in use. Linux only, as it reads /proc.
//
//   node bench/idle-memory.ts
//   BENCH_PROGRAM=/elsewhere/node_modules/offhook/bin/offhook.js node bench/idle-memory.ts     an installed package

import { systemClock } from '#values/clock.ts'
import { median } from './load.ts'
import { residentMb, startOffhook } from './servers.ts'

const starts = 3
const restMs = 4000
const leastMb = 120

const figures: number[] = []
for (let start = 0; start < starts; start += 1) {
  const server = await startOffhook()
  await systemClock.sleep(restMs)
  figures.push(residentMb(server.pid))
  await server.stop()
}
const middle = median(figures)
console.log(
  `Idle for ${restMs / 1000} s, ${starts} starts: ${figures.map((one) => one.toFixed(0)).join(', ')} MB; median ${middle.toFixed(0)} MB (under ${leastMb} MB) ${middle < leastMb ? '' : 'MISSED'}`,
)
