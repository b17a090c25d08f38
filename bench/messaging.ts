// HTTP in, SMPP out, against Kannel: the same fake SMSC, the same load, in turns in one run; nothing pinned, all share the machine.
//
//   node bench/messaging.ts [rounds 5] [seconds 8] [--receipts] [--only offhook]
//
// A message counts when the SMSC has answered its submit_sm (with --receipts: when its receipt's callback has arrived too).
// Ours is durable (synchronous FULL) before its HTTP answer, with authentication, credit and opt-out on.

import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireKannel, startKannel, type KannelStore } from './kannel.ts'
import { requireWrk } from './load.ts'
import { firstLine, openMessagePlace, settled, startFakeSmsc, type FakeSmsc } from './message-place.ts'
import { cpuMs, residentMb } from './servers.ts'

const args = process.argv.slice(2)
const flags = new Set(args.filter((one) => one.startsWith('--')))
const numbers = args.filter((one) => /^\d+$/.test(one)).map(Number)
const [rounds = 5, seconds = 8] = numbers
const receipts = flags.has('--receipts')
const warmSeconds = 4
const only = args[args.indexOf('--only') + 1]

/** Counts callbacks; a process of its own, as a customer's server is. */
async function startCallbacks(): Promise<{ url: string; count(): Promise<number>; stop(): void }> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'callbacks'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await firstLine(child)
  return { url, count: async () => Number(await (await fetch(`${url}/count`)).text()), stop: () => void child.kill('SIGTERM') }
}

interface Load {
  readonly url: string
  /** Recipients are counted up from here. */
  script(first: number): string
}

/** wrk as the published baseline was taken with: one thread, ten connections. */
async function load({ url, script }: Load, forSeconds: number, first: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-load-'))
  const path = join(folder, 'load.lua')
  writeFileSync(path, script(first))
  const child = spawn('wrk', ['-t1', '-c10', `-d${forSeconds}`, '-s', path, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await new Promise((resolve) => child.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
  const wrong = /Non-2xx or 3xx responses: (\d+)/.exec(told)
  if (wrong) throw new Error(`not all were accepted: ${wrong[0]}`)
}

interface Result {
  readonly perSecond: number
  /** Processor time of a message, all threads of the process. */
  readonly cpuUs: number
  readonly callbacks: number
}

/** After a moment of the same load that does not count: who has just started is not yet what it will be. */
async function measure(smsc: FakeSmsc, target: Load, callbacks?: () => Promise<number>, pid?: number): Promise<Result> {
  await load(target, warmSeconds, 50_000_000)
  await settled(async () => (await smsc.counters()).accepted + ((await callbacks?.()) ?? 0), 1000)
  await smsc.reset()
  const cpuBefore = pid === undefined ? 0 : cpuMs(pid)
  const cpuUs = (messages: number): number => (pid === undefined ? 0 : ((cpuMs(pid) - cpuBefore) * 1000) / messages)
  const before = callbacks ? await callbacks() : 0
  const startMs = Date.now()
  await load(target, seconds, 0)
  const accepted = await settled(async () => (await smsc.counters()).accepted)
  const { firstSubmitAtMs, lastSubmitAtMs } = await smsc.counters()
  const perSecond = (accepted * 1000) / (lastSubmitAtMs - firstSubmitAtMs)
  if (!callbacks) return { perSecond, cpuUs: cpuUs(accepted), callbacks: 0 }
  let doneMs = Date.now()
  let last = -1
  for (;;) {
    const now = await callbacks()
    if (now !== last) {
      last = now
      doneMs = Date.now()
    } else if (Date.now() - doneMs > 2000) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { perSecond: (accepted * 1000) / (doneMs - startMs), cpuUs: cpuUs(accepted), callbacks: last - before }
}

const text = 'The quick brown fox jumps over the lazy dog, twice in a row.'

/** Mask 11: told when the SMSC took it and how it ended (1 delivered, 2 not, 8 taken), as ours tells. */
function kannelLoad(url: string, callbackUrl: string): Load {
  const dlr = receipts ? `&dlr-mask=11&dlr-url=${encodeURIComponent(`${callbackUrl}/dlr?d=%d`)}` : '&dlr-mask=0'
  const plain = encodeURIComponent(text).replaceAll('%20', '+')
  return {
    url,
    script: (from) =>
      `local n = ${from}
request = function()
  n = n + 1
  return wrk.format('GET', '/cgi-bin/sendsms?username=u&password=p&from=15551234567&to=4479' .. string.format('%08d', n) .. '&text=${plain}${dlr.replaceAll('%', '%%')}')
end
`.replaceAll('%%', '%'),
  }
}

function offhookLoad(url: string, key: string, from: string, callbackUrl: string): Load {
  const callback = receipts ? `,"callback":{"url":"${callbackUrl}/dlr"}` : ',"report":"none"'
  return {
    url,
    script: (first) => `local n = ${first}
local headers = { ['authorization'] = 'Bearer ${key}', ['content-type'] = 'application/json' }
request = function()
  n = n + 1
  return wrk.format('POST', '/v1/messages', headers, '{"from":"${from}","to":"+4479' .. string.format('%08d', n) .. '","text":"${text}"${callback}}')
end
`,
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

async function main(): Promise<void> {
  requireWrk()
  requireKannel()
  const smsc = await startFakeSmsc()
  const callbacks = receipts ? await startCallbacks() : undefined
  const stores: KannelStore[] = only === 'offhook' ? [] : receipts ? ['spool'] : ['spool', 'file']
  const figures = new Map<string, number[]>()
  const told = (name: string, { perSecond, callbacks: n }: Result) => {
    figures.set(name, [...(figures.get(name) ?? []), perSecond])
    console.log(`  ${name.padEnd(14)} ${perSecond.toFixed(0).padStart(6)}/s${receipts ? `  ${n} callbacks` : ''}`)
  }
  for (let round = 1; round <= rounds; round += 1) {
    console.log(`round ${round}`)
    for (const store of stores) {
      const kannel = await startKannel(smsc.port, store)
      told(`kannel ${store}`, await measure(smsc, kannelLoad(kannel.url, callbacks?.url ?? ''), callbacks?.count))
      await kannel.stop()
    }
    const { offhook, key, from } = await openMessagePlace(smsc.port)
    const target = offhookLoad(offhook.url, key, from, callbacks?.url ?? '')
    const result = await measure(smsc, target, callbacks?.count, offhook.pid)
    told('offhook', result)
    console.log(
      `  ${result.cpuUs.toFixed(0)} us of processor time a message, ${residentMb(offhook.pid).toFixed(0)} MB afterwards`,
    )
    await offhook.stop()
  }
  const ours = median(figures.get('offhook') ?? [])
  for (const [name, values] of figures) {
    const share = name === 'offhook' ? '' : `   offhook is ${(ours / median(values)).toFixed(2)} times as fast`
    console.log(`${name.padEnd(14)} median ${median(values).toFixed(0)}/s${share}`)
  }
  callbacks?.stop()
  smsc.stop()
}

if (args[0] === 'callbacks') {
  let n = 0
  const server = createServer((request, response) => {
    if (request.url === '/count') response.end(String(n))
    else {
      n += 1
      request.resume()
      response.end()
    }
  })
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
} else await main()
