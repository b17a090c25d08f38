// Kills the program under load, again and again at random instants, and reconciles four logs afterwards: what clients were told,
// what the SMSC wrote down, what the store says, and what webhooks told a sink.
//
//   node test/reconcile/survive.ts [--kills 20] [--seed 1] [--engine sqlite|postgres] [--clients 4]
//
// Ends with 1 when anything was lost, has no end, or was submitted twice without saying so.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startSmscProgram, type SmscProgram, type SubmitLine } from '../fakes/smsc-program.ts'
import { randomFrom } from '../fuzz/random.ts'
import { startCluster } from '../postgres-cluster.ts'
import { spawnProgram } from '../program.ts'
import { readBooks, type Books } from './books.ts'
import { startLoad, type Load } from './load.ts'

export interface SurvivalWanted {
  readonly kills: number
  readonly seed: number
  readonly engine: 'sqlite' | 'postgres'
  readonly clients?: number
  say?(line: string): void
}

export interface Survival {
  /** What was counted, in the order it is told. */
  readonly counts: readonly (readonly [name: string, count: number])[]
  /** What must not be; empty when all is well. */
  readonly faults: readonly string[]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The longest that it is let run. */
const longestLifeMs = 2_500
/** How often it is killed once more before it is ready, and by when. */
const killedAtStart = 0.3
const longestStartMs = 900
/** What has not moved for so long will not. */
const giveUpMs = 30_000

export async function survive({ kills, seed, engine, clients = 4, say = () => {} }: SurvivalWanted): Promise<Survival> {
  const random = randomFrom(seed)
  const undo: (() => unknown)[] = []
  const place = mkdtempSync(join(tmpdir(), 'offhook-survival-'))
  undo.push(() => rmSync(place, { recursive: true, force: true }))
  try {
    const data = join(place, 'data')
    const logFile = join(place, 'smsc.log')
    const cluster = engine === 'postgres' ? await startCluster() : undefined
    if (cluster) undo.push(() => cluster.stop())
    const database = await cluster?.newDatabase()
    // Slow enough that there is always something on the wire, and receipts on their way.
    const smsc = await startSmscProgram({ logFile, keep: 0, behaviour: { slowMs: 4, receipts: { delayMs: 40 } } })
    undo.push(() => smsc.stop())
    const sink = await startSink()
    undo.push(() => sink.stop())

    const settings = {
      OFFHOOK_SMPP: 'off',
      OFFHOOK_LOG: 'error',
      OFFHOOK_DISK_RESERVE: '0',
      ...(database !== undefined && { OFFHOOK_DATABASE: database }),
    }
    let running = spawnProgram(data, settings)
    undo.push(() => running.kill('SIGKILL'))
    const url = await ready(running)
    const prepared = await prepare(url, data, smsc.port)
    const load = startLoad({ url: () => url, ...prepared, callbackUrl: sink.url, clients })
    undo.push(() => load.stop())

    const again = { ...settings, OFFHOOK_HTTP: new URL(url).host }
    for (let kill = 1; kill <= kills; kill += 1) {
      await pause(random.below(longestLifeMs))
      await kill9(running)
      running = spawnProgram(data, again)
      if (random.chance(killedAtStart)) {
        await pause(random.below(longestStartMs))
        await kill9(running)
        running = spawnProgram(data, again)
      }
      await ready(running)
      say(`kill ${kill}: ${load.accepted.size} accepted so far`)
    }
    await pause(500)
    await load.stop()
    await settled(load, sink, smsc)
    running.kill('SIGTERM')
    await once(running, 'exit')
    const counters = await smsc.counters()
    const lines = readFileSync(logFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SubmitLine)
    return reconcile(load, lines, await readBooks(data, database), sink.ended, counters.receiptsAcknowledged)
  } finally {
    for (const step of undo.toReversed()) await step()
  }
}

async function kill9(program: ChildProcess): Promise<void> {
  const ended = once(program, 'exit')
  program.kill('SIGKILL')
  await ended
}

/** Its address. What it journals until then is told if it ends instead. */
function ready(program: ReturnType<typeof spawnProgram>): Promise<string> {
  let said = ''
  program.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    program.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /ready at (\S+)\n/.exec(said)
      if (found) resolve(found[1]!)
    })
    program.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${said}`)))
  })
}

interface Prepared {
  readonly key: string
  readonly from: string
}

/** A carrier to the SMSC, the only way out, and an account that may send as fast as it can. */
async function prepare(url: string, data: string, smscPort: number): Promise<Prepared> {
  const { api, operator } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const ask = async (key: string, method: string, path: string, body?: object): Promise<any> => {
    const answer = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const limits = { keyPerSecond: 100_000, accountPerSecond: 100_000, queuedPerSender: 10_000_000 }
  const { accountId } = await ask(api.key, 'GET', '/whoami')
  await ask(operator.key, 'PATCH', `/accounts/${accountId}`, { settings: { limits } })
  const credit = { accountId, kind: 'topup', amountMicro: 1_000_000_000_000, currency: 'USD' }
  await ask(operator.key, 'POST', '/credit-transfers', credit)
  for (const { id } of (await ask(operator.key, 'GET', '/routes')).items) await ask(operator.key, 'DELETE', `/routes/${id}`)
  const carrier = await ask(operator.key, 'POST', '/carriers', {
    name: 'sim',
    url: `smpp://offhook:offhook@127.0.0.1:${smscPort}?window=50`,
  })
  await ask(operator.key, 'POST', '/routes', { carrierId: carrier.id })
  const { items } = await ask(api.key, 'POST', '/numbers', { country: 'US', type: 'local' })
  return { key: api.key, from: items[0].number }
}

