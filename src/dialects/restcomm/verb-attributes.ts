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

export const thenOf = (reader: ElementReader): { readonly then?: Page } => {
  const then = reader.script('action', 'method', '2001')
  return then ? { then } : {}
}

/** Seconds as they are written, here in ms. */
export function secondsOf(
  reader: ElementReader,
  name: string,
  otherwise: number,
  code: NotificationCodeName,
  most = 86_400,
): number {
  const text = reader.attribute(name)
  if (text === undefined) return otherwise * 1000
  const value = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && value <= most) return Math.round(value * 1000)
  reader.warn(code, `${text} is no number of seconds`, name, `seconds from 0 to ${most}`)
  return otherwise * 1000
}

export function countOf(reader: ElementReader, name: string, otherwise: number, code: NotificationCodeName, most = 1000): number {
  const text = reader.attribute(name)
  if (text === undefined) return otherwise
  if (/^\d{1,6}$/.test(text) && Number(text) <= most) return Number(text)
  reader.warn(code, `${text} is no number`, name, `a whole number from 0 to ${most}`)
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

export function statusOf(reader: ElementReader): { readonly status?: StatusCallback } {
  const page = reader.script('statusCallback', 'statusCallbackMethod', '2001')
  if (!page) return {}
  const events = (reader.attribute('statusCallbackEvent') ?? '').toLowerCase().split(/[\s,]+/)
  return { status: { ...page, events: events.filter((event) => event !== '') } }
}
