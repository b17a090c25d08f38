// What a message's text and addresses cost on their way: planned, encoded, read back; a number parsed; a keyword looked for.
//
//   taskset -c 0 node bench/sms-text.ts [milliseconds for each]

import { answerTo, keywordOf } from '#messaging/opt-out-words.ts'
import { systemClock } from '#values/clock.ts'
import { parseE164, senderOf } from '#values/e164.ts'
import { planText, segmentsOf, type PlanOptions, type SmsPlan } from '#values/sms-text.ts'
import { textFrom } from '#values/text-from.ts'
import { hasVisible } from '#values/text-measures.ts'

const forMs = Number(process.argv[2] ?? 1000)
const texts = Array.from({ length: 64 }, (_, index) =>
  `Your parcel ${100_000 + index} arrives on Friday between 9 and 11 h.  `.slice(0, 60),
)
const cyrillic = texts.map((text) => `Посылка ${text.slice(0, 40)}`)
const long = texts.map((text) => text.repeat(8))
const emoji = texts.map((text) => `${text} 😀`)
const turkish = texts.map((text) => `${text} akşam görüşürüz, nasılsın?`)
// Held, so that nothing is computed for nobody.
let held = 0

function planned(text: string, options?: PlanOptions): SmsPlan {
  const plan = planText(text, options)
  if (!plan.fits) throw new Error(`${text} does not fit: ${plan.problem}`)
  return plan
}

function measure(name: string, deed: (n: number) => number): void {
  const run = (ms: number): number => {
    const startMs = systemClock.elapsedMs()
    let done = 0
    while (systemClock.elapsedMs() - startMs < ms) {
      for (let n = 0; n < 500; n += 1) held += deed(done + n)
      done += 500
    }
    return (done * 1000) / (systemClock.elapsedMs() - startMs)
  }
  run(forMs / 2)
  const [, median = 0] = [run(forMs), run(forMs), run(forMs)].toSorted((a, b) => a - b)
  console.log(
    `${name.padEnd(52)} ${Math.round(median).toLocaleString('en').padStart(12)}/s ${(1e6 / median).toFixed(2).padStart(8)} us`,
  )
}

const encoded = (list: readonly string[], options?: PlanOptions) => (n: number) =>
  segmentsOf(planned(list[n & 63] as string, options), n).length

measure('60 characters GSM-7: plan', (n) => planned(texts[n & 63] as string).segments)
measure('60 characters GSM-7: plan and encode', encoded(texts))
measure('48 characters UCS-2: plan and encode', encoded(cyrillic))
measure('62 characters with an emoji: plan and encode', encoded(emoji))
measure('480 characters GSM-7: plan and encode 4 segments', encoded(long))
measure('90 characters Turkish, tables allowed: plan, encode', encoded(turkish, { national: ['tr'] }))
const wire = texts.map((text) => segmentsOf(planned(text), 1)[0]!.bytes)
measure('60 characters GSM-7: read', (n) => textFrom(wire[n & 63] as Uint8Array, 0).text.length)
const wide = cyrillic.map((text) => segmentsOf(planned(text), 1)[0]!.bytes)
measure('48 characters UCS-2: read', (n) => textFrom(wide[n & 63] as Uint8Array, 8).text.length)
measure('a number seen before', (n) => (parseE164(`+1202555${1000 + (n & 63)}`) ? 1 : 0))
measure('a number never seen', (n) => (parseE164(`+4474${10_000_000 + (n % 90_000_000)}`) ? 1 : 0))
measure('an alphanumeric sender', (n) => senderOf(n & 1 ? 'Acme Shop' : 'ACME').kind.length)
measure('a keyword', (n) => (keywordOf(n & 1 ? 'Stop.' : 'See you there') ?? '').length)
measure('something to see', (n) => (hasVisible(texts[n & 63] as string) ? 1 : 0))
if (held < 0) console.log(answerTo('help'))
