// The proof of the proofs: for each scenario that passes, a server in which the reason behind its code is never raised. The
// scenario must fail there; one that passes all the same proves nothing and is printed.
//
//   node conformance/mutate.ts [--only aculab/0001,toku] [--sample 8 --seed 1]

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadScenarios, playOnOwnServer, readCodes, type Found } from './play.ts'
import { startServer } from './server.ts'

const atOnce = 2
const here = fileURLToPath(new URL('.', import.meta.url))
const hook = fileURLToPath(new URL('./mutation-hook.ts', import.meta.url))

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, sample: { type: 'string' }, seed: { type: 'string', default: '1' } },
})

const unchanged = await startServer()
const reasons = new Map((await readCodes(unchanged.baseUrl)).map((row) => [`${row.system}/${row.code}`, row.reason]))
await unchanged.stop()

/** The reason that the kept answer told: a code that is a fallback stands for another reason than its dictionary says. */
function reasonOf({ scenario: { system, code } }: Found): string {
  const kept = join(here, 'exchanges', system, `${code}.json`)
  const response = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as { response: string }).response : ''
  return /^offhook-reason: (\S+)$/m.exec(response)?.[1] ?? reasons.get(`${system}/${code}`) ?? ''
}

/** Outcomes are not raised: there is nothing to switch off. */
const found = (await loadScenarios(options.only?.split(','))).filter((one) => !reasonOf(one).startsWith('outcome.'))

function sampled(all: Found[], count: number, seed: number): Found[] {
  let state = seed
  const next = () => (state = (state * 48271) % 2147483647)
  return all
    .map((one) => ({ one, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ one }) => one)
}

const chosen = options.sample === undefined ? found : sampled(found, Number(options.sample), Number(options.seed))
const queue = [...chosen]
const survivors: string[] = []
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let one = queue.shift(); one; one = queue.shift()) {
      const outcome = await playOnOwnServer(one, undefined, { MUTATE_REASON: reasonOf(one), NODE_OPTIONS: `--import ${hook}` })
      if (outcome.fault === undefined) survivors.push(`${one.file} passes although ${reasonOf(one)} is never raised`)
    }
  }),
)
for (const survivor of survivors) console.log(`SURVIVED ${survivor}`)
console.log(`${chosen.length - survivors.length} passed, ${survivors.length} failed`)
process.exitCode = survivors.length > 0 ? 1 : 0
