// HTTP in, SMPP out, against Kannel: the same fake SMSC, the same load, in turns in one run; nothing pinned, all share the machine.
//
//   node bench/messaging.ts [rounds 5] [seconds 8] [--receipts] [--only offhook]
//
// A message counts when the SMSC has answered its submit_sm (with --receipts: when its receipt's callback has arrived too).
// Ours is durable (synchronous FULL) before its HTTP answer, with authentication, credit and opt-out on.

import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireKannel, startKannel, type KannelStore } from './kannel.ts'
import { requireWrk } from './load.ts'
import { startOffhook, residentMb } from './servers.ts'

const args = process.argv.slice(2)
const flags = new Set(args.filter((one) => one.startsWith('--')))
const numbers = args.filter((one) => /^\d+$/.test(one)).map(Number)
const [rounds = 5, seconds = 8] = numbers
const receipts = flags.has('--receipts')
const only = args[args.indexOf('--only') + 1]

interface Counters {
  readonly accepted: number
  readonly receiptsAcknowledged: number
  readonly firstSubmitAtMs: number
  readonly lastSubmitAtMs: number
}

interface FakeSmsc {
  readonly port: number
  counters(): Promise<Counters>
  reset(): Promise<void>
  stop(): void
}

async function startFakeSmsc(): Promise<FakeSmsc> {
  const path = fileURLToPath(new URL('../test/fakes/smsc.ts', import.meta.url))
  const child = spawn(process.execPath, [path, '--keep', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { port, control } = JSON.parse(await firstLine(child)) as { port: number; control: number }
  const ask = async (method: string, path: string): Promise<any> => {
    const answer = await fetch(`http://127.0.0.1:${control}${path}`, { method, ...(method !== 'GET' && { body: '{}' }) })
    return await answer.json()
  }
  return {
    port,
    counters: async () => (await ask('GET', '/state')).counters,
    reset: async () => void (await ask('POST', '/reset')),
    stop: () => void child.kill('SIGTERM'),
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.split('\n')[0]!)
    })
  })
}

/** Counts callbacks; a process of its own, as a customer's server is. */
async function startCallbacks(): Promise<{ url: string; count(): Promise<number>; stop(): void }> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'callbacks'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await firstLine(child)
  return { url, count: async () => Number(await (await fetch(`${url}/count`)).text()), stop: () => void child.kill('SIGTERM') }
}

interface Load {
  readonly url: string
  readonly script: string
}

/** wrk as the published baseline was taken with: one thread, ten connections. */
async function load({ url, script }: Load): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-load-'))
  const path = join(folder, 'load.lua')
  writeFileSync(path, script)
  const child = spawn('wrk', ['-t1', '-c10', `-d${seconds}`, '-s', path, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await new Promise((resolve) => child.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
  const wrong = /Non-2xx or 3xx responses: (\d+)/.exec(told)
  if (wrong) console.error(`  ${wrong[0]}`)
}

async function settled(count: () => Promise<number>): Promise<number> {
  for (let before = -1; ;) {
    const now = await count()
    if (now === before) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, 400))
  }
}

interface Result {
  readonly perSecond: number
  readonly callbacks: number
}

async function measure(smsc: FakeSmsc, target: Load, callbacks?: () => Promise<number>): Promise<Result> {
  await smsc.reset()
  const before = callbacks ? await callbacks() : 0
  const startMs = Date.now()
  await load(target)
  const accepted = await settled(async () => (await smsc.counters()).accepted)
  const { firstSubmitAtMs, lastSubmitAtMs } = await smsc.counters()
  if (!callbacks) return { perSecond: (accepted * 1000) / (lastSubmitAtMs - firstSubmitAtMs), callbacks: 0 }
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
  return { perSecond: (accepted * 1000) / (doneMs - startMs), callbacks: last - before }
}

const text = 'The quick brown fox jumps over the lazy dog, twice in a row.'

function kannelLoad(url: string, callbackUrl: string): Load {
  const dlr = receipts ? `&dlr-mask=3&dlr-url=${encodeURIComponent(`${callbackUrl}/dlr?d=%d`)}` : '&dlr-mask=0'
  const plain = encodeURIComponent(text).replaceAll('%20', '+')
  return {
    url,
    script: `local n = 0
request = function()
  n = n + 1
  return wrk.format('GET', '/cgi-bin/sendsms?username=u&password=p&from=15551234567&to=4479' .. string.format('%08d', n) .. '&text=${plain}${dlr.replaceAll('%', '%%')}')
end
`.replaceAll('%%', '%'),
  }
}

async function openOffhook(smscPort: number) {
  const offhook = await startOffhook({ OFFHOOK_DISK_RESERVE: '0' })
  const operator = offhook.credentials.operator.key as string
  const key = offhook.credentials.api.key as string
  const limits = { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000, queuedPerSender: 10_000_000 }
  const { account } = await offhook.ask('GET', '/whoami')
  const accountId = account?.id ?? (await offhook.ask('GET', '/whoami')).accountId
  await offhook.ask('PATCH', `/accounts/${accountId}`, { settings: { limits } }, operator)
  await offhook.ask('POST', `/accounts/${accountId}/top-ups`, { amountMicro: 1_000_000_000_000 }, operator).catch(() => undefined)
  const carrier = await offhook.ask(
    'POST',
    '/carriers',
    { name: 'sim', url: `smpp://offhook:offhook@127.0.0.1:${smscPort}?window=50` },
    operator,
  )
  await offhook.ask('POST', '/routes', { carrierId: carrier.id, prefix: '', rank: 1 }, operator)
  const bought = await offhook.ask('POST', '/numbers', { country: 'US', type: 'local' })
  for (let tries = 0; tries < 100; tries += 1) {
    const { state } = await offhook.ask('GET', `/carriers/${carrier.id}`, undefined, operator)
    if (state?.state === 'up' || state === 'up') break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { offhook, key, from: bought.items[0].number as string }
}

function offhookLoad(url: string, key: string, from: string, callbackUrl: string): Load {
  const callback = receipts ? `,"callback":{"url":"${callbackUrl}/dlr"}` : ',"report":"none"'
  return {
    url,
    script: `local n = 0
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
    const { offhook, key, from } = await openOffhook(smsc.port)
    told('offhook', await measure(smsc, offhookLoad(offhook.url, key, from, callbacks?.url ?? ''), callbacks?.count))
    console.log(`  offhook's memory afterwards: ${residentMb(offhook.pid).toFixed(0)} MB`)
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
