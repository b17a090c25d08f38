// sipp as the load of a bench: a scenario at a steady rate for a bounded number of calls, and what its statistics say.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pinned } from './servers.ts'
import { freePort } from './sip-uas-peers.ts'

export interface SippLoad {
  /** Steps as XML, or the name of a scenario that is built in. */
  readonly scenario: string
  readonly port: number
  readonly rate: number
  readonly calls: number
  /** For whom it asks: the user of the request URI. */
  readonly called?: string
  /** Between answer and BYE, in a scenario with a `<pause/>`. */
  readonly upMs?: number
  /** It is ended after so long, done or not. */
  readonly withinMs: number
}

export interface SippResult {
  readonly callsPerSecond: number
  readonly succeeded: number
  /** Those that were never begun included. */
  readonly failed: number
  /** Messages that it sent again. */
  readonly again: number
}

/** On core 1. */
export async function runSippLoad({ scenario, port, rate, calls, called, upMs = 0, withinMs }: SippLoad): Promise<SippResult> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sipp-'))
  const statistics = join(folder, 'stat.csv')
  const isBuiltIn = !scenario.startsWith('<')
  if (!isBuiltIn) {
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="bench">\n${scenario}\n</scenario>\n`
    writeFileSync(join(folder, 'scenario.xml'), text)
  }
  const which = isBuiltIn ? ['-sn', scenario] : ['-sf', join(folder, 'scenario.xml')]
  const seconds = Math.ceil(withinMs / 1000)
  const what = `-r ${rate} -m ${calls} -l 100000 -d ${upMs} -nostdin -timeout ${seconds}s -trace_stat -fd 1`.split(' ')
  const whom = called === undefined ? [] : ['-s', called]
  const where = `-i 127.0.0.1 -p ${await freePort()} -mi 127.0.0.1 -mp ${await freePort()} 127.0.0.1:${port}`.split(' ')
  const [command, parts] = pinned(1, ['sipp', ...which, ...what, ...whom, '-stf', statistics, ...where])
  const sipp = spawn(command, parts, { cwd: folder, stdio: 'ignore' })
  const limit = setTimeout(() => sipp.kill('SIGKILL'), withinMs + 2_000)
  await new Promise((resolve) => sipp.once('close', resolve))
  clearTimeout(limit)
  const [head = '', ...rows] = readFileSync(statistics, 'utf8').trim().split('\n')
  const names = head.split(';')
  const last = (rows.at(-1) ?? '').split(';')
  rmSync(folder, { recursive: true, force: true })
  const figure = (name: string): number => Number(last[names.indexOf(name)])
  return {
    callsPerSecond: figure('CallRate(C)'),
    succeeded: figure('SuccessfulCall(C)'),
    failed: figure('FailedCall(C)') + Math.max(0, calls - figure('TotalCallCreated')),
    again: figure('Retransmissions(C)'),
  }
}
