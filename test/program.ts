// The program as a process of its own, with its signals and its lines: what scenarios about starting and stopping need.

import { spawn, spawnSync, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { claimPorts } from './ports.ts'
import { addWitness, coming } from './until.ts'

const command = fileURLToPath(new URL('../bin/offhook.js', import.meta.url))

/** Of a program that did not do what a test waited for. */
const shownOfJournal = 4_000

type Settings = Readonly<Record<string, string>>

let place: string | undefined
let folders = 0

/** A data directory that is not there yet; gone when the tests end. */
export function newFolder(): string {
  if (place === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'offhook-program-'))
    place = made
    // Behind everything: what was killed at the end of a test may still have written.
    process.once('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 5 }))
  }
  folders += 1
  return join(place, `data${folders}`)
}

function environment(data: string, more: Settings): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OFFHOOK_') && name !== 'NODE_TEST_CONTEXT')
  return { ...Object.fromEntries(inherited), OFFHOOK_DATA: data, OFFHOOK_HTTP: '127.0.0.1:0', ...more }
}

export function runProgram(args: readonly string[], data: string, more: Settings = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env: environment(data, more),
    encoding: 'utf8',
    timeout: 180_000,
  })
  return { status, stdout, stderr }
}

export interface Program {
  readonly child: ChildProcess
  readonly url: string
  readonly ended: Promise<number | null>
  /** What it has said on stdout until it was ready. */
  readonly said: string
  /** All of its journal so far. */
  lines(): string
  /** Resolves with the next line of the journal that has this message. */
  line(message: string): Promise<Record<string, unknown>>
}

/** Not ready yet; for whoever kills it before it is. */
export function spawnProgram(data: string, more: Settings = {}): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [command, 'start'], { env: environment(data, more), stdio: ['ignore', 'pipe', 'pipe'] })
}

export async function startProgram(t: TestContext, data: string, more: Settings = {}): Promise<Program> {
  const sound = 'OFFHOOK_RTP_PORTS' in more ? undefined : await claimPorts(400)
  // Nobody would end it. A whole file has no signal.
  if ((t as Partial<TestContext>).signal?.aborted) throw new Error('the test is over')
  const child = spawnProgram(data, sound ? { OFFHOOK_RTP_PORTS: sound.text, ...more } : more)
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  void ended.then(() => sound?.release())
  const told: Record<string, unknown>[] = []
  const waiting = new Map<string, (line: Record<string, unknown>) => void>()
  let journal = ''
  createInterface(child.stderr).on('line', (text) => {
    journal += `${text}\n`
    if (!text.startsWith('{')) return
    const line = JSON.parse(text) as Record<string, unknown>
    told.push(line)
    waiting.get(String(line['msg']))?.(line)
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const forget = addWitness(() => `the journal of ${child.pid} ends:\n${journal.slice(-shownOfJournal)}`)
  void ended.then(forget)
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /ready at (\S+)\n/.exec(said)
      if (found && said.endsWith('\n')) resolve(found[1]!)
    })
    void ended.then((code) => reject(new Error(`ended with ${code}\n${journal}`)))
  })
  const url = await coming('that the program is ready', ready)
  return {
    child,
    url,
    ended,
    get said() {
      return said
    },
    lines: () => journal,
    line: (message) => {
      const there = told.find((one) => one['msg'] === message)
      if (there) return Promise.resolve(there)
      const next = new Promise<Record<string, unknown>>((resolve, reject) => {
        waiting.set(message, resolve)
        void ended.then(() => reject(new Error(`ended without "${message}":\n${journal}`)))
      })
      return coming(`the line "${message}" of the journal`, next)
    },
  }
}
