// Dial and what may stand in it (reference 23.4): numbers, clients, SIP addresses, a conference, or bare text that is one of them.

import { parseE164 } from '#values/e164.ts'
import type { Audio, Dial, DialTarget, JoinConference } from '#voice/verbs/verb.ts'
import type { CallRcmlMeans } from './call-rcml-means.ts'
import { ElementReader } from './rcml-element.ts'
import { countOf, requireKnown, secondsOf, statusOf, thenOf, truthOf } from './verb-attributes.ts'

/** So many are rung at once at most. */
const targetsAtMost = 10
const conferenceMembers = 40
const headerChars = 1024
const uriChars = 255

const status = ['statusCallback', 'statusCallbackMethod', 'statusCallbackEvent']
const screened = ['url', 'method', ...status]

export function dialOf(reader: ElementReader, means: CallRcmlMeans): Dial | JoinConference {
  const inner = reader.elements.map((element) => new ElementReader(element, means.url, (fault) => reader.warnOf(fault)))
  const conference = inner.find(({ at }) => at.element === 'Conference')
  const mostMs = secondsOf(reader, 'timeLimit', 14_400, '13214', { least: 1 })
  const record = truthOf(reader, 'record', false)
  if (conference) {
    if (inner.length > 1) reader.wrong('2001', 'a Conference stands alone in its Dial', undefined, 'one Conference')
    return { ...conferenceOf(conference, mostMs), ...(record && { record }), ...thenOf(reader, '13210') }
  }
  const targets = inner.length === 0 ? [bare(reader, means)] : inner.map((one) => targetOf(one, means))
  if (targets.length > targetsAtMost) {
    reader.wrong('2001', `${targets.length} are to be rung at once`, undefined, `at most ${targetsAtMost}`)
  }
  const callerId = reader.attribute('callerId')
  const music = reader.attribute('dialMusic')
  return {
    verb: 'dial',
    targets,
    ...(callerId !== undefined && { callerId: numberOf(callerId, means.country) }),
    timeoutMs: secondsOf(reader, 'timeout', 30, '13212', { least: 1 }),
    mostMs,
    ...(record && { record: 'mixed' as const }),
    ...(music !== undefined && { ringback: musicOf(reader, music) }),
    ...thenOf(reader, '13210'),
  }
}

const musicOf = (reader: ElementReader, text: string): readonly Audio[] =>
  text === 'disabled' ? [] : [{ kind: 'url', url: reader.url(text, 'dialMusic') }]

/** What is no number of the country's plan, as a number for help, stays as it is dialled. */
const numberOf = (text: string, country: string): string => {
  const number = parseE164(text, { country })
  return number?.isPossible ? number.number : text
}

/** Text without an element around it: what it is shows by how it begins. */
function bare(reader: ElementReader, { country }: CallRcmlMeans): DialTarget {
  const { text, at } = reader
  if (text === '') reader.wrong('2001', 'nobody is to be dialled', undefined, 'a number, Number, Client, Sip or Conference')
  const { address, headers } = withHeaders(reader, text)
  if (address.startsWith('client:')) return { to: { kind: 'client', login: address.slice(7) }, headers, at }
  if (address.includes('@')) return { to: { kind: 'sip', uri: sipUri(reader, address) }, headers, at }
  return { to: { kind: 'number', number: numberOf(address, country) }, headers, at }
}

function targetOf(reader: ElementReader, { country }: CallRcmlMeans): DialTarget {
  const { element } = reader.at
  if (element === 'Number') {
    requireKnown(reader, [...screened, 'sendDigits'], [])
    const { address, headers } = withHeaders(reader, required(reader))
    const sendDigits = sendDigitsOf(reader)
    return {
      to: { kind: 'number', number: numberOf(address, country) },
      headers,
      at: reader.at,
      ...screenOf(reader),
      ...statusOf(reader),
      ...(sendDigits !== undefined && { sendDigits }),
    }
  }
  if (element === 'Client') {
    requireKnown(reader, [...screened, 'name'], ['Video'])
    const { address, headers } = withHeaders(reader, required(reader))
    const login = address.replace(/^client:/, '')
    return { to: { kind: 'client', login }, headers, at: reader.at, ...screenOf(reader), ...statusOf(reader) }
  }
  requireKnown(reader, [...screened, 'name', 'username', 'password'], ['Video'])
  const text = required(reader)
  const { address, headers } = withHeaders(reader, text)
  const username = reader.attribute('username')
  const password = reader.attribute('password')
  return {
    to: {
      kind: 'sip',
      uri: sipUri(reader, address),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    },
    headers,
    at: reader.at,
    ...screenOf(reader),
    ...statusOf(reader),
  }
}