interface Sink {
  readonly url: string
  /** Recipient to how often the end of its message was told. */
  readonly ended: Map<string, number>
  stop(): void
}

/** A customer's server: it writes down whose end it was told. */
async function startSink(): Promise<Sink> {
  const ended = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const told = JSON.parse((await request.toArray()).join('')) as { data: { to: string; final: boolean } }
    if (told.data.final) ended.set(told.data.to, (ended.get(told.data.to) ?? 0) + 1)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ended,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Waits until every end is told and every receipt is taken, or until nothing has moved for long. */
async function settled(load: Load, sink: Sink, smsc: SmscProgram): Promise<void> {
  let before = ''
  for (let quietMs = 0; quietMs < giveUpMs; quietMs += 200) {
    const { receiptsWaiting, accepted } = await smsc.counters()
    if (sink.ended.size >= load.accepted.size && receiptsWaiting === 0) return
    const now = `${sink.ended.size} ${receiptsWaiting} ${accepted}`
    if (now !== before) quietMs = 0
    before = now
    await pause(200)
  }
}

function reconcile(
  load: Load,
  lines: readonly SubmitLine[],
  books: Books,
  told: ReadonlyMap<string, number>,
  receipts: number,
): Survival {
  const submits = new Map<string, number>()
  for (const { destination, status } of lines) {
    if (status === 0) submits.set(`+${destination}`, (submits.get(`+${destination}`) ?? 0) + 1)
  }
  const faults: string[] = []
  const records = new Map(books.messages.map((one) => [one.to, one]))
  if (records.size !== books.messages.length) faults.push(`${books.messages.length - records.size} messages are kept twice`)
  const lost = [...load.accepted.keys()].filter((to) => !records.has(to))
  const strange = [...records.keys()].filter((to) => !load.accepted.has(to))
  const endless = books.messages.filter(({ isEnded }) => !isEnded)
  const undelivered = books.messages.filter(({ state, isEnded }) => isEnded && state !== 'delivered')
  const unsubmitted = books.messages.filter(({ to, state }) => state === 'delivered' && !submits.has(to))
  const doubled = [...submits].filter(([, count]) => count > 1).map(([to]) => to)
  const hidden = doubled.filter((to) => !records.get(to)?.perhapsTwice)
  const untold = [...records.keys()].filter((to) => !told.has(to))
  const toldOften = [...told.values()].filter((count) => count > 1).length
  const check = (name: string, wrong: readonly unknown[]): void => {
    if (wrong.length > 0) faults.push(`${wrong.length} ${name}, such as ${JSON.stringify(wrong[0])}`)
  }
  check('accepted and lost', lost)
  check('kept and never accepted', strange)
  check('without an end', endless)
  check('ended otherwise than delivered', undelivered)
  check('delivered and not submitted', unsubmitted)
  check('submitted twice without perhapsTwice', hidden)
  check('whose end no webhook told', untold)
  check('requests refused', [...load.refused.keys()])
  if (books.queued !== 0) faults.push(`senders are said to have ${books.queued} queued`)
  if (books.heldMicro !== 0) faults.push(`${books.heldMicro} of credit is still held`)
  if (books.chargedMicro !== books.pricesMicro)
    faults.push(`${books.chargedMicro} was charged for what costs ${books.pricesMicro}`)
  const accepted = lines.filter(({ status }) => status === 0).length
  if (receipts < accepted) faults.push(`${accepted - receipts} receipts were not acknowledged`)
  const counts = [
    ['accepted, by the log of the clients', load.accepted.size],
    ['requests without an answer, asked again', load.unanswered],
    ['messages in the store', books.messages.length],
    ['  delivered', books.messages.filter(({ state }) => state === 'delivered').length],
    ['  another end', undelivered.length],
    ['  no end', endless.length],
    ['  perhapsTwice', books.messages.filter(({ perhapsTwice }) => perhapsTwice).length],
    ['submits taken, by the log of the SMSC', accepted],
    ['  messages submitted twice', doubled.length],
    ['  of these not perhapsTwice', hidden.length],
    ['receipts acknowledged, by the SMSC', receipts],
    ['  parked: of submits that the store never heard of', books.parked],
    ['ids of the network that lead to a message', books.segments],
    ['ends told to the webhook, by its log', told.size],
    ['  told more than once', toldOften],
    ['lost', lost.length],
    ['queued, by the counters of senders', books.queued],
    ['credit held, micro', books.heldMicro],
    ['charged, micro', books.chargedMicro],
    ['price of what was sent, micro', books.pricesMicro],
  ] as const
  return { counts, faults }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'sqlite' },
      clients: { type: 'string', default: '4' },
    },
  })
  const engine = values.engine === 'postgres' ? 'postgres' : 'sqlite'
  const wanted = { kills: Number(values.kills), seed: Number(values.seed), engine, clients: Number(values.clients) } as const
  const { counts, faults } = await survive({ ...wanted, say: console.log })
  console.log(`\n${wanted.kills} kills, seed ${wanted.seed}, ${engine}`)
  for (const [name, count] of counts) console.log(`${name.padEnd(52)} ${String(count).padStart(14)}`)
  for (const fault of faults) console.log(`FAULT: ${fault}`)
  if (faults.length === 0) console.log('nothing lost, nothing without an end, nothing submitted twice unsaid')
  process.exitCode = faults.length === 0 ? 0 : 1
}
