// RCML as it answers a message (reference 23): read into the verbs of messaging, with the documented code for whatever is
// wrong. Only Sms, Message, Redirect and Email are done in a session of messages; verbs of calls are passed over with a
// warning, words that are no verbs in silence. Nothing is done here.

import type { EmailVerb, Place, RedirectVerb, Script, SendVerb, Verb } from '#messaging/verbs.ts'
import { readXml, XmlFault, type XmlElement } from '#protocols/xml/read-xml.ts'
import { parseE164 } from '#values/e164.ts'
import { notificationCodes, type NotificationCodeName } from './notification-codes.ts'

export interface Fault extends Place {
  readonly code: NotificationCodeName
  readonly attribute?: string
  readonly says: string
}

/** One thing after the other: done, or told and, if it is an error, the end. */
export type Step = { readonly verb: Verb; readonly at: Place } | { readonly fault: Fault }

export interface RcmlMeans {
  /** Relative URLs are resolved against it (reference 23.1). */
  readonly url: string
  /** Where numbers without + are dialled from, ISO 3166 alpha-2. */
  readonly country: string
}

/** Verbs that have their place in a call (reference 23.3). */
const verbsOfCalls = new Set([
  'Dial',
  'Gather',
  'Say',
  'Play',
  'Record',
  'Hold',
  'Resume',
  'Refer',
  'Hangup',
  'Pause',
  'Reject',
  'Fax',
  'Enqueue',
  'UssdCollect',
  'UssdMessage',
  'Language',
])

const saysChars = 200

class Wrong extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.says)
    this.fault = fault
  }
}

/** `&` alone is taken as itself (reference 23.1). What CDATA holds is left as it is. */
function escapeBare(text: string): string {
  return text
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/gi, '&amp;')))
    .join('')
}

export async function readRcml(text: string, means: RcmlMeans): Promise<Step[]> {
  let root: XmlElement
  try {
    root = await readXml(escapeBare(text))
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error
    return [{ fault: { code: '2000', element: '', line: error.line ?? 1, says: error.message.slice(0, saysChars) } }]
  }
  if (root.name !== 'Response')
    return [{ fault: { code: '2000', element: root.name, line: root.line, says: 'the root element must be Response' } }]
  const steps: Step[] = []
  for (const element of root.elements) {
    for (const step of stepsOf(element, means)) {
      steps.push(step)
      if ('fault' in step && notificationCodes[step.fault.code].log === 0) return steps
    }
  }
  return steps
}

function stepsOf(element: XmlElement, means: RcmlMeans): Step[] {
  const { name } = element
  const warnings: Step[] = []
  const reader = new ElementReader(element, means, (fault) => void warnings.push({ fault }))
  try {
    if (name === 'Sms') return [{ verb: smsOf(reader), at: reader.at }, ...warnings].toReversed()
    if (name === 'Message') return [{ verb: messageOf(reader), at: reader.at }, ...warnings].toReversed()
    if (name === 'Redirect') return [{ verb: redirectOf(reader), at: reader.at }, ...warnings].toReversed()
    if (name === 'Email') return [{ verb: emailOf(reader), at: reader.at }]
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    return [...warnings, { fault: error.fault }]
  }
  return verbsOfCalls.has(name) ? [{ fault: reader.fault('14110', `${name} has no place in a session of messages`) }] : []
}

class ElementReader {
  readonly #element: XmlElement
  readonly #means: RcmlMeans
  readonly #warn: (fault: Fault) => void

  constructor(element: XmlElement, means: RcmlMeans, warn: (fault: Fault) => void) {
    this.#element = element
    this.#means = means
    this.#warn = warn
  }

