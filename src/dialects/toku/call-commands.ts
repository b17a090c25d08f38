// Commands of a call handle (reference section 11.5) read into the verbs of voice. A command that is not known, or that cannot be done as it is
// written, is passed over and told with the next event; unknown members are passed over in silence. Nothing is done here.

import { detailOf, refusal, type Refusal } from '#reasons/refusal.ts'
import type { Script } from '#voice/script-form.ts'
import type { Audio, Dial, DialTarget, Gather, Page, RecordCall, Verb } from '#voice/verbs/verb.ts'
import { digitsOf } from './formats.ts'

/** What a call brings into its commands. */
export interface CommandMeans {
  /** Where events go on: the call handle itself. */
  readonly page: Page
  /** Who is shown to a called party where the command does not say; undefined: the caller as it is. */
  readonly callerId: string | undefined
}

export interface ReadCommands {
  readonly verbs: readonly Verb[]
  readonly warnings: Script['warnings']
  /** What cannot be done as it is written, each with the member that is wrong where it is one. */
  readonly passedOver: readonly { readonly index: number; readonly member?: string; readonly refusal: Refusal }[]
  /** The first that was passed over, for the next event. */
  readonly fault?: Refusal
}

type Command = Readonly<Record<string, unknown>>

const commandsAtMost = 100
const textChars = 4_000
/** How long the first key, and each further one, is waited for. */
const firstKeyMs = 5_000
const nextKeyMs = 3_000
const ringMs = 60_000
const callMs = 14_400_000
const keysAtMost = 20
const usualSeconds = 30
const secondsAtMost = 14_400

/** ISO 3166 of the vendor's names of ringing tones. */
const ringtones: Readonly<Record<string, string>> = { AU: 'AU', EU: 'DE', JP: 'JP', UK: 'GB', US: 'US' }

/** Thrown by a reader of one command: it is passed over. */
class Unfit extends Error {
  readonly refusal: Refusal

  constructor(why: Refusal) {
    super(why.message)
    this.refusal = why
  }
}

const unfit = (parameter: string, value: unknown, expected: string): never => {
  throw new Unfit(refusal('request.parameter_invalid', { parameter, value: shown(value), expected }))
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)

/** `first`: how many commands of the same answer were read before. */
export function readCommands(commands: readonly unknown[], means: CommandMeans, first = 0): ReadCommands {
  const verbs: Verb[] = []
  const warnings: { text: string }[] = []
  const passedOver: ReadCommands['passedOver'][number][] = []
  const pass = (index: number, why: Refusal): void => {
    const { parameter } = why.params
    passedOver.push({ index: first + index, ...(typeof parameter === 'string' && { member: parameter }), refusal: why })
    warnings.push({ text: `commands[${first + index}] is passed over: ${detailOf(why)}` })
  }
  if (commands.length > commandsAtMost) {
    pass(commandsAtMost, refusal('request.batch_too_large', { limit: commandsAtMost }))
  }
  for (const [index, command] of commands.slice(0, commandsAtMost).entries()) {
    try {
      const verb = verbOf(command, means, index === commands.length - 1)
      const isSpeech = verb.verb === 'gather' && verb.inputs.includes('speech')
      verbs.push({ ...verb, tag: `${isSpeech ? 'speech ' : ''}${first + index}`, at: { element: `commands[${first + index}]` } })
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      pass(index, error.refusal)
    }
  }
  const fault = passedOver[0]?.refusal
  return { verbs, warnings, passedOver, ...(fault && { fault }) }
}

type Read = (command: Command, means: CommandMeans, isLast: boolean) => Verb

const readers: Readonly<Record<string, Read>> = {
  PlayTTS: (command, means) => playOf(command, means, sayOf(command, 'message'), sayOf(command, 'no_dtmf_message', 'message')),
  PlayTranslate() {
    throw new Unfit(refusal('platform.not_implemented', { operation: 'PlayTranslate' }))
  },
  PlayFile: (command, means) => playOf(command, means, fileOf(command, 'value'), fileOf(command, 'no_dtmf_value', 'value')),
  MakeCall: makeCallOf,
  StartRecording: recordOf,
  SpeechToText: speechOf,
  Sleep: (command) => ({ verb: 'pause', ms: secondsIn(command, 1) * 1000 }),
  DropSession: (command) => ({ verb: 'endAfter', ms: secondsIn(command, usualSeconds) * 1000 }),
  Hangup: () => ({ verb: 'hangUp' }),
}

