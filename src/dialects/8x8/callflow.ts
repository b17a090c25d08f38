// Callflows (reference section 12): a list of actions, read strictly, with the place of every fault and this vendor's own number of it
// (section 20.5). Who asked is told in the envelope of their door, or in the record of the call. Does nothing.

import { emergencyNumber } from '#voice/emergency.ts'
import type { Voice } from '#voice/verbs/verb.ts'
import { isTelephone } from './formats.ts'
import { voiceOfProfile } from './speech-profiles.ts'

export type Action =
  | { readonly action: 'makeCall'; readonly source: string; readonly destination: string; readonly isRecorded: boolean }
  | { readonly action: 'say'; readonly text: string; readonly voice: Voice; readonly times: number }
  | { readonly action: 'playFile'; readonly url: string; readonly times: number }
  | Capture
  | { readonly action: 'hangup' }

export interface Capture {
  readonly action: 'sayAndCapture'
  readonly prompt: string
  readonly voice: Voice
  readonly least: number
  readonly most: number
  readonly betweenMs: number
  readonly inAllMs: number
  readonly endsOnHash: boolean
  readonly tries: number
  readonly success?: string
  readonly failure?: string
}

/** `code` is of section 20.5; `path` names the member, as `callflow[1].params.text`. */
export class CallflowFault extends Error {
  readonly code: number
  readonly path: string
  /** Nothing stands there. */
  readonly isMissing: boolean

  constructor(code: number, path: string, text: string, isMissing = false) {
    super(text)
    this.code = code
    this.path = path
    this.isMissing = isMissing
  }
}

const faults = {
  profile: -1002,
  leastWithoutMost: -1003,
  digitWithoutOverall: -1005,
  overallTooShort: -1006,
  unknownAction: -1007,
  noWayToEnd: -1008,
  entry: -1009,
  usedTooOften: -1010,
  severalDestinations: -1011,
  hangupNotLast: -1012,
  firstNotMakeCall: -1013,
  source: -1014,
  characters: -1016,
  destination: -1017,
} as const

const fail = (fault: keyof typeof faults, path: string, text: string): never => {
  throw new CallflowFault(faults[fault], path, text)
}

/** Throws where nothing stands there. */
function require(value: unknown, path: string): void {
  if (value === undefined || value === null) throw new CallflowFault(faults.entry, path, 'it is missing', true)
}

const textAtMost = 3000
const callsAtMost = 2
const actionsAtMost = 100

type Params = Readonly<Record<string, unknown>>

/** Members of one action's `params`. Names that are not known are passed over. */
class Reader {
  readonly #params: Params
  readonly #path: string

  constructor(params: Params, path: string) {
    this.#params = params
    this.#path = path
  }

  at(name: string): string {
    return `${this.#path}.${name}`
  }

  has(name: string): boolean {
    return this.#params[name] !== undefined && this.#params[name] !== null
  }

  text(name: string, most = textAtMost): string {
    const value = this.#params[name]
    require(value, this.at(name))
    if (typeof value !== 'string' || value.trim() === '' || value.length > most)
      return fail('entry', this.at(name), `a text of 1 to ${most} characters is expected`)
    // oxlint-disable-next-line no-control-regex -- what nobody can say
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.test(value) || !value.isWellFormed())
      return fail('characters', this.at(name), 'it has characters that cannot be spoken')
    return value
  }

  optional(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined
  }

  number(name: string, least: number, most: number, usual: number, isWhole = true): number {
    if (!this.has(name)) return usual
    const value = this.#params[name]
    if (typeof value !== 'number' || value < least || value > most || (isWhole && !Number.isInteger(value)))
      return fail('entry', this.at(name), `a number from ${least} to ${most} is expected`)
    return value
  }

  flag(name: string, usual: boolean): boolean {
    if (!this.has(name)) return usual
    const value = this.#params[name]
    return typeof value === 'boolean' ? value : fail('entry', this.at(name), 'true or false is expected')
  }

  voice(): Voice {
    const code = this.text('voiceProfile', 50)
    const voice =
      voiceOfProfile(code) ?? fail('profile', this.at('voiceProfile'), 'GET /speech-profiles names those that there are')
    return { ...voice, speed: this.number('speed', 0.5, 2, 1, false) }
  }

  number164(name: 'source' | 'destination'): string {
    const value = this.#params[name]
    if (Array.isArray(value) && name === 'destination')
      return fail('severalDestinations', this.at(name), 'a call goes to one number')
    const text = typeof value === 'number' ? String(value) : this.text(name, 20)
    // Emergency numbers are refused, or routed, as what they are.
    if (name === 'destination' && emergencyNumber(text, '') !== undefined) return text
    if (!isTelephone(text)) return fail(name, this.at(name), 'a number with its country code is expected')
    return text.startsWith('+') ? text : `+${text}`
  }

  url(name: string): string {
    const text = this.text(name, 2048)
    const url = URL.parse(text)
    if (!url || !/^https?:$/.test(url.protocol)) return fail('entry', this.at(name), 'an http or https URL is expected')
    return text
  }
}

