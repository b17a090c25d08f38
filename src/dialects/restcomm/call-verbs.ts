// RCML as it answers a call (reference 23): each element read into the verbs of voice. What is optional and wrong is warned of and has its
// default; what is needed and wrong is a fault, told with its place and what would have been good. Nothing is done here.

import type { XmlElement } from '#protocols/xml/read-xml.ts'
import type { Audio, Gather, RecordCall, SendMessage, Verb, Voice } from '#voice/verbs/verb.ts'
import { nearest } from '#values/nearest.ts'
import { ElementReader, readResponse, scriptUrl, Wrong, type Fault } from './rcml-element.ts'
import type { CallRcmlMeans } from './call-rcml-means.ts'
import { dialOf } from './dial-verb.ts'
import { emailOf, messageOf, smsOf } from './rcml.ts'
import { countOf, keysOf, requireKnown, secondsOf, thenOf, truthOf, wordOf } from './verb-attributes.ts'

export interface CallRcml {
  readonly verbs: readonly Verb[]
  /** All that end the document; empty for a good one. */
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

/** Never rejects, whatever the text. */
export async function readCallRcml(text: string, means: CallRcmlMeans): Promise<CallRcml> {
  const verbs: Verb[] = []
  const faults: Fault[] = []
  const warnings: Fault[] = []
  const guarded = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      faults.push(error.fault)
      return undefined
    }
  }
  let elements: readonly XmlElement[]
  try {
    elements = await readResponse(text)
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    return { verbs, faults: [error.fault], warnings }
  }
  for (const element of elements) {
    const reader = new ElementReader(element, means.url, (fault) => void warnings.push(fault))
    const verb = guarded(() => verbOf(reader, means))
    if (verb) verbs.push({ ...verb, at: reader.at })
  }
  return { verbs, faults, warnings }
}

type ReadVerb = (reader: ElementReader, means: CallRcmlMeans) => Verb

interface Known {
  readonly attributes: readonly string[]
  readonly children: readonly string[]
  readonly read: ReadVerb
}

const paged = ['action', 'method'] as const

const known: Readonly<Record<string, Known>> = {
  Say: { attributes: ['voice', 'language', 'loop'], children: [], read: (reader) => playOf(reader, [sayOf(reader)]) },
  Play: { attributes: ['loop'], children: [], read: (reader) => playOf(reader, [urlOf(reader)]) },
  Pause: {
    attributes: ['length'],
    children: [],
    read: (reader) => ({ verb: 'pause', ms: secondsOf(reader, 'length', 1, '13910') }),
  },
  Gather: {
    attributes: [
      ...paged,
      'input',
      'timeout',
      'preTimeout',
      'postTimeout',
      'finishOnKey',
      'startInputKey',
      'numDigits',
      'actionOnEmptyResult',
      'language',
      'hints',
      'partialResultCallback',
      'partialResultCallbackMethod',
    ],
    children: ['Say', 'Play', 'Pause'],
    read: gatherOf,
  },
  Record: {
    attributes: [...paged, 'timeout', 'finishOnKey', 'maxLength', 'playBeep', 'transcribe', 'transcribeCallback', 'media'],
    children: [],
    read: recordOf,
  },
  Dial: {
    attributes: [...paged, 'timeout', 'timeLimit', 'callerId', 'record', 'dialMusic'],
    children: ['Number', 'Client', 'Sip', 'Uri', 'Conference'],
    read: dialOf,
  },
  Sms: {
    attributes: [...paged, 'to', 'from', 'statusCallback', 'statusCallbackMethod'],
    children: [],
    read: (reader, means) => sendOf(smsOf(reader, means.country), means),
  },
  Message: {
    attributes: [...paged, 'to', 'from', 'statusCallback', 'statusCallbackMethod'],
    children: ['Media'],
    read: (reader, means) => sendOf(messageOf(reader, means.country), means),
  },
  Email: { attributes: ['from', 'to', 'cc', 'bcc', 'subject'], children: [], read: emailOf },
  Hold: {
    attributes: [...paged, 'holdMusic'],
    children: [],
    read(reader) {
      const music = reader.attribute('holdMusic')
      return {
        verb: 'hold',
        ...thenOf(reader),
        ...(music !== undefined && { music: [{ kind: 'url', url: reader.url(music, 'holdMusic') }] }),
      }
    },
  },
  Resume: { attributes: [...paged], children: [], read: (reader) => ({ verb: 'resume', ...thenOf(reader) }) },
  Refer: { attributes: [...paged], children: ['Sip', 'Uri'], read: referOf },
  Hangup: { attributes: [], children: [], read: () => ({ verb: 'hangUp' }) },
  Reject: {
    attributes: ['reason'],
    children: [],
    read: (reader) => ({
      verb: 'reject',
      as: wordOf(reader, 'reason', ['rejected', 'busy'], '2001') === 'busy' ? 'busy' : 'declined',
    }),
  },
  Redirect: {
    attributes: ['method'],
    children: [],
    read: (reader) => ({ verb: 'redirect', to: { url: reader.url(reader.text), method: reader.method('method', '13710') } }),
  },
}