function verbOf(command: unknown, means: CommandMeans, isLast: boolean): Verb {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) {
    return unfit('commands', command, 'objects with a function')
  }
  const { function: name } = command as Command
  const read = typeof name === 'string' && Object.hasOwn(readers, name) ? readers[name] : undefined
  return read ? read(command as Command, means, isLast) : unfit('function', name, Object.keys(readers).join(', '))
}

/** JSON's own, its words in quotes, and 1 and 0 (reference section 3). */
function truthIn(command: Command, name: string): boolean {
  const value = command[name]
  if (value === undefined || value === null || value === '') return false
  const text = String(value).toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : unfit(name, value, 'true or false')
}

function wholeIn(command: Command, name: string, usual: number, least: number, most: number): number {
  const value = command[name]
  if (value === undefined || value === null || value === '') return usual
  const number = Number(value)
  // What is beyond the most is the most, as with 20 keys.
  return Number.isInteger(number) && number >= least ? Math.min(number, most) : unfit(name, value, 'a whole number')
}

const secondsIn = (command: Command, usual: number): number => wholeIn(command, 'duration', usual, 1, secondsAtMost)

function textIn(command: Command, name: string): string {
  const value = command[name]
  if (value === undefined || value === null) return ''
  return typeof value === 'string' || typeof value === 'number' ? String(value) : unfit(name, value, 'text')
}

const isGiven = (command: Command, name: string): boolean => textIn(command, name) !== ''

/** Two letters of a language; anything else is the usual one (reference section 11.5: one SDK sends a number here). */
function languageIn({ language }: Command): string {
  return typeof language === 'string' && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language) ? language : 'en'
}

/** Of the member that is given, the first one first. */
function sayOf(command: Command, ...members: readonly string[]): Audio {
  const member = members.find((name) => isGiven(command, name)) ?? members.at(-1)!
  const text = textIn(command, member)
  if (text === '') return unfit(member, command[member], 'text to speak')
  if (text.length > textChars) return unfit(member, text, `at most ${textChars} characters`)
  const letter = textIn(command, 'voice').toLowerCase() || 'f'
  if (letter !== 'f' && letter !== 'm') return unfit('voice', letter, 'F or M')
  return { kind: 'say', text, language: languageIn(command), voice: letter === 'f' ? 'female' : 'male' }
}

function fileOf(command: Command, ...members: readonly string[]): Audio {
  const member = members.find((name) => isGiven(command, name)) ?? members.at(-1)!
  const value = textIn(command, member)
  const type = textIn(command, 'type')
  switch (type) {
    case 'url':
      return { kind: 'url', url: urlOf(value, member) }
    case 'system':
      return value === 'beep' ? { kind: 'tone', tone: 'beep' } : unfit(member, value, 'beep')
    case 'file':
      return value === '' ? unfit(member, value, 'the name of a stored file') : { kind: 'file', name: value }
    default:
      return unfit('type', type, 'url, system or file')
  }
}

/** Gives request.url_invalid. */
function urlOf(value: string, parameter: string): string {
  const url = URL.parse(value)
  if (url && /^https?:$/.test(url.protocol) && url.hostname !== '' && !/\s/.test(value)) return value
  throw new Unfit(refusal('request.url_invalid', { parameter, value: value.slice(0, 100) }))
}

function playOf(command: Command, { page }: CommandMeans, prompt: Audio, again: Audio): Verb {
  const most = wholeIn(command, 'dtmf', 0, 0, keysAtMost)
  const replay = wholeIn(command, 'replay', 0, 0, keysAtMost)
  const isTold = truthIn(command, 'handle_interrupt')
  if (most === 0) return { verb: 'play', audio: [prompt], times: 1 }
  return {
    verb: 'gather',
    prompt: [prompt],
    inputs: ['digits'],
    valid: '0123456789*#',
    most,
    finishOn: '',
    firstMs: firstKeyMs,
    betweenMs: nextKeyMs,
    bargeIn: true,
    thenWhenEmpty: isTold,
    ...(replay > 0 && {
      again: { onNothing: Array.from({ length: replay }, () => [again]), onInvalid: [], inPlaceOfPrompt: true },
    }),
    ...(isTold && { then: page }),
  } satisfies Gather
}

