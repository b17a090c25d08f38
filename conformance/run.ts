// Runs every scenario against a freshly started server, or against any with --url and --credentials. Prints what is proven
// of each system and writes report.json, from which the codes' pages take their examples.
//
//   node conformance/run.ts [--only aculab/0001,toku] [--url http://... --credentials file] [--report file] [--keep]
//
// With --keep the exchanges become the checked-in examples and what is proven may not become unproven from then on.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.ts'
import { startServer, type RunningServer } from './server.ts'
import { waiting } from './waiting.ts'
import { openWorld } from './world.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const systems = ['restcomm', 'toku', '8x8', 'aculab', 'ringcentral'] as const
const ownServersAtOnce = 2

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    url: { type: 'string' },
    credentials: { type: 'string' },
    report: { type: 'string', default: join(here, 'report.json') },
    keep: { type: 'boolean', default: false },
  },
})

interface Outcome {
  readonly scenario: Scenario
  readonly file: string
  readonly fault?: string
}

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

async function loadScenarios(): Promise<{ scenario: Scenario; file: string }[]> {
  const found: { scenario: Scenario; file: string }[] = []
  for (const system of systems) {
    const dir = join(here, system)
    for (const name of readdirSync(dir, { withFileTypes: true })) {
      if (!name.isFile() || !/^[\w-]+\.ts$/.test(name.name)) continue
      const module = (await import(join(dir, name.name))) as { scenario?: Scenario }
      if (module.scenario) found.push({ scenario: module.scenario, file: `${system}/${name.name}` })
    }
  }
  const wanted = options.only?.split(',')
  return wanted ? found.filter(({ scenario }) => wanted.includes(scenario.system) || wanted.includes(`${scenario.system}/${scenario.code}`)) : found
}

async function runOne(one: { scenario: Scenario; file: string }, server: Pick<RunningServer, 'baseUrl' | 'credentials' | 'operator' | 'ca' | 'lines'>): Promise<Outcome> {
  const world = openWorld(server)
  try {
    await one.scenario.run(world)
    const exchange = world.exchange()
    if (!exchange) throw new Error('the scenario kept no exchange')
    const path = join(exchangesDir, one.scenario.system, `${one.scenario.code}.json`)
    const { system, code, title } = one.scenario
    mkdirSync(join(exchangesDir, system), { recursive: true })
    writeFileSync(path, `${JSON.stringify({ system, code, title, ...exchange }, null, 2)}\n`)
    return one
  } catch (error) {
    const last = world.exchange()
    const seen = last ? `\n--- asked\n${last.request}\n--- answered\n${last.response}` : ''
    return { ...one, fault: `${(error as Error).stack ?? String(error)}${seen}\n--- the server said\n${server.lines()}` }
  } finally {
    await world.close()
  }
}

async function runWithOwnServer(one: { scenario: Scenario; file: string }): Promise<Outcome> {
  let server: RunningServer | undefined
  try {
    server = await startServer(one.scenario.server)
    return await runOne(one, server)
  } catch (error) {
    return { ...one, fault: (error as Error).stack ?? String(error) }
  } finally {
    await server?.stop()
  }
}

async function runAll(): Promise<Outcome[]> {
  const all = await loadScenarios()
  const outcomes: Outcome[] = []
  const shared = all.filter(({ scenario }) => scenario.server === undefined)
  if (options.url !== undefined) {
    const credentials = JSON.parse(readFileSync(options.credentials ?? 'credentials.json', 'utf8'))
    const operator = new Proxy({} as RunningServer['operator'], {
      get() {
        throw new Error('only a server of its own can be operated')
      },
    })
    for (const one of shared) outcomes.push(await runOne(one, { baseUrl: options.url, credentials, operator, ca: undefined, lines: () => '' }))
    return outcomes
  }
  if (options.only === undefined) rmSync(exchangesDir, { recursive: true, force: true })
  const server = shared.length > 0 ? await startServer() : undefined
  for (const one of shared) outcomes.push(await runOne(one, server!))
  await server?.stop()
  const waitingOnes = all.filter(({ scenario }) => scenario.server !== undefined)
  const workers = Array.from({ length: ownServersAtOnce }, async () => {
    for (let one = waitingOnes.shift(); one; one = waitingOnes.shift()) outcomes.push(await runWithOwnServer(one))
  })
  await Promise.all(workers)
  return outcomes
}

/** Every code of a system, from the dictionaries' own list of released codes. */
function codesOf(system: string): string[] {
  const released = JSON.parse(readFileSync(new URL('../src/reasons/released.json', import.meta.url), 'utf8')) as { codes: Record<string, string[]> }
  return released.codes[system] ?? []
}

function rowsFrom(outcomes: readonly Outcome[]): Row[] {
  return systems.flatMap((system) =>
    codesOf(system).map((code): Row => {
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
    }),
  )
}

/** Whether the capability that the code belongs to is built. */
function dueNow({ system, code }: Row): boolean {
  return (capabilities[`${system}/${code}`] ?? 'foundation') === 'foundation'
}

const capabilities = JSON.parse(readFileSync(join(here, 'capabilities.json'), 'utf8')) as Record<string, string>
const outcomes = await runAll()
const rows = rowsFrom(outcomes)
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
const unnamed = whole ? rows.filter((row) => row.scenario === null && row.waitsFor === null && dueNow(row)) : []
for (const { system, code } of unnamed) console.log(`UNNAMED ${system}/${code} has neither a scenario nor a line in waiting.ts`)
if (options.keep && whole && lost.length === 0) writeFileSync(provenFile, `${JSON.stringify(provenNow.toSorted(), null, 2)}\n`)
const bad = failed.length + lost.length + unnamed.length
console.log(`${outcomes.length - failed.length} passed, ${bad} failed`)
process.exitCode = bad > 0 ? 1 : 0
