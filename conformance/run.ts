// Runs every scenario against a freshly started server, or against any with --url and --credentials. Prints what is proven
// of each system and writes report.json, from which the codes' pages take their examples.
//
//   node conformance/run.ts [--only aculab/0001,toku] [--url http://... --credentials file] [--report file] [--keep] [--engine postgres]
//
// With --keep the exchanges become the checked-in examples and what is proven may not become unproven from then on.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadScenarios, play, playOnOwnServer, readCodes, systems, type CodeRow, type Outcome } from './play.ts'
import { startServer, type RunningServer } from './server.ts'
import { waiting } from './waiting.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const ownServersAtOnce = 2

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    url: { type: 'string' },
    credentials: { type: 'string' },
    /** With --url: the UDP port where that server takes SIP; 5060 unless told. */
    sip: { type: 'string' },
    report: { type: 'string', default: join(here, 'report.json') },
    keep: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'sqlite' },
  },
})

interface Row {
  readonly system: string
  readonly code: string
  readonly proven: boolean
  readonly scenario: string | null
  readonly exchange: string | null
  readonly waitsFor: string | null
}

const exchangesName = options.keep ? 'exchanges' : 'latest'
const exchangesDir = join(here, exchangesName)
const provenFile = join(here, 'proven.json')

/** Fills `outcomes` and gives the codes that the server under test publishes. */
async function runAll(outcomes: Outcome[]): Promise<CodeRow[]> {
  const all = await loadScenarios(options.only?.split(','))
  const shared = all.filter(({ scenario }) => scenario.server === undefined)
  if (options.url !== undefined) {
    const credentials = JSON.parse(readFileSync(options.credentials ?? 'credentials.json', 'utf8'))
    const sip = { host: new URL(options.url).hostname, port: Number(options.sip ?? 5060) }
    const server = { baseUrl: options.url, sip, credentials, operator: nobody, ca: undefined, lines: () => '' }
    for (const one of shared) outcomes.push(await play(one, server, exchangesDir))
    return await readCodes(options.url)
  }
  if (options.only === undefined) rmSync(exchangesDir, { recursive: true, force: true })
  const server = await startServer({ engine: options.engine === 'postgres' ? 'postgres' : 'sqlite' })
  await raiseLimits(server)
  for (const one of shared) outcomes.push(await play(one, server, exchangesDir))
  const codes = await readCodes(server.baseUrl)
  await server.stop()
  const own = all.filter(({ scenario }) => scenario.server !== undefined)
  const workers = Array.from({ length: ownServersAtOnce }, async () => {
    for (let one = own.shift(); one; one = own.shift()) outcomes.push(await playOnOwnServer(one, exchangesDir))
  })
  await Promise.all(workers)
  return codes
}

/** Scenarios that share a server come one upon another; those about rates have servers of their own. */
async function raiseLimits({ baseUrl, credentials }: RunningServer): Promise<void> {
  const ask = (path: string, key: string, init: RequestInit = {}) =>
    fetch(`${baseUrl}/v1${path}`, { ...init, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } })
  const { accountId } = (await (await ask('/whoami', credentials.api.key)).json()) as { accountId: string }
  const body = JSON.stringify({ settings: { limits: { keyPerSecond: 100_000, accountPerSecond: 100_000 } } })
  const answer = await ask(`/accounts/${accountId}`, credentials.operator.key, { method: 'PATCH', body })
  if (!answer.ok) throw new Error(`the limits could not be raised: ${await answer.text()}`)
}

const nobody = new Proxy({} as RunningServer['operator'], {
  get() {
    throw new Error('only a server of its own can be operated')
  },
})

function rowsFrom(codes: readonly CodeRow[], outcomes: readonly Outcome[]): Row[] {
  return codes.map(({ system, code }): Row => {
    const outcome = outcomes.find((one) => one.scenario.system === system && one.scenario.code === code)
    const proven = outcome !== undefined && outcome.fault === undefined
    return {
      system,
      code,
      proven,
      scenario: outcome?.file ?? null,
      exchange: proven ? `${exchangesName}/${system}/${code}.json` : null,
      waitsFor: proven ? null : (waiting.find((one) => one.system === system && one.code === code)?.waitsFor ?? null),
    }
  })
}

const outcomes: Outcome[] = []
const codes = await runAll(outcomes)
const rows = rowsFrom(codes, outcomes)
/** Codes of a capability that is built. */
const due = new Set(codes.filter((row) => row.capability === 'foundation').map((row) => `${row.system}/${row.code}`))
const failed = outcomes.filter((outcome) => outcome.fault !== undefined)
for (const { file, fault } of failed) console.log(`FAILED ${file}\n${fault}\n`)
for (const system of systems) {
  const own = rows.filter((row) => row.system === system)
  console.log(`${system} ${own.filter((row) => row.proven).length} of ${own.length} proven`)
}
console.log(`total ${rows.filter((row) => row.proven).length} of ${rows.length} proven`)
writeFileSync(options.report, `${JSON.stringify(rows, null, 2)}\n`)
const provenNow = rows.filter((row) => row.proven).map((row) => `${row.system}/${row.code}`)
const provenBefore = existsSync(provenFile) ? (JSON.parse(readFileSync(provenFile, 'utf8')) as string[]) : []
const whole = options.only === undefined && options.url === undefined
const lost = whole ? provenBefore.filter((code) => !provenNow.includes(code)) : []
for (const code of lost) console.log(`LOST ${code} was proven before`)
const unnamed = whole
  ? rows.filter((row) => row.scenario === null && row.waitsFor === null && due.has(`${row.system}/${row.code}`))
  : []
for (const { system, code } of unnamed) console.log(`UNNAMED ${system}/${code} has neither a scenario nor a line in waiting.ts`)
if (options.keep && whole && lost.length === 0) writeFileSync(provenFile, `${JSON.stringify(provenNow.toSorted(), null, 2)}\n`)
const bad = failed.length + lost.length + unnamed.length
console.log(`${outcomes.length - failed.length} passed, ${bad} failed`)
process.exitCode = bad > 0 ? 1 : 0