  get at(): Place {
    return { line: this.#element.line, element: this.#element.name }
  }

  get text(): string {
    return this.#element.text.trim()
  }

  /** The texts of the elements of that name in it. */
  texts(name: string): string[] {
    return this.#element.elements.filter((one) => one.name === name).map((one) => one.text.trim())
  }

  get country(): string {
    return this.#means.country
  }

  fault(code: NotificationCodeName, says: string, attribute?: string): Fault {
    return { ...this.at, code, says: says.slice(0, saysChars), ...(attribute !== undefined && { attribute }) }
  }

  wrong(code: NotificationCodeName, says: string, attribute?: string): never {
    throw new Wrong(this.fault(code, says, attribute))
  }

  /** Undefined when it is absent or empty. */
  attribute(name: string): string | undefined {
    return this.#element.attributes[name]?.trim() || undefined
  }

  list(name: string): string[] {
    const text = this.attribute(name)
    return text === undefined ? [] : text.split(',').map((one) => one.trim())
  }

  url(text: string, attribute?: string): string {
    if (text === '') this.wrong('11101', 'a URL is empty', attribute)
    const url = /[\s<>"]/.test(text) ? null : URL.parse(text, this.#means.url)
    if (!url || !/^https?:$/.test(url.protocol)) this.wrong('11100', `${text} is no URL of a script`, attribute)
    return url.href
  }

  /** What is no method is warned of, and POST is meant. */
  method(name: string, code: NotificationCodeName): Script['method'] {
    const text = this.attribute(name)?.toUpperCase() ?? 'POST'
    if (text === 'GET' || text === 'POST') return text
    this.#warn(this.fault(code, `${text} is none of GET, POST`, name))
    return 'POST'
  }

  /** A URL attribute with its method; undefined when there is none. */
  script(name: string, methodName: string, code: NotificationCodeName): Script | undefined {
    const text = this.#element.attributes[name]
    return text === undefined ? undefined : { url: this.url(text.trim(), name), method: this.method(methodName, code) }
  }
}

/** ONE takes letters, digits and blanks, 11 at the most (reference 23.7). */
const senderName = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/

function sendOf(
  reader: ElementReader,
  channel: SendVerb['channel'],
  parties: { to: string | undefined; from: string | undefined },
  media: readonly string[],
): SendVerb {
  const { country } = reader
  const { to, from } = parties
  const number = to === undefined ? undefined : parseE164(to, { country })
  if (to !== undefined && !number?.isPossible) reader.wrong('14101', `${to} is no number`, 'to')
  const sender = from === undefined ? undefined : (parseE164(from, { country })?.number ?? from)
  if (sender !== undefined && !/^\+?\d{3,15}$/.test(sender) && !senderName.test(sender))
    reader.wrong('14102', `${from} is no sender`, 'from')
  const { text } = reader
  if (text === '' && media.length === 0) reader.wrong('14103', 'it has no text')
  return {
    verb: 'send',
    channel,
    to: number?.number,
    from: sender,
    text,
    media,
    action: reader.script('action', 'method', '14104'),
    callback: reader.script('statusCallback', 'statusCallbackMethod', '14104'),
  }
}

const smsOf = (reader: ElementReader): SendVerb =>
  sendOf(reader, 'sms', { to: reader.attribute('to'), from: reader.attribute('from') }, [])

/** Its parties are written with their channel (reference 23.7); media stand in elements of their own. */
function messageOf(reader: ElementReader): SendVerb {
  const media = reader.texts('Media').map((text) => reader.url(text))
  const party = (name: 'to' | 'from', code: NotificationCodeName) => {
    const text = reader.attribute(name)
    if (text === undefined) return undefined
    const found = /^(sms|mms):(.+)$/i.exec(text)
    if (!found) reader.wrong(code, `${text} does not begin with sms: or mms:`, name)
    return { channel: found[1]!.toLowerCase() as SendVerb['channel'], address: found[2]! }
  }
  const to = party('to', '14101')
  const from = party('from', '14102')
  if (to && from && to.channel !== from.channel) reader.wrong('14101', 'from and to are of different channels', 'to')
  const channel = to?.channel ?? from?.channel ?? (media.length > 0 ? 'mms' : 'sms')
  return sendOf(reader, channel, { to: to?.address, from: from?.address }, media)
}

function redirectOf(reader: ElementReader): RedirectVerb {
  const url = reader.url(reader.text)
  return { verb: 'redirect', script: { url, method: reader.method('method', '13710') } }
}

function emailOf(reader: ElementReader): EmailVerb {
  const needed = (name: string): string => reader.attribute(name) ?? reader.wrong('2001', `${name} is missing`, name)
  return {
    verb: 'email',
    from: needed('from'),
    to: needed('to')
      .split(',')
      .map((one) => one.trim()),
    cc: reader.list('cc'),
    bcc: reader.list('bcc'),
    subject: reader.attribute('subject') ?? 'Restcomm Email Service',
    text: reader.text === '' ? reader.wrong('2001', 'it has no text') : reader.text,
  }
}
