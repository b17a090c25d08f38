// `node bench/sip-uas.ts [calls/s ...]`: a bare UAS under sipp (INVITE, 100, 180, 200, ACK, BYE, 200 over UDP), ours beside the npm package `sip` and Kamailio
// without state, in one run, each on one core with sipp on another. A rate is held when no call failed and under 1 % of the messages were sent again.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, peers, startPeer, type Peer, type RunningPeer } from './sip-uas-peers.ts'

const seconds = 4
const rates = process.argv.slice(2).map(Number)
const tried = rates.length > 0 ? rates : [1_000, 2_000, 3_000, 4_000]

interface Step {
  readonly rate: number
  readonly isHeld: boolean
  readonly callsPerSecond: number
  readonly failed: number
  readonly again: number
  /** CPU of the server for one call. */
  readonly cpuUs: number
  readonly memoryMb: number
}

for (const program of ['sipp', 'kamailio'])
  if (spawnSync(program, ['-v']).error) {
    console.error(`${program} is not installed. On Debian: apt-get install sip-tester kamailio`)
    process.exit(1)
  }

const best = new Map<Peer, Step>()
for (const peer of peers) {
  const running = await startPeer(peer, 0)
  try {
    for (const rate of tried) {
      const step = await call(running, rate)
      console.log(
        `${peer.padEnd(8)} ${`${rate}`.padStart(6)}/s: ${step.isHeld ? 'held' : 'not held'}, ${step.callsPerSecond.toFixed(0)} calls/s, ` +
          `${step.failed} failed, ${step.again} sent again, ${step.cpuUs.toFixed(0)} us of CPU a call, ${step.memoryMb.toFixed(0)} MB`,
      )
      if (!step.isHeld) break
      best.set(peer, step)
    }
  } finally {
    await running.stop()
  }
}

const ours = best.get('ours')
for (const peer of peers) {
  const step = best.get(peer)
  if (!step || !ours) continue
  const ratio = `${(ours.rate / step.rate).toFixed(2)} of its rate, ${(step.cpuUs / ours.cpuUs).toFixed(2)} of its calls for the same CPU`
  console.log(`${peer.padEnd(8)} holds ${step.rate} calls/s${peer === 'ours' ? '' : `; ours is ${ratio}`}`)
}

async function call(peer: RunningPeer, rate: number): Promise<Step> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sipp-'))
  const statistics = join(folder, 'stat.csv')
  const calls = rate * seconds
  const before = peer.used()
  const pin = spawnSync('taskset', ['--version']).error ? [] : ['taskset', '-c', '1']
  const what = `-sn uac -r ${rate} -m ${calls} -l 100000 -d 0 -nostdin -timeout ${seconds * 3}s -trace_stat -fd 1`.split(' ')
  const where = `-i 127.0.0.1 -p ${await freePort()} -mi 127.0.0.1 -mp 20000 127.0.0.1:${peer.port}`.split(' ')
  const [command = '', ...parts] = [...pin, 'sipp', ...what, '-stf', statistics, ...where]
  const sipp = spawn(command, parts, { cwd: folder, stdio: 'ignore' })
  // A server that is far behind keeps sipp waiting for its calls.
  const limit = setTimeout(() => sipp.kill('SIGKILL'), seconds * 4_000)
  await new Promise((resolve) => sipp.once('close', resolve))
  clearTimeout(limit)
  const after = peer.used()
  const [head = '', ...rows] = readFileSync(statistics, 'utf8').trim().split('\n')
  const names = head.split(';')
  const last = (rows.at(-1) ?? '').split(';')
  rmSync(folder, { recursive: true, force: true })
  const figure = (name: string): number => Number(last[names.indexOf(name)])
  const failed = figure('FailedCall(C)') + Math.max(0, calls - figure('TotalCallCreated'))
  const again = figure('Retransmissions(C)')
  return {
    rate,
    // A call is three messages of the caller.
    isHeld: failed === 0 && again < calls * 3 * 0.01 && figure('CallRate(C)') > rate * 0.9,
    callsPerSecond: figure('CallRate(C)'),
    failed,
    again,
    cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / Math.max(1, figure('SuccessfulCall(C)')),
    memoryMb: after.memoryMb,
  }
}