/** What no phone has as a key would be left out: then none are sent. */
function sendDigitsOf(reader: ElementReader): string | undefined {
  const text = reader.attribute('sendDigits')
  if (text === undefined || /^[0-9*#A-Dw]+$/i.test(text)) return text
  reader.warn('2001', `${text} are no keys`, 'sendDigits', 'keys of a phone; w waits half a second')
  return undefined
}

const required = (reader: ElementReader): string =>
  reader.text === '' ? reader.wrong('2001', `${reader.at.element} is empty`, undefined, 'whom to dial') : reader.text

/** Reference 23.4: shorter than 255 characters, without what stands behind the `?`. */
const sipUri = (reader: ElementReader, text: string): string =>
  text.length >= uriChars
    ? reader.wrong('2001', 'the address is too long', undefined, `less than ${uriChars} characters`)
    : /^sips?:/i.test(text)
      ? text
      : `sip:${text}`

const screenOf = (reader: ElementReader): Pick<DialTarget, 'screen'> => {
  const screen = reader.script('url', 'method', '2001')
  return screen ? { screen } : {}
}

/** `?X-A=1&X-B=2` after the address are headers of the INVITE (reference 13.1). */
function withHeaders(reader: ElementReader, text: string): { address: string; headers: Record<string, string> } {
  const at = text.indexOf('?')
  if (at < 0) return { address: text, headers: {} }
  const headers = headersOf(text.slice(at + 1), (says) => reader.wrong('3103', says))
  return { address: text.slice(0, at).trim(), headers }
}

/** Custom headers as they are written behind an address. `wrong` is called with the name of what cannot be sent. */
export function headersOf(query: string, wrong: (name: string) => never): Record<string, string> {
  const headers: Record<string, string> = {}
  if (query.length > headerChars) wrong(query.slice(0, 40))
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [name = '', ...rest] = pair.split('=')
    let value: string
    try {
      value = decodeURIComponent(rest.join('=').replaceAll('+', '%20'))
    } catch {
      return wrong(name)
    }
    // RFC 3261 25.1: a token, and text without controls.
    // oxlint-disable-next-line no-control-regex
    if (!/^X-[\w!%'*+.`~-]+$/i.test(name) || /[\u0000-\u001f\u007f]/.test(value) || value.trim() === '') wrong(name)
    headers[name] = value.trim()
  }
  return headers
}

function conferenceOf(reader: ElementReader, mostMs: number): JoinConference {
  requireKnown(
    reader,
    [
      'muted',
      'beep',
      'startConferenceOnEnter',
      'endConferenceOnExit',
      'waitUrl',
      'waitMethod',
      'maxParticipants',
      'beepUrl',
      'video',
    ],
    ['Video'],
  )
  const beepUrl = reader.attribute('beepUrl')
  const waitUrl = reader.attributes['waitUrl']?.trim()
  const beep = truthOf(reader, 'beep', true)
  return {
    verb: 'conference',
    name: required(reader),
    muted: truthOf(reader, 'muted', false),
    startOnEnter: truthOf(reader, 'startConferenceOnEnter', true),
    endOnExit: truthOf(reader, 'endConferenceOnExit', false),
    beep: beep && beepUrl !== undefined ? [{ kind: 'url', url: reader.url(beepUrl, 'beepUrl') }] : beep,
    wait: waitOf(reader, waitUrl),
    most: countOf(reader, 'maxParticipants', conferenceMembers, '2001', { least: 1, most: conferenceMembers }),
    mostMs,
  }
}

/** None is the built-in music, an empty one silence; a file is heard, anything else is a document. */
function waitOf(reader: ElementReader, text: string | undefined): NonNullable<JoinConference['wait']> {
  if (text === undefined) return { kind: 'audio', audio: [{ kind: 'tone', tone: 'music' }] }
  if (text === '') return { kind: 'audio', audio: [] }
  const url = reader.url(text, 'waitUrl')
  if (/\.(?:wav|mp3)$/i.test(new URL(url).pathname)) return { kind: 'audio', audio: [{ kind: 'url', url }] }
  return { kind: 'script', page: { url, method: reader.method('waitMethod', '13234') } }
}
