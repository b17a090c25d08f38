// What of a script would be refused while it is done and is known before: checked without a call by the very functions that refuse it on
// one. What depends on an account (its numbers, phones, files, credit) is not known here.

import { Refusal } from '#reasons/refusal.ts'
import { dialledNumber } from '../dialled-number.ts'
import { requireCipher } from './cipher.ts'
import type { At, Audio, DialTarget, Gather, Verb } from './verb.ts'

/** What the platform that checks can do. Each throws what it throws on a call. */
export interface ScriptMeans {
  /** Where numbers without + are dialled from, ISO 3166 alpha-2. */
  readonly country: string
  /** `tts.*`. */
  requireSpoken(say: Extract<Audio, { kind: 'say' }>): Promise<void>
  /** `speech.*`. */
  requireHeard(gather: Gather): void
  /** destination.invalid. */
  requireAddress(uri: string): void
}

export interface Unfit {
  readonly refusal: Refusal
  /** What would have been good. */
  readonly expected?: string
  /** Which of its values, where it is one that all faces call so. */
  readonly member?: string
  /** Where it stands, as the reader of the script had it; of a part of the verb, where that is known. */
  readonly at?: At
  readonly tag?: string
}

export interface UnfitOptions extends ScriptMeans {
  /** Where parts of verbs stand that have no place of their own in them. */
  readonly places?: WeakMap<object, At>
}

interface Good {
  readonly expected: string
  readonly member?: string
}

const party = 'a number with its country code, such as +442071838750, or a SIP address, such as sip:user@example.com'

const good: Readonly<Record<string, Good>> = {
  'destination.invalid': { expected: party },
  'tts.language_invalid': { member: 'language', expected: 'a language that the provider speaks, such as en-GB' },
  'tts.voice_invalid': { member: 'voice', expected: 'a voice that the provider has, such as female' },
  'tts.provider_unknown': { member: 'language', expected: 'a provider of OFFHOOK_TTS, or none' },
  'speech.language_invalid': { member: 'language', expected: 'a language that the provider understands, such as en-GB' },
  'markup.schema_invalid': { expected: 'a key of 16, 24 or 32 bytes and a vector of 16, in hex' },
}

/** In the order of the verbs; never rejects. */
export async function unfitIn(verbs: readonly Verb[], means: UnfitOptions): Promise<readonly Unfit[]> {
  const found: Unfit[] = []
  for (const verb of verbs) for (const [part, check] of checksOf(verb, means)) await look(verb, part, check)
  return found

  async function look(verb: Verb, part: object, check: () => void | Promise<void>): Promise<void> {
    try {
      await check()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const at = means.places?.get(part) ?? ('at' in part ? (part.at as At) : verb.at)
      const { tag } = verb
      found.push({
        refusal: error,
        ...good[error.reason],
        ...(at && { at }),
        ...(tag !== undefined && { tag }),
      })
    }
  }
}

type Check = readonly [part: object, check: () => void | Promise<void>]

function checksOf(verb: Verb, means: ScriptMeans): Check[] {
  const spoken = (audio: readonly Audio[] = []): Check[] =>
    audio.flatMap((one): Check[] => (one.kind === 'say' ? [[one, () => means.requireSpoken(one)]] : []))
  switch (verb.verb) {
    case 'play':
      return spoken(verb.audio)
    case 'gather': {
      const { onNothing = [], onInvalid = [] } = verb.again ?? {}
      const prompts = [verb.prompt, ...onNothing, ...onInvalid, verb.success ?? [], verb.failure ?? []]
      return [
        ...(verb.inputs.includes('speech') ? [[verb, () => means.requireHeard(verb)] as const] : []),
        ...prompts.flatMap(spoken),
      ]
    }
    case 'record':
      return [[verb, () => requireCipher(verb)]]
    case 'dial':
      return [
        ...verb.targets.map((target): Check => [target, () => requireTarget(target, means)]),
        ...spoken(verb.ringback),
        ...spoken(verb.consent),
      ]
    case 'conference':
      return [
        ...spoken(verb.joined),
        ...spoken(verb.left),
        ...spoken(verb.wait?.kind === 'audio' ? verb.wait.audio : []),
        ...spoken(typeof verb.beep === 'boolean' ? [] : verb.beep),
      ]
    case 'hold':
      return spoken(verb.music)
    case 'refer':
      return [[verb, () => means.requireAddress(verb.target)]]
    default:
      return []
  }
}

function requireTarget({ to }: DialTarget, { country, requireAddress }: ScriptMeans): void {
  if (to.kind === 'number') dialledNumber(to.number, country)
  else if (to.kind === 'sip') requireAddress(to.uri)
}