/** Words of the language that nothing is done for here: told, and passed over. */
const notOffered = new Set(['Fax', 'UssdCollect', 'UssdMessage', 'Language', 'Enqueue'])

/** Undefined for what is passed over. */
function verbOf(reader: ElementReader, means: CallRcmlMeans): Verb | undefined {
  const { element } = reader.at
  const one = Object.hasOwn(known, element) ? known[element] : undefined
  if (!one) {
    const says = notOffered.has(element)
      ? `${element} is not offered and is passed over`
      : `${element} is no verb and is passed over`
    const near = nearest(element, Object.keys(known))
    reader.warn('2001', says, undefined, near === '' ? undefined : near)
    return undefined
  }
  requireKnown(reader, one.attributes, one.children)
  return one.read(reader, means)
}

/** How the older platform writes languages (reference 23.3), as BCP 47. */
const languages: Readonly<Record<string, string>> = {
  bf: 'fr-BE',
  bp: 'pt-BR',
  en: 'en-US',
  'en-gb': 'en-GB',
  cf: 'fr-CA',
  cs: 'cs',
  dan: 'da',
  fi: 'fi',
  es: 'es',
  fr: 'fr-FR',
  de: 'de',
  el: 'el',
  it: 'it',
  nl: 'nl',
  no: 'nb',
  pl: 'pl',
  pt: 'pt-PT',
  ru: 'ru',
  ar: 'ar',
  ca: 'ca',
  sv: 'sv',
  tr: 'tr',
}

/** `engine.locale` on the newer platform, a short word on the older one. */
function languageOf(text: string): Pick<Voice, 'language' | 'provider'> {
  const [, provider, locale] = /^([A-Za-z]\w*)\.(.+)$/.exec(text) ?? []
  if (provider !== undefined) return { provider: provider.toLowerCase(), language: locale! }
  return { language: languages[text.toLowerCase()] ?? text }
}

function sayOf(reader: ElementReader): Audio {
  if (reader.text === '') reader.warn('2001', 'it says nothing', undefined, 'text to say')
  const voice = wordOf(reader, 'voice', ['man', 'woman'], '13511')
  return {
    kind: 'say',
    text: reader.text,
    voice: voice === 'woman' ? 'female' : 'male',
    ...languageOf(reader.attribute('language') ?? 'en'),
  }
}

/** Empty and wrong are told apart (2501 and 2502). */
function urlOf(reader: ElementReader): Audio {
  const { text } = reader
  if (text === '') return reader.wrong('2501', 'empty', undefined, scriptUrl)
  try {
    return { kind: 'url', url: reader.url(text) }
  } catch (error) {
    if (error instanceof Wrong) reader.wrong('2502', text, undefined, scriptUrl)
    throw error
  }
}

const playOf = (reader: ElementReader, audio: readonly Audio[]): Verb => ({
  verb: 'play',
  audio,
  times: countOf(reader, 'loop', 1, '13410'),
})

/** A prompt repeats at most so often. */
const promptLoops = 20

