// How the verbs of calls read their attributes: what is optional and wrong is warned of and has its default (reference 29).

import { nearest } from '#values/nearest.ts'
import type { Page, StatusCallback } from '#voice/verbs/verb.ts'
import type { NotificationCodeName } from './notification-codes.ts'
import { Wrong, type ElementReader } from './rcml-element.ts'

/** What is not known is warned of, what may not stand there is a fault. */
export function requireKnown(reader: ElementReader, attributes: readonly string[], children: readonly string[]): void {
  for (const name of Object.keys(reader.attributes)) {
    if (attributes.includes(name) || name === 'space' || name === 'schemaLocation') continue
    const near = nearest(name, attributes)
    reader.warn('2001', `${name} is no attribute of ${reader.at.element}`, name, near === '' ? attributes.join(', ') : near)
  }
  for (const { name, line, column } of reader.elements) {
    if (children.includes(name)) continue
    const expected = children.length === 0 ? 'text only' : children.join(', ')
    const says = `${name} may not stand in ${reader.at.element}`
    throw new Wrong({ code: '2001', line, column, element: name, says, expected })
  }
}

/** `code` is that of a method that is none. */
export const thenOf = (reader: ElementReader, code: NotificationCodeName = '2001'): { readonly then?: Page } => {
  const then = reader.script('action', 'method', code)
  return then ? { then } : {}
}

export interface Bounds {
  /** 0 unless told. */
  readonly least?: number
  readonly most?: number
}

/** Seconds as they are written, here in ms. */
export function secondsOf(
  reader: ElementReader,
  name: string,
  otherwise: number,
  code: NotificationCodeName,
  { least = 0, most = 86_400 }: Bounds = {},
): number {
  const text = reader.attribute(name)
  if (text === undefined) return otherwise * 1000
  const value = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && value >= least && value <= most) return Math.round(value * 1000)
  reader.warn(code, `${text} is no such number of seconds`, name, `seconds from ${least} to ${most}`)
  return otherwise * 1000
}

export function countOf(
  reader: ElementReader,
  name: string,
  otherwise: number,
  code: NotificationCodeName,
  { least = 0, most = 1000 }: Bounds = {},
): number {
  const text = reader.attribute(name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (/^\d{1,6}$/.test(text) && value >= least && value <= most) return value
  reader.warn(code, `${text} is no such number`, name, `a whole number from ${least} to ${most}`)
  return otherwise
}

const keysAtMost = 16

/** Keys of a phone; none is written as an empty text, and -1 where `none` has it so. */
export function keysOf(
  reader: ElementReader,
  name: string,
  otherwise: string,
  code: NotificationCodeName,
  none: readonly string[] = [''],
): string {
  const text = reader.attributes[name]?.trim()
  if (text === undefined) return otherwise
  if (none.includes(text)) return ''
  if (/^[0-9*#A-D]+$/i.test(text) && text.length <= keysAtMost) return text.toUpperCase()
  reader.warn(code, `${text} are no keys`, name, `up to ${keysAtMost} of 0123456789*#ABCD`)
  return otherwise
}

export function truthOf(reader: ElementReader, name: string, otherwise: boolean): boolean {
  return wordOf(reader, name, ['true', 'false'], '2001', String(otherwise)) === 'true'
}

export function wordOf(
  reader: ElementReader,
  name: string,
  words: readonly string[],
  code: NotificationCodeName,
  otherwise = words[0]!,
): string {
  const text = reader.attribute(name)
  if (text === undefined) return otherwise
  if (words.includes(text.toLowerCase())) return text.toLowerCase()
  reader.warn(code, `${text} is not known`, name, words.join(' or '))
  return otherwise
}

const callEvents: readonly string[] = ['initiated', 'ringing', 'answered', 'completed']

export function statusOf(reader: ElementReader): { readonly status?: StatusCallback } {
  const page = reader.script('statusCallback', 'statusCallbackMethod', '2001')
  if (!page) return {}
  const told = (reader.attribute('statusCallbackEvent') ?? '').toLowerCase().split(/[\s,]+/)
  const events = told.filter((event) => event !== '')
  const unknown = events.find((event) => !callEvents.includes(event))
  if (unknown !== undefined) reader.warn('2001', `${unknown} is no event of a call`, 'statusCallbackEvent', callEvents.join(', '))
  return { status: { ...page, events } }
}