function speechOf(command: Command, { page }: CommandMeans): Verb {
  const ms = secondsIn(command, usualSeconds) * 1000
  const isTold = truthIn(command, 'handle_interrupt')
  return {
    verb: 'gather',
    prompt: [],
    inputs: ['speech'],
    valid: '',
    most: 0,
    finishOn: '',
    firstMs: ms,
    betweenMs: nextKeyMs,
    inAllMs: ms,
    bargeIn: true,
    thenWhenEmpty: isTold,
    language: languageIn(command),
    ...(isTold && { then: page }),
  }
}

/** The callback of a recording; GET unless told. Undefined without one. */
function recordCallbackIn(command: Command): Page | undefined {
  if (!isGiven(command, 'record_callback_url')) return undefined
  const method = (textIn(command, 'record_callback_method') || 'GET').toUpperCase()
  if (method !== 'GET' && method !== 'POST') {
    const allowed = ['GET', 'POST']
    throw new Unfit(refusal('webhook.method_invalid', { parameter: 'record_callback_method', method, allowed }))
  }
  return { url: urlOf(textIn(command, 'record_callback_url'), 'record_callback_url'), method }
}

/** Beside what follows; the last command of all is waited for, or the call would be over before anything was said. */
function recordOf(command: Command, _: CommandMeans, isLast: boolean): RecordCall {
  const callback = recordCallbackIn(command)
  return {
    verb: 'record',
    channels: 'heard',
    mostMs: secondsIn(command, usualSeconds) * 1000,
    silenceMs: 0,
    finishOn: '',
    beep: false,
    trim: false,
    thenWhenEmpty: false,
    background: !isLast,
    ...(callback && { callback }),
  }
}

/** `sip:login` is a client of the account, `sip:user@host` an address elsewhere, all else a number. Gives destination.invalid. */
function partyOf(text: string): DialTarget['to'] {
  if (/^sip:[^@\s]{1,128}$/i.test(text)) return { kind: 'client', login: text.slice('sip:'.length) }
  if (/^sips?:[^@\s]+@[^@\s]+$/i.test(text)) return { kind: 'sip', uri: text }
  if (/^\+?\d{2,15}$/.test(text)) return { kind: 'number', number: digitsOf(text) }
  throw new Unfit(refusal('destination.invalid', { destination: text.slice(0, 60) }))
}

function makeCallOf(command: Command, { page, callerId }: CommandMeans, isLast: boolean): Dial {
  const shownAs = textIn(command, 'calling_party')
  const from = shownAs === '' ? callerId : digitsOf(shownAs)
  const isTold = truthIn(command, 'handle_interrupt')
  const ringtone = textIn(command, 'ringtone').toUpperCase()
  if (ringtone !== '' && !Object.hasOwn(ringtones, ringtone)) unfit('ringtone', ringtone, Object.keys(ringtones).join(', '))
  // Told once the file can be fetched in any case; here it is only read.
  truthIn(command, 'record_wait_sync')
  const recordCallback = recordCallbackIn(command)
  return {
    verb: 'dial',
    targets: [{ to: partyOf(textIn(command, 'called_party')) }],
    ...(from !== undefined && { callerId: from }),
    timeoutMs: ringMs,
    mostMs: callMs,
    ...(truthIn(command, 'record_call') && { record: truthIn(command, 'record_split') ? 'dual' : 'mixed' }),
    ...(recordCallback && { recordCallback }),
    ...(ringtone !== '' && { ringback: [{ kind: 'tone', tone: 'ringback', country: ringtones[ringtone]! }] }),
    // What comes after it is done on an answered call.
    answerWithThem: isLast || isTold,
    ...(isTold && { then: page }),
  }
}
