// `node test/fuzz/run.ts --door api --requests 100000 --seed 1`: fuzzes one door, or all of them, of a server that it starts.

import { parseArgs } from 'node:util'
import { startServer } from '../../conformance/server.ts'
import { doorNames, liftLimits, openDoor } from './doors.ts'
import { fuzzDoor } from './fuzz-door.ts'
import { faultsCounted } from './faults-counted.ts'

const { values } = parseArgs({
  options: {
    door: { type: 'string' },
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    engine: { type: 'string', default: 'sqlite' },
  },
})
const [seed, requests] = [Number(values.seed), Number(values.requests)]
let found = 0
for (const name of values.door === undefined ? doorNames : [values.door]) {
  const server = await startServer({ engine: values.engine === 'postgres' ? 'postgres' : 'sqlite' })
  try {
    await liftLimits(server)
    const door = await openDoor(server, name)
    if (!door) {
      console.log(`${name}: no such door`)
      continue
    }
    const startedMs = performance.now()
    const { findings, statuses, reasons } = await fuzzDoor(Number(new URL(server.baseUrl).port), door, { seed, requests })
    const faults = await faultsCounted(server.baseUrl)
    found += findings.length + faults
    console.log(
      `${name}: ${requests} requests, seed ${seed}, ${door.routes.length} routes, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
    )
    console.log(`  ${JSON.stringify(statuses)}`)
    console.log(
      `  ${Object.keys(reasons).length} reasons: ${Object.entries(reasons)
        .toSorted((a, b) => b[1] - a[1])
        .slice(0, 12)
        .map(([slug, n]) => `${slug} ${n}`)
        .join(', ')}`,
    )
    if (faults > 0) console.log(`  ${faults} faults were counted:\n${server.lines().slice(-6000)}`)
    const kinds = new Set<string>()
    for (const { fault, request, answer } of findings) {
      if (kinds.size < 6) console.log(`\n  ${fault}\n${request}\n  -> ${answer}`)
      kinds.add(fault)
    }
  } finally {
    await server.stop()
  }
}
console.log(found === 0 ? 'nothing found' : `${found} found`)
process.exitCode = found === 0 ? 0 : 1
