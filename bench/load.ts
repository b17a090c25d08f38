// The load: wrk with 64 connections from core 1, as fast as answers come; and requests at a fixed rate, each timed from
// the moment it was due, so that a stall is seen by all who wait behind it.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinned } from './servers.ts'

export interface Request {
  readonly method: string
  /** `UNIQUE` in the path and in the body is another word in each request, as is the Idempotency-Key. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Measured {
  readonly perSecond: number
  readonly requests: number
  readonly p99Ms: number
  /** Answers of another status than 2xx or 3xx. */
  readonly refused: number
}

export const connections = 64

export function requireWrk(): void {
  if (spawnSync('wrk', ['-v']).error === undefined) return
  console.error('The load comes from wrk, which is not installed. On Debian: apt-get install wrk')
  process.exit(1)
}

let runs = 0

export function scriptOf(requests: readonly Request[]): string {
  runs += 1
  const word = `w${process.pid}x${runs}x`
  const quoted = (text: string) => `[==[${text}]==]`
  const tables = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[ ${quoted(name)} ]=${quoted(value)}`)
    return `{${quoted(method)},${quoted(path)},{${fields.join(',')}},${body === undefined ? 'nil' : quoted(body)}}`
  })
  return `local n = 0
local requests = {${tables.join(',')}}
request = function()
  n = n + 1
  local one = requests[n % #requests + 1]
  local word = '${word}' .. n
  local body = one[4]
  if body then
    one[3]['idempotency-key'] = word
    body = body:gsub('UNIQUE', word)
  end
  return wrk.format(one[1], (one[2]:gsub('UNIQUE', word)), one[3], body)
end
`
}

/** One run of wrk; `requests` are sent in turn. */
export async function load(url: string, requests: readonly Request[], seconds: number): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), 'offhook-wrk-'))
  try {
    const script = join(dir, 'script.lua')
    writeFileSync(script, scriptOf(requests))
    const [command, args] = pinned(1, ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url])
    const text = await outputOf(command, args)
    const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
    const [, p99 = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? []
    const measured = {
      perSecond: number(/Requests\/sec:\s+([\d.]+)/),
      requests: number(/(\d+) requests in/),
      p99Ms: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit as 'ms'],
      refused: number(/Non-2xx or 3xx responses: (\d+)/),
    }
    if (measured.requests === 0) throw new Error(`wrk said: ${text}`)
    return measured
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** The 99th percentile in ms at that many requests a second, and how many a second came through. */
export async function loadSteadily(
  url: string,
  request: Request,
  perSecond: number,
  seconds: number,
): Promise<{ p50Ms: number; p99Ms: number; perSecond: number }> {
  const program = fileURLToPath(new URL('./steady-load.ts', import.meta.url))
  const [command, args] = pinned(1, [process.execPath, program, JSON.stringify({ url, request, perSecond, seconds })])
  return JSON.parse(await outputOf(command, args))
}

async function outputOf(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(child, 'close')
  return text
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
