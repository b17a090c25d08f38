// The whole path of a call: sipp calls a number over UDP, its script is fetched from a server of ours, the call is answered, recorded in the books, ended by BYE,
// and its end is told to a URL. No sound is sent. The program is on core 0 with all its threads, sipp and the server of scripts on core 1.
//
//   node bench/voice.ts [--bridged] [--seconds 4] [--steps 200,400,600] [--up ms] [--states] [--only offhook]
//   node bench/voice.ts --delay 50         what the platform adds between INVITE in and INVITE out, at so many calls a second
//   node bench/voice.ts --memory 2000      memory of so many calls that are up
//
// A step is held when no call failed, under 1 % of sipp's messages were sent again, and each call has its record with its end and its end was told once.
// `--up`: how long each is up: 200 ms, bridged 500. `--states`: all states of the first leg are told, each by itself; else the end of each leg.
// Beside it, in the same run and under the same scenario, a bare UAS on npm `sip` and Kamailio answering without state.

import { spawn, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { postDialDelays } from './voice-delay.ts'
import { openVoicePlace, type VoicePlace } from './voice-place.ts'
import { cpuMs, pinned, residentMb } from './servers.ts'
import { freePort, startPeer, type Peer } from './sip-uas-peers.ts'
import { runSippLoad, type SippResult } from './sipp-load.ts'

const { values } = parseArgs({
  options: {
    bridged: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
    steps: { type: 'string' },
    up: { type: 'string' },
    only: { type: 'string' },
    states: { type: 'boolean', default: false },
    delay: { type: 'string' },
    memory: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const upMs = Number(values.up ?? (values.bridged ? 500 : 200))
const steps = (values.steps ?? (values.bridged ? '100,200,300,400,500' : '200,400,600,800')).split(',').map(Number)

/** Calls a second that are not counted: the threads are made, the code is compiled, which takes some thousand calls. */
const warmUp = [50, 150]

const headers = (method: string, tag = '[peer_tag_param]'): string => `Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:+13105550101@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>${tag}
Call-ID: [call_id]
CSeq: ${method === 'BYE' ? 2 : 1} ${method}
Contact: <sip:+13105550101@[local_ip]:[local_port]>
Max-Forwards: 70`

const body = `v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 20000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
`

const caller = `<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
${headers('INVITE', '')}
Content-Type: application/sdp
Content-Length: [len]

${body}]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" crlf="true"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
${headers('ACK')}
Content-Length: 0

]]></send>
<pause/>
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
${headers('BYE')}
Content-Length: 0

]]></send>
<recv response="200"/>`

interface Step extends SippResult {
  readonly isHeld: boolean
  readonly cpuUs: number
  readonly memoryMb: number
}

const isFine = (result: SippResult, rate: number): boolean =>
  result.failed === 0 && result.again < rate * seconds * 3 * 0.01 && result.callsPerSecond > rate * 0.85

const shown = (name: string, rate: number, step: Step, more = ''): void =>
  console.log(
    `${name.padEnd(8)} ${`${rate}`.padStart(5)}/s: ${step.isHeld ? 'held' : 'not held'}, ${step.failed} failed, ${step.again} sent again, ` +
      `${step.cpuUs.toFixed(0)} us of CPU a call, ${step.memoryMb.toFixed(0)} MB${more}`,
  )

async function load(port: number, rate: number, called: string): Promise<SippResult> {
  return await runSippLoad({
    scenario: caller,
    port,
    rate,
    calls: rate * seconds,
    called,
    upMs,
    withinMs: (seconds + 20) * 1_000,
  })
}

/** sipp as the called party, on core 1. */
async function startCalled(): Promise<{ port: number; stop(): void }> {
  const port = await freePort()
  const what = `-sn uas -i 127.0.0.1 -p ${port} -mi 127.0.0.1 -mp ${await freePort()} -nostdin`.split(' ')
  const [command, parts] = pinned(1, ['sipp', ...what])
  const child = spawn(command, parts, { stdio: 'ignore' })
  await sleep(300)
  return { port, stop: () => void child.kill('SIGKILL') }
}

/** Once nothing changes any more: so many ended records and told ends. */
async function settled(
  { records, scripts }: VoicePlace,
  wanted: number,
  wantedTold: number,
): Promise<{ ended: number; open: number; told: number; again: number }> {
  for (let left = 100; ; left -= 1) {
    const { calls, ended } = records()
    const { ends, again } = await scripts.told()
    if ((ended >= wanted && calls === ended && ends >= wantedTold) || left === 0)
      return { ended, open: calls - ended, told: ends, again }
    await sleep(100)
  }
}

async function measureOffhook(): Promise<Map<number, Step>> {
  const done = new Map<number, Step>()
  const called = values.bridged ? await startCalled() : undefined
  const withStates = values.states
  const place = await openVoicePlace({
    script: values.bridged ? 'bridged' : 'single',
    withStates,
    ...(called && { calledPort: called.port }),
  })
  const { offhook, sipPort, number } = place
  // A bridge has a record for each leg; the URL of the number is told of the first one, the endpoint of both.
  const legs = values.bridged ? 2 : 1
  const tellers = withStates ? 1 : legs
  let begun = 0
  try {
    for (const [index, rate] of [...warmUp, ...steps].entries()) {
      const before = cpuMs(offhook.pid)
      const result = await load(sipPort, rate, number)
      begun += result.succeeded
      const { ended, open, told, again } = await settled(place, begun * legs, begun * tellers)
      const isWhole = Object.keys(place.records().reasons).every((reason) => reason === 'call.completed')
      const step: Step = {
        ...result,
        isHeld:
          isFine(result, rate) && isWhole && open === 0 && ended === begun * legs && told === begun * tellers && again === 0,
        cpuUs: ((cpuMs(offhook.pid) - before) * 1000) / Math.max(1, result.succeeded),
        memoryMb: residentMb(offhook.pid),
      }
      const lost = `, records ${ended} of ${begun * legs} ended, ${open} open; ends told ${told} of ${begun * tellers}, ${again} twice`
      shown('offhook', rate, step, lost)
      if (!step.isHeld) console.log('        ', JSON.stringify(place.records().reasons))
      if (index < warmUp.length) continue
      if (!step.isHeld) break
      done.set(rate, step)
    }
  } finally {
    await place.stop()
    called?.stop()
  }
  return done
}

async function measurePeer(peer: Peer): Promise<Map<number, Step>> {
  const done = new Map<number, Step>()
  const running = await startPeer(peer, 0)
  try {
    for (const rate of [...steps, 1_000, 2_000, 3_000, 4_000, 5_000].filter((one, at, all) => all.indexOf(one) === at)) {
      const before = running.used().cpuMs
      const result = await load(running.port, rate, 'bench')
      const { cpuMs: after, memoryMb } = running.used()
      const cpuUs = ((after - before) * 1000) / Math.max(1, result.succeeded)
      const step: Step = { ...result, isHeld: isFine(result, rate), cpuUs, memoryMb }
      shown(peer, rate, step)
      if (!step.isHeld) break
      done.set(rate, step)
    }
  } finally {
    await running.stop()
  }
  return done
}

async function compare(): Promise<void> {
  const ours = await measureOffhook()
  const [rate = 0, best] = [...ours].at(-1) ?? []
  console.log(`offhook  holds ${rate} calls/s${values.bridged ? ', bridged' : ''}`)
  if (values.only === 'offhook' || !best) return
  for (const peer of ['npm sip', 'kamailio'] as const) {
    const [theirRate = 0, theirs] = [...(await measurePeer(peer))].at(-1) ?? []
    if (!theirs) continue
    const calls = (theirs.cpuUs / best.cpuUs).toFixed(2)
    console.log(
      `${peer.padEnd(8)} holds ${theirRate} calls/s; offhook has ${(rate / theirRate).toFixed(2)} of its rate, ${calls} of its calls for the same CPU`,
    )
  }
}

async function delay(rate: number): Promise<void> {
  const port = await freePort()
  const place = await openVoicePlace({ script: 'bridged', calledPort: port })
  try {
    const { sipPort, number } = place
    await postDialDelays({ sipPort, calledPort: port, number, rate: 20, calls: 40 })
    const delays = (await postDialDelays({ sipPort, calledPort: port, number, rate, calls: rate * seconds })).toSorted(
      (a, b) => a - b,
    )
    const at = (share: number): string =>
      (delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? NaN).toFixed(1)
    console.log(`INVITE in to INVITE out, script fetched between: ${delays.length} of ${rate * seconds} calls at ${rate}/s`)
    console.log(`median ${at(0.5)} ms, 90 % ${at(0.9)} ms, 99 % ${at(0.99)} ms`)
  } finally {
    await place.stop()
  }
}

async function memory(calls: number): Promise<void> {
  const place = await openVoicePlace({ script: 'single' })
  const { offhook, sipPort, number } = place
  const rate = 100
  const upFor = (calls / rate + 8) * 1_000
  const run = (many: number, up: number) =>
    runSippLoad({ scenario: caller, port: sipPort, rate, calls: many, called: number, upMs: up, withinMs: up * 2 + 20_000 })
  try {
    await run(calls / 4, 500)
    await sleep(3_000)
    const before = residentMb(offhook.pid)
    const running = run(calls, upFor)
    await sleep((calls / rate + 5) * 1_000)
    const { calls: all, ended } = place.records()
    const after = residentMb(offhook.pid)
    console.log(
      `${all - ended} calls up: ${before.toFixed(0)} to ${after.toFixed(0)} MB, ${(((after - before) * 1024) / (all - ended)).toFixed(1)} kB each`,
    )
    await running
  } finally {
    await place.stop()
  }
}

for (const program of ['sipp', 'kamailio'])
  if (spawnSync(program, ['-v']).error) {
    console.error(`${program} is not installed. On Debian: apt-get install sip-tester kamailio`)
    process.exit(1)
  }
if (values.delay !== undefined) await delay(Number(values.delay))
else if (values.memory !== undefined) await memory(Number(values.memory))
else await compare()
