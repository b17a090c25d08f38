// Requests a second at each door, beside the bare peer, run after run in turn: the cheapest authenticated GET, a create
// that is one durable insert (a fresh Idempotency-Key each), and the same create refused for a field at fault. Then the
// 99th percentile at half of what was reached.
//
//   node bench/throughput.ts [rounds] [seconds]
//   node bench/throughput.ts 3 3 api toku       these doors only

import { connections, load, loadSteadily, median, requireWrk, type Request } from './load.ts'
import { openDoors } from './doors.ts'
import { startBare, startOffhook } from './servers.ts'

const [rounds = 3, seconds = 2] = process.argv.slice(2, 4).map(Number)
const only = process.argv.slice(4)

requireWrk()
const server = await startOffhook()
const whoami = JSON.stringify(await server.ask('GET', '/whoami'))
const bare = await startBare(whoami)

const kinds = ['get', 'create', 'refused'] as const
type Kind = (typeof kinds)[number]
const least: Record<Kind, readonly [native: number, dialect: number]> = { get: [60, 50], create: [40, 33], refused: [0, 0] }
const figures = new Map<string, number[]>()

/** The peer knows only JSON: a form's fields reach it as that. */
function asJson(request: Request): Request {
  if (request.body === undefined || request.body.startsWith('{')) return request
  return { ...request, body: JSON.stringify(Object.fromEntries(new URLSearchParams(request.body))) }
}

function keep(name: string, figure: number): void {
  figures.set(name, [...(figures.get(name) ?? []), figure])
}

try {
  const doors = (await openDoors(server)).filter(({ name }) => only.length === 0 || only.includes(name))
  // Code gets fast by being run, ours and the peer's.
  await load(bare.url, [asJson(doors[0]!.create)], 2)
  for (const door of doors) for (const kind of kinds) await load(server.url, [door[kind]], 2)
  for (let round = 0; round < rounds; round += 1) {
    for (const door of doors) {
      for (const kind of kinds) {
        const request = door[kind]
        if (kind !== 'refused') keep(`bare ${kind} ${door.name}`, (await load(bare.url, [asJson(request)], seconds)).perSecond)
        const { perSecond, requests, refused } = await load(server.url, [request], seconds)
        if (kind === 'refused' ? refused < requests * 0.99 : refused > 0) {
          throw new Error(`${refused} of ${requests} answers of ${door.name} ${kind} were refusals`)
        }
        keep(`${door.name} ${kind}`, perSecond)
      }
    }
  }

  const of = (name: string) => median(figures.get(name) ?? [])
  console.log(`${connections} connections, medians of ${rounds} runs of ${seconds} s, requests a second\n`)
  for (const kind of ['get', 'create'] as const) {
    for (const { name } of doors) {
      const [ours, theirs] = [of(`${name} ${kind}`), of(`bare ${kind} ${name}`)]
      const wanted = least[kind][name === 'api' ? 0 : 1]
      const share = (ours / theirs) * 100
      console.log(
        `${name.padEnd(12)} ${kind.padEnd(7)} ${ours.toFixed(0).padStart(6)} of ${theirs.toFixed(0).padStart(6)} bare: ${share.toFixed(0)} % (at least ${wanted} %) ${share >= wanted ? '' : 'MISSED'}`,
      )
    }
  }
  for (const { name } of doors) {
    const [refused, accepted] = [of(`${name} refused`), of(`${name} create`)]
    console.log(
      `${name.padEnd(12)} refusal ${refused.toFixed(0).padStart(6)}, acceptance ${accepted.toFixed(0).padStart(6)}: a refusal costs ${(accepted / refused).toFixed(2)} of an acceptance ${refused >= accepted ? '' : 'MISSED'}`,
    )
  }
  console.log('\nAt half of that rate, each request timed from when it was due:\n')
  for (const door of doors) {
    for (const kind of ['get', 'create'] as const) {
      const rate = of(`${door.name} ${kind}`) / 2
      const { p50Ms, p99Ms, perSecond } = await loadSteadily(server.url, door[kind], rate, seconds)
      console.log(
        `${door.name.padEnd(12)} ${kind.padEnd(7)} ${perSecond.toFixed(0).padStart(6)}/s: median ${p50Ms.toFixed(1)} ms, 99th percentile ${p99Ms.toFixed(1)} ms ${p99Ms < 10 ? '' : 'MISSED'}`,
      )
    }
  }
} finally {
  await bare.stop()
  await server.stop()
}
