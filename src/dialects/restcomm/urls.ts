// URLs and methods as this vendor takes them: a URL may be relative (reference 7), an empty value clears what was there.

import { refuse } from '#reasons/refusal.ts'
import type { Fields } from './fields.ts'

/** undefined: not sent; null: cleared. Gives request.url_invalid. */
export function urlOf(fields: Fields, name: string): string | null | undefined {
  const value = fields.text(name)
  if (value === undefined) return undefined
  if (value === '') return null
  const url = URL.parse(value, 'http://relative.invalid/')
  if (!url || !/^https?:$/.test(url.protocol) || /[\s<>"]/.test(value))
    refuse('request.url_invalid', { parameter: name, value: value.slice(0, 100) })
  return value
}

/** undefined: not sent. An empty one is the usual POST. Gives request.parameter_invalid. */
export function methodOf(fields: Fields, name: string): 'GET' | 'POST' | undefined {
  const value = fields.text(name)
  if (value === undefined) return undefined
  const method = value === '' ? 'POST' : value.toUpperCase()
  if (method !== 'GET' && method !== 'POST')
    refuse('request.parameter_invalid', { parameter: name, value: value.slice(0, 60), expected: 'one of GET, POST' })
  return method
}

/** Leaves out what was not sent. */
export const sent = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
