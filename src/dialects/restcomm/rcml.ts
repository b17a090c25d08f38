// RCML as it answers a message (reference 23): read into the verbs of messaging, with the documented code for whatever is
// wrong. Only Sms, Message, Redirect and Email are done in a session of messages; verbs of calls are passed over with a
// warning, words that are no verbs in silence. Nothing is done here.

import type { EmailVerb, Place, RedirectVerb, SendVerb, Verb } from '#messaging/verbs.ts'
import type { XmlElement } from '#protocols/xml/read-xml.ts'
import { parseE164 } from '#values/e164.ts'
import { notificationCodes, type NotificationCodeName } from './notification-codes.ts'
import { ElementReader, readResponse, Wrong, type Fault } from './rcml-element.ts'

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

export async function readRcml(text: string, means: RcmlMeans): Promise<Step[]> {
  let elements: readonly XmlElement[]
  try {
    elements = await readResponse(text)
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    return [{ fault: error.fault }]
  }
  const steps: Step[] = []
  for (const element of elements) {
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
  const reader = new ElementReader(element, means.url, (fault) => void warnings.push({ fault }))
  try {
    if (name === 'Sms') return [{ verb: smsOf(reader, means.country), at: reader.at }, ...warnings].toReversed()
    if (name === 'Message') return [{ verb: messageOf(reader, means.country), at: reader.at }, ...warnings].toReversed()
    if (name === 'Redirect') return [{ verb: redirectOf(reader), at: reader.at }, ...warnings].toReversed()
    if (name === 'Email') return [{ verb: emailOf(reader), at: reader.at }]
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    return [...warnings, { fault: error.fault }]
  }
  return verbsOfCalls.has(name) ? [{ fault: reader.fault('14110', `${name} has no place in a session of messages`) }] : []
}

/** ONE takes letters, digits and blanks, 11 at the most (reference 23.7). */
const senderName = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/

function sendOf(
  reader: ElementReader,
  country: string,
  channel: SendVerb['channel'],
  parties: { to: string | undefined; from: string | undefined },
  media: readonly string[],
): SendVerb {
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

export const smsOf = (reader: ElementReader, country: string): SendVerb =>
  sendOf(reader, country, 'sms', { to: reader.attribute('to'), from: reader.attribute('from') }, [])

/** Its parties are written with their channel (reference 23.7); media stand in elements of their own. */
export function messageOf(reader: ElementReader, country: string): SendVerb {
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
  return sendOf(reader, country, channel, { to: to?.address, from: from?.address }, media)
}

function redirectOf(reader: ElementReader): RedirectVerb {
  const url = reader.url(reader.text)
  return { verb: 'redirect', script: { url, method: reader.method('method', '13710') } }
}

export function emailOf(reader: ElementReader): EmailVerb {
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
