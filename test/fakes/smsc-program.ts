// The fake SMSC as a program of its own, and its control port as functions: what it says happened, it knows from the wire alone.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BehaviourChange, Counters, Mo, OddReceipt, SubmitLine } from './smsc.ts'

export type { SubmitLine }

export interface SmscProgram {
  readonly port: number
  readonly pid: number
  behave(change: BehaviourChange): Promise<void>
  counters(): Promise<Counters>
  /** Every submit since the start, refused and unanswered ones too. */
  lines(): Promise<SubmitLine[]>
  /** The submits of each destination, digits without +. */
  byDestination(): Promise<Map<string, SubmitLine[]>>
  receipt(receipt: OddReceipt): Promise<number>
  mo(mo: Mo): Promise<number[]>
  /** Breaks all connections. */
  close(): Promise<void>
  unbind(): Promise<void>
  down(): Promise<void>
  up(): Promise<void>
  stop(): Promise<void>
}

export interface SmscWanted {
  readonly behaviour?: BehaviourChange
  /** Every submit is appended to it. */
  readonly logFile?: string
  readonly keep?: number
}

const program = fileURLToPath(new URL('./smsc.ts', import.meta.url))

export async function startSmscProgram({ behaviour = {}, logFile, keep = 100_000 }: SmscWanted = {}): Promise<SmscProgram> {
  const args = [
    '--behaviour',
    JSON.stringify(behaviour),
    '--keep',
    String(keep),
    ...(logFile === undefined ? [] : ['--log', logFile]),
  ]
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { port, control } = JSON.parse(line) as { port: number; control: number }
  const ask = async (method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await fetch(`http://127.0.0.1:${control}${path}`, {
      method,
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    })
    if (!answer.ok) throw new Error(`the SMSC's control port: ${await answer.text()}`)
    return await answer.json()
  }
  const lines = (): Promise<SubmitLine[]> => ask('GET', '/log')
  return {
    port,
    pid: child.pid!,
    behave: (change) => ask('PATCH', '/behaviour', change),
    counters: async () => (await ask('GET', '/state')).counters,
    lines,
    async byDestination() {
      const found = new Map<string, SubmitLine[]>()
      for (const one of await lines()) found.set(one.destination, [...(found.get(one.destination) ?? []), one])
      return found
    },
    receipt: (receipt) => ask('POST', '/receipt', receipt),
    mo: (mo) => ask('POST', '/mo', mo),
    close: () => ask('POST', '/close'),
    unbind: () => ask('POST', '/unbind'),
    down: () => ask('POST', '/down'),
    up: () => ask('POST', '/up'),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