function promptOf(reader: ElementReader, means: CallRcmlMeans): Audio[] {
  return reader.elements.flatMap((element): Audio[] => {
    const inner = new ElementReader(element, means.url, (fault) => reader.warnOf(fault))
    requireKnown(inner, known[element.name]!.attributes, [])
    if (element.name === 'Pause') return [{ kind: 'silence', ms: secondsOf(inner, 'length', 1, '13910') }]
    const audio = element.name === 'Say' ? sayOf(inner) : urlOf(inner)
    means.places?.set(audio, inner.at)
    return Array<Audio>(Math.min(countOf(inner, 'loop', 1, '13410') || promptLoops, promptLoops)).fill(audio)
  })
}

const hintsAtMost = 50
const hintChars = 100
/** Recognition ends after a minute (reference 23.5). */
const speechMs = 60_000

function gatherOf(reader: ElementReader, means: CallRcmlMeans): Gather {
  const input = wordOf(reader, 'input', ['dtmf', 'speech', 'dtmf speech', 'speech dtmf', 'dtmf_speech'], '13310')
  const hints = reader.list('hints')
  if (hints.length > hintsAtMost || hints.some((hint) => hint.length > hintChars)) {
    reader.wrong('2100', `there are ${hints.length} hints`, 'hints', `${hintsAtMost} hints of ${hintChars} characters`)
  }
  const hasSpeech = input.includes('speech')
  const partials = reader.script('partialResultCallback', 'partialResultCallbackMethod', '13310')
  const timeout = secondsOf(reader, 'timeout', 5, '13310')
  return {
    verb: 'gather',
    prompt: promptOf(reader, means),
    inputs: [...(input.includes('dtmf') ? (['digits'] as const) : []), ...(hasSpeech ? (['speech'] as const) : [])],
    valid: keysOf(reader, 'startInputKey', '*0123456789#', '13310', []),
    most: countOf(reader, 'numDigits', 0, '13310', { least: 1 }),
    finishOn: keysOf(reader, 'finishOnKey', '#', '13310'),
    firstMs: reader.attribute('preTimeout') === undefined ? timeout : secondsOf(reader, 'preTimeout', 5, '13310'),
    betweenMs: reader.attribute('postTimeout') === undefined ? timeout : secondsOf(reader, 'postTimeout', 5, '13310'),
    ...(hasSpeech && { inAllMs: speechMs, language: reader.attribute('language') ?? 'en-US', hints }),
    bargeIn: true,
    thenWhenEmpty: truthOf(reader, 'actionOnEmptyResult', false),
    ...(partials && { partials }),
    // Documented as the current document; without it what was gathered would be lost.
    then: thenOf(reader, '13310').then ?? { url: means.url, method: means.method },
  }
}

function recordOf(reader: ElementReader): RecordCall {
  const callback = reader.script('transcribeCallback', 'method', '13610')
  if (callback || truthOf(reader, 'transcribe', false)) reader.warn('2001', 'transcription is not offered', 'transcribe', 'false')
  if (!['', 'audio_only'].includes(reader.attribute('media') ?? ''))
    reader.warn('2001', 'video is not offered', 'media', 'audio_only')
  return {
    verb: 'record',
    channels: 'heard',
    mostMs: secondsOf(reader, 'maxLength', 3600, '13613', { least: 1 }),
    silenceMs: secondsOf(reader, 'timeout', 5, '13612'),
    finishOn: keysOf(reader, 'finishOnKey', '1234567890*#', '2001', ['', '-1']),
    beep: truthOf(reader, 'playBeep', true),
    trim: true,
    thenWhenEmpty: false,
    ...thenOf(reader, '13610'),
  }
}

function referOf(reader: ElementReader): Verb {
  const target = (reader.elements[0]?.text ?? reader.text).trim()
  if (!/^sips?:\S+$/i.test(target))
    reader.wrong('2001', `${target === '' ? 'nothing' : target} is no SIP address`, undefined, 'sip:user@host')
  return { verb: 'refer', target, ...thenOf(reader) }
}

/** Its parties unless told: to the caller, from the called number (reference 23.7). */
function sendOf(send: ReturnType<typeof smsOf>, { call }: CallRcmlMeans): SendMessage {
  const { channel, to, from, text, media, action, callback } = send
  return {
    verb: 'message',
    kind: channel,
    to: to ?? call.from,
    from: from ?? (call.number === '' ? call.to : call.number),
    text,
    ...(media.length > 0 && { media }),
    ...(callback && { status: callback }),
    ...(action && { then: action }),
  }
}
