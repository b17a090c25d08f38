// A backlog: messages queued while the carrier is dead, then drained. It must not slow down towards its end, nor fill the memory.
//
//   node bench/messaging-backlog.ts [messages 1000000]
//
// They come in batches over HTTP, without receipts, each batch durable before its answer. A tenth is the measure: the rate of the last
// tenth by that of the first.

import { openMessagePlace, startFakeSmsc } from './message-place.ts'
import { cpuMs, peakMb, residentMb } from './servers.ts'

const messages = Number(process.argv[2] ?? 1_000_000)
const perBatch = 1_000
const batchesAtOnce = 2
const lookEveryMs = 50
const [mostMb, leastShare] = [400, 0.9]

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const smsc = await startFakeSmsc()
const { offhook, from } = await openMessagePlace(smsc.port)
const { pid } = offhook
await smsc.down()

const text = 'The quick brown fox jumps over the lazy dog, twice in a row.'
let next = 0
async function queue(): Promise<void> {
  while (next < messages) {
    const first = next
    next += perBatch
    const many = Math.min(perBatch, messages - first)
    const batch = Array.from({ length: many }, (_, n) => ({
      from,
      to: `+4479${String(first + n).padStart(8, '0')}`,
      text,
      report: 'none',
    }))
    const { batch: told } = await offhook.ask('POST', '/message-batches', { messages: batch })
    if (told.accepted !== many) throw new Error(`${told.accepted} of ${many} were accepted`)
  }
}

const startMs = Date.now()
const memory = setInterval(() => console.log(`  ${residentMb(pid).toFixed(0)} MB, ${next} queued`), 15_000)
await Promise.all(Array.from({ length: batchesAtOnce }, queue))
clearInterval(memory)
const queuedS = (Date.now() - startMs) / 1000
console.log(
  `${messages} queued in ${queuedS.toFixed(0)} s, ${residentMb(pid).toFixed(0)} MB, at most ${peakMb(pid).toFixed(0)} MB`,
)

const tenth = messages / 10
const cpuBefore = cpuMs(pid)
await smsc.reset()
await smsc.up()
/** When so many tenths had gone, ms. */
const at: number[] = []
let cpuSoFar = cpuBefore
for (let sent = 0; sent < messages; await pause(lookEveryMs)) {
  sent = (await smsc.counters()).accepted
  if (at.length === 0 && sent > 0) at.push((await smsc.counters()).firstSubmitAtMs)
  while (at.length > 0 && at.length <= 10 && sent >= at.length * tenth) {
    at.push(Date.now())
    const tookS = (at.at(-1)! - at.at(-2)!) / 1000
    const cpuUs = ((cpuMs(pid) - cpuSoFar) * 1000) / tenth
    cpuSoFar = cpuMs(pid)
    console.log(
      `  tenth ${at.length - 1}: ${(tenth / tookS).toFixed(0)}/s, ${cpuUs.toFixed(0)} us of processor time each, ${residentMb(pid).toFixed(0)} MB`,
    )
  }
}
const rate = (n: number): number => (tenth * 1000) / (at[n]! - at[n - 1]!)
const share = rate(10) / rate(1)
const cpuUs = ((cpuMs(pid) - cpuBefore) * 1000) / messages
console.log(
  `drained: the first tenth at ${rate(1).toFixed(0)}/s, the last at ${rate(10).toFixed(0)}/s, ${(share * 100).toFixed(0)} % of it ${share >= leastShare ? '' : 'MISSED'}`,
)
console.log(
  `${cpuUs.toFixed(0)} us of processor time a message; at most ${peakMb(pid).toFixed(0)} MB ${peakMb(pid) < mostMb ? '' : 'MISSED'}`,
)
const { accepted } = await smsc.counters()
if (accepted !== messages) console.log(`the SMSC took ${accepted} of ${messages} MISSED`)
await offhook.stop()
smsc.stop()
