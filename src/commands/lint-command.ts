// offhook lint: checks a script of a call without a call. Says each fault and warning with line and column, as compilers do, by the readers
// and the checks that a call has: what would be refused on one is told here.

import { readFile } from 'node:fs/promises'
import { readConfig, type Config } from '#config/config.ts'
import { SayVoices } from '#media/say-voices.ts'
import { chooseListen } from '#media/speech-provider.ts'
import type { LintNote } from '#operations/face-parts.ts'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { refuse } from '#reasons/refusal.ts'
import { dialects } from '#roof/dialects.ts'
import { sayProviders } from '#roof/sound.ts'
import { systemClock } from '#values/clock.ts'
import type { ScriptMeans } from '#voice/verbs/unfit.ts'

export interface Linted {
  readonly lines: readonly string[]
  /** 0: good, warnings or not. 1: a call would fail. 2: it was not asked rightly. */
  readonly exitCode: 0 | 1 | 2
}

const checking = Object.entries(dialects).flatMap(([name, { lintScript }]) => (lintScript ? [[name, lintScript] as const] : []))

const usage = [
  'offhook lint <file> [--face <name>]',
  '',
  'Checks a script of a call: one file, or - for standard input. Faults and warnings are written as file:line:column: kind code reason:',
  'place: what is wrong; expected is what would be good. It ends with 0 for a good script, 1 for faults, 2 when it was not asked rightly.',
  `Markup needs no --face; JSON is of one of: ${checking
    .slice(1)
    .map(([name]) => name)
    .join(', ')}.`,
  'Which languages can be spoken and understood is read from the settings here, as `offhook start` reads them.',
]

/** Of an account that says no other. */
const usualCountry = 'US'

const asksNobody: FetchGuarded = () => Promise.reject(new Error('a check asks nobody'))

const misused = (says: string): Linted => ({ lines: [says, ...usage.slice(0, 1)], exitCode: 2 })

/** Markup is of the one face that has any; anything else must be said. */
export async function lintCommand(
  args: readonly string[],
  read: (file: string) => Promise<string> = textOf,
  config: () => Pick<Config, 'say' | 'speech'> = readConfig,
): Promise<Linted> {
  if (args.includes('--help') || args.includes('-h')) return { lines: usage, exitCode: 0 }
  const at = args.indexOf('--face')
  const named = at < 0 ? undefined : args[at + 1]
  if (at >= 0 && named === undefined) return misused('--face needs a name')
  const [file, ...more] = at < 0 ? args : args.toSpliced(at, 2)
  if (file === undefined || more.length > 0) return misused('lint takes one file, or - for standard input')
  if (file.startsWith('-') && file !== '-') return misused(`${file} is no option of lint`)
  let text: string
  try {
    text = await read(file)
  } catch (error) {
    return { lines: [`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`], exitCode: 2 }
  }
  const face = named ?? (/^\s*[[{]/.test(text) ? undefined : checking[0]?.[0])
  const lint = checking.find(([name]) => name === face)?.[1]
  if (!lint) return misused(`say whose script it is: --face ${checking.map(([name]) => name).join(' or ')}`)
  return judged(file, await notesOf(lint, text, config()))
}

async function notesOf(
  lint: (text: string, means: ScriptMeans) => Promise<readonly LintNote[]>,
  text: string,
  { say, speech }: Pick<Config, 'say' | 'speech'>,
): Promise<readonly LintNote[]> {
  const voices = new SayVoices(sayProviders(say, systemClock, asksNobody), say.usual)
  try {
    return await lint(text, {
      country: usualCountry,
      requireSpoken: (wish) => voices.require(wish),
      requireHeard({ language = 'en-US', hints = [] }) {
        chooseListen(speech, { language, hints, partials: false, silenceMs: 0, inAllMs: 0 })
      },
      requireAddress(uri) {
        if (!parseUri(uri)) refuse('destination.invalid', { destination: uri })
      },
    })
  } finally {
    voices.stop()
  }
}

function judged(file: string, notes: readonly LintNote[]): Linted {
  const lines = notes.map(({ kind, line = 1, column = 1, place, text, expected, reason, code }) => {
    const told = [kind, code, reason].filter((word) => word !== undefined).join(' ')
    const good = expected === undefined ? '' : `; expected is ${expected}`
    return `${file}:${line}:${column}: ${told}: ${place === undefined ? '' : `${place}: `}${text}${good}`
  })
  if (notes.some(({ kind }) => kind === 'fault')) return { lines, exitCode: 1 }
  const warnings = notes.length === 0 ? '' : `, ${notes.length} ${notes.length === 1 ? 'warning' : 'warnings'}`
  return { lines: [...lines, `${file}: good${warnings}`], exitCode: 0 }
}

async function textOf(file: string): Promise<string> {
  if (file !== '-') return readFile(file, 'utf8')
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}
