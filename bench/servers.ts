// Starts what is measured as processes of their own on core 0; the load comes from core 1 (see load.ts). Where there is
// no taskset, or one core only, nothing is pinned and the figures say less.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const pins = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** A command and its arguments, pinned to a core where that can be done. */
export const pinned = (core: 0 | 1, command: readonly string[]): [string, string[]] => {
  const [first = '', ...rest] = pins ? ['taskset', '-c', String(core), ...command] : command
  return [first, rest]
}

export interface Served {
  readonly url: string
  /** Of the SMPP server door. */
  readonly smppPort?: number | undefined
  readonly pid: number
  stop(): Promise<void>
}

export interface Offhook extends Served {
  readonly credentials: any
  readonly dataDir: string
  /** With the key of the sandbox account, or of the operator. */
  ask(method: string, path: string, body?: object, key?: string): Promise<any>
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export async function startBare(json: string): Promise<Served> {
  return await started([process.execPath, file('./bare-server.ts'), json], {})
}

/** `program` is another `offhook.js`, such as that of an installed package. `pins` keeps it on core 0. */
export async function startOffhook(
  env: Record<string, string> = {},
  { program = process.env['BENCH_PROGRAM'] ?? file('../bin/offhook.js'), isPinned = true } = {},
): Promise<Offhook> {
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-bench-'))
  const served = await started(
    [process.execPath, program, 'start'],
    { OFFHOOK_DATA: dataDir, OFFHOOK_HTTP: '127.0.0.1:0', OFFHOOK_SMPP: '127.0.0.1:0', OFFHOOK_LOG: 'warn', ...env },
    isPinned,
  )
  const credentials = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8'))
  return {
    ...served,
    credentials,
    dataDir,
    async ask(method, path, body, key = credentials.api.key as string) {
      const answer = await fetch(`${served.url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`)
      return JSON.parse(text)
    },
    async stop() {
      await served.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function started(command: string[], env: Record<string, string>, isPinned = true): Promise<Served> {
  const [first = '', ...rest] = isPinned ? pinned(0, command).flat() : command
  const child = spawn(first, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const told = await startOf(child)
  const smppPort = /smpp:\/\/127\.0\.0\.1:(\d+)/.exec(told)?.[1]
  return {
    url: /(http:\/\/127\.0\.0\.1:\d+)\n/.exec(told)![1]!,
    smppPort: smppPort === undefined ? undefined : Number(smppPort),
    pid: child.pid!,
    stop: () => stop(child),
  }
}

/** What it says until it has named its HTTP address. */
function startOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      told += chunk.toString()
      if (/http:\/\/127\.0\.0\.1:\d+\n/.test(told)) setTimeout(() => resolve(told), 100)
    })
    child.once('exit', () => reject(new Error(`the server ended: ${told}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) / 1024
}

const ticksPerSecond = 100

/** Processor time of a process so far, all its threads, in ms: what it ran by itself and what the kernel ran for it. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/** Its highest resident memory so far, in MB. */
export function peakMb(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) / 1024
}
