// Whether memory stays flat while messages flow: HTTP in, SMPP out, receipts back, for as many messages as are asked for.
//
//   node bench/messaging-soak.ts [messages 10000000]
//
// Two hours hold some ten million. Resident memory is told each half a minute; the second half of the run is compared with its first.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireWrk } from './load.ts'
import { openMessagePlace, settled, startFakeSmsc } from './message-place.ts'
import { cpuMs, peakMb, residentMb } from './servers.ts'

const messages = Number(process.argv[2] ?? 10_000_000)
const lookEveryMs = Math.min(30_000, Math.max(1_000, messages / 100))
const mostGrowth = 10

requireWrk()
const smsc = await startFakeSmsc()
const { offhook, key, from } = await openMessagePlace(smsc.port)
const { pid } = offhook
const folder = mkdtempSync(join(tmpdir(), 'offhook-soak-'))
const script = join(folder, 'load.lua')
const text = 'The quick brown fox jumps over the lazy dog, twice in a row.'
writeFileSync(
  script,
  `local n = 0
local headers = { ['authorization'] = 'Bearer ${key}', ['content-type'] = 'application/json' }
request = function()
  n = n + 1
  return wrk.format('POST', '/v1/messages', headers, '{"from":"${from}","to":"+4479' .. string.format('%08d', n % 100000000) .. '","text":"${text}"}')
end
`,
)

const startMs = Date.now()
const cpuBefore = cpuMs(pid)
const wrk = spawn('wrk', ['-t1', '-c10', '-d86400', '-s', script, offhook.url], { stdio: ['ignore', 'ignore', 'inherit'] })
const samples: { sent: number; mb: number }[] = []
for (let sent = 0; sent < messages;) {
  await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  sent = (await smsc.counters()).accepted
  const mb = residentMb(pid)
  samples.push({ sent, mb })
  console.log(`  ${((Date.now() - startMs) / 1000).toFixed(0)} s: ${sent} sent, ${mb.toFixed(0)} MB`)
}
wrk.kill('SIGINT')
const sent = await settled(async () => (await smsc.counters()).receiptsAcknowledged, 1_000)
rmSync(folder, { recursive: true })

const mean = (some: readonly { mb: number }[]): number => some.reduce((sum, { mb }) => sum + mb, 0) / some.length
const warm = samples.filter((one) => one.sent > messages / 10)
const half = Math.ceil(warm.length / 2)
const [before, after] = [mean(warm.slice(0, half)), mean(warm.slice(half))]
const growth = (after / before - 1) * 100
const cpuUs = ((cpuMs(pid) - cpuBefore) * 1000) / sent
console.log(
  `${sent} sent and receipted, ${((sent * 1000) / (Date.now() - startMs)).toFixed(0)}/s, ${cpuUs.toFixed(0)} us of processor time each`,
)
console.log(
  `${before.toFixed(0)} MB in the first half after the warm-up, ${after.toFixed(0)} MB in the second: ${growth.toFixed(1)} % (less than ${mostGrowth} %) ${growth < mostGrowth ? '' : 'MISSED'}; at most ${peakMb(pid).toFixed(0)} MB`,
)
await offhook.stop()
smsc.stop()