const readers: Readonly<Record<string, (params: Reader) => Action>> = {
  makeCall: (params) => ({
    action: 'makeCall',
    source: params.number164('source'),
    destination: params.number164('destination'),
    isRecorded: params.flag('callRecording', false),
  }),
  say: (params) => ({
    action: 'say',
    text: params.text('text'),
    voice: params.voice(),
    times: params.number('repetition', 1, 3, 1),
  }),
  playFile: (params) => ({
    action: 'playFile',
    url: params.url('fileUrl'),
    times: params.number('repetition', 1, 3, 1),
  }),
  sayAndCapture: capture,
  hangup: () => ({ action: 'hangup' }),
}

/** The defaults are those of the schema; the vendor's guide has others (reference section 23). */
function capture(params: Reader): Capture {
  if (params.has('minDigits') && !params.has('maxDigits'))
    fail('leastWithoutMost', params.at('minDigits'), 'minDigits needs maxDigits')
  const endsOnHash = params.flag('completeOnHash', true)
  if (!endsOnHash && !params.has('maxDigits'))
    fail('noWayToEnd', params.at('completeOnHash'), 'without the hash only maxDigits can end it')
  if (params.has('digitTimeout') && !params.has('overallTimeout'))
    fail('digitWithoutOverall', params.at('digitTimeout'), 'digitTimeout needs overallTimeout')
  const most = params.number('maxDigits', 1, 25, 1)
  const inAllMs = params.number('overallTimeout', 1, 600_000, 5_000)
  const betweenMs = params.number('digitTimeout', 1, 600_000, inAllMs)
  if (params.has('digitTimeout') && inAllMs <= betweenMs)
    fail('overallTooShort', params.at('overallTimeout'), 'overallTimeout must be above digitTimeout')
  const success = params.optional('successMessage')
  const failure = params.optional('failureMessage')
  return {
    action: 'sayAndCapture',
    prompt: params.text('promptMessage'),
    voice: params.voice(),
    least: params.number('minDigits', 0, most, 0),
    most,
    betweenMs,
    inAllMs,
    endsOnHash,
    tries: params.number('noOfTries', 1, 10, 1),
    ...(success !== undefined && { success }),
    ...(failure !== undefined && { failure }),
  }
}

const isObject = (value: unknown): value is Params => typeof value === 'object' && value !== null && !Array.isArray(value)

function readAction(value: unknown, path: string): Action {
  if (!isObject(value)) return fail('entry', path, 'an object is expected')
  const name = value['action']
  require(name, `${path}.action`)
  if (typeof name !== 'string') return fail('entry', `${path}.action`, 'a text is expected')
  const read = Object.hasOwn(readers, name)
    ? readers[name]!
    : fail('unknownAction', `${path}.action`, `one of ${Object.keys(readers).join(', ')} is expected`)
  const { params = {} } = value
  if (!isObject(params)) return fail('entry', `${path}.params`, 'an object is expected')
  return read(new Reader(params, `${path}.params`))
}

/** Throws a CallflowFault, for the first fault in the order of the list. */
export function readCallflow(value: unknown, { startsWithCall }: { readonly startsWithCall: boolean }): Action[] {
  require(value, 'callflow')
  if (!Array.isArray(value) || value.length > actionsAtMost || (value.length === 0 && startsWithCall))
    return fail('entry', 'callflow', `a list of 1 to ${actionsAtMost} actions is expected`)
  const actions = value.map((one, at) => readAction(one, `callflow[${at}]`))
  if (startsWithCall && actions[0]!.action !== 'makeCall')
    fail('firstNotMakeCall', 'callflow[0].action', 'a callflow begins with makeCall')
  const calls = actions.filter(({ action }) => action === 'makeCall').length
  // Whoever called in is the first of the two.
  if (calls > (startsWithCall ? callsAtMost : callsAtMost - 1))
    fail('usedTooOften', 'callflow', `makeCall may stand ${callsAtMost} times, whoever called in included`)
  const hangup = actions.findIndex(({ action }) => action === 'hangup')
  if (hangup >= 0 && hangup < actions.length - 1)
    fail('hangupNotLast', `callflow[${hangup}].action`, 'nothing comes after hangup')
  return actions
}

/** Those that can be done, with their places; what is wrong with the others is among the faults. */
export function readableActions(value: unknown): readonly { readonly action: Action; readonly path: string }[] {
  return (Array.isArray(value) ? value : []).flatMap((one, index) => {
    const path = `callflow[${index}]`
    try {
      return [{ action: readAction(one, path), path }]
    } catch (error) {
      if (error instanceof CallflowFault) return []
      throw error
    }
  })
}

/** Every action that is wrong, in their order; then what is wrong with them together. */
export function callflowFaults(value: unknown): readonly CallflowFault[] {
  const found: CallflowFault[] = []
  const look = (read: () => unknown): void => {
    try {
      read()
    } catch (error) {
      if (!(error instanceof CallflowFault)) throw error
      found.push(error)
    }
  }
  for (const [at, one] of (Array.isArray(value) ? value : []).entries()) look(() => readAction(one, `callflow[${at}]`))
  const startsWithCall = Array.isArray(value) && isObject(value[0]) && value[0]['action'] === 'makeCall'
  if (found.length === 0) look(() => readCallflow(value, { startsWithCall }))
  return found
}
