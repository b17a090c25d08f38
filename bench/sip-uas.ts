// `[BENCH_SECONDS=4] node bench/sip-uas.ts [calls/s ...]`: a bare UAS under sipp (INVITE, 100, 180, 200, ACK, BYE, 200 over UDP), ours beside the npm package `sip` and Kamailio
// without state, in one run, each on one core with sipp on another. A rate is held when no call failed and under 1 % of the messages were sent again.

import { spawnSync } from 'node:child_process'
import { peers, startPeer, type Peer, type RunningPeer } from './sip-uas-peers.ts'
import { runSippLoad } from './sipp-load.ts'

/** Longer than the 32 s for which answers are kept shows the memory that stays. */
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
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
  const calls = rate * seconds
  const before = peer.used()
  // A server that is far behind keeps sipp waiting for its calls.
  const { callsPerSecond, succeeded, failed, again } = await runSippLoad({
    scenario: 'uac',
    port: peer.port,
    rate,
    calls,
    withinMs: seconds * 3_000,
  })
  const after = peer.used()
  return {
    rate,
    // A call is three messages of the caller.
    isHeld: failed === 0 && again < calls * 3 * 0.01 && callsPerSecond > rate * 0.9,
    callsPerSecond,
    failed,
    again,
    cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / Math.max(1, succeeded),
    memoryMb: after.memoryMb,
  }
}
