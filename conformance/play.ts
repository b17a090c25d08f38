// Plays scenarios: finds them, runs one against a server, keeps its exchange, tells what went wrong.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scenario } from './scenario.ts'
import { startServer, type RunningServer } from './server.ts'
import { openWorld } from './world.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
export const systems = ['restcomm', 'toku', '8x8', 'aculab', 'ringcentral'] as const

export interface Found {
  readonly scenario: Scenario
  /** `aculab/0001.ts` */
  readonly file: string
}

export interface Outcome extends Found {
  /** Why it failed; absent when it passed. */
  readonly fault?: string
}

/** All scenarios, or those of the systems and codes (`aculab/0001`) named. */
export async function loadScenarios(only?: readonly string[]): Promise<Found[]> {
  const found: Found[] = []
  for (const system of systems) {
    for (const entry of readdirSync(join(here, system), { withFileTypes: true })) {
      if (!entry.isFile() || !/^[\w-]+\.ts$/.test(entry.name)) continue
      const module = (await import(join(here, system, entry.name))) as { scenario?: Scenario }
      if (module.scenario) found.push({ scenario: module.scenario, file: `${system}/${entry.name}` })
    }
  }
  if (!only) return found
  return found.filter(({ scenario }) => only.includes(scenario.system) || only.includes(`${scenario.system}/${scenario.code}`))
}

export type PlayedServer = Pick<RunningServer, 'baseUrl' | 'sip' | 'credentials' | 'operator' | 'ca' | 'lines'>

/** Where `keepIn` is given, the exchange of a scenario that passed is written there. */
export async function play(one: Found, server: PlayedServer, keepIn?: string): Promise<Outcome> {
  const world = openWorld(server)
  const { system, code, title } = one.scenario
  try {
    await inTime(one.scenario.run(world))
    const exchange = world.exchange()
    if (!exchange) throw new Error('the scenario kept no exchange')
    if (keepIn !== undefined) {
      mkdirSync(join(keepIn, system), { recursive: true })
      writeFileSync(join(keepIn, system, `${code}.json`), `${JSON.stringify({ system, code, title, ...exchange }, null, 2)}\n`)
    }
    return one
  } catch (error) {
    const last = world.exchange()
    const seen = last ? `\n--- asked\n${last.request}\n--- answered\n${last.response}` : ''
    return { ...one, fault: `${(error as Error).stack ?? String(error)}${seen}\n--- the server said\n${server.lines()}` }
  } finally {
    await world.close()
  }
}

/** The longest take a minute; one that waits for what never comes is to say which it is, and what it asked last. */
const longestMs = 300_000

async function inTime(run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it has not come to its end in ${longestMs / 1000} s`)), longestMs)
  })
  try {
    await Promise.race([run, late])
  } finally {
    clearTimeout(timer)
  }
}

/** With a server for this scenario alone, as it wants it; `env` is added. */
export async function playOnOwnServer(one: Found, keepIn?: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  let server: RunningServer | undefined
  try {
    const wanted = one.scenario.server
    server = await startServer({ ...wanted, env: { ...wanted?.env, ...env } })
    return await play(one, server, keepIn)
  } catch (error) {
    return { ...one, fault: (error as Error).stack ?? String(error) }
  } finally {
    await server?.stop()
  }
}

/** A code as the platform itself publishes it. */
export interface CodeRow {
  readonly system: string
  readonly code: string
  readonly reason: string
  readonly capability: string
}

export async function readCodes(baseUrl: string): Promise<CodeRow[]> {
  const answer = await fetch(`${baseUrl}/v1/codes`)
  return ((await answer.json()) as { items: CodeRow[] }).items
}
