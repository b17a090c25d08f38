// Times and answers as this vendor writes them.

import type { HttpAnswer } from '#protocols/http/exchange.ts'

/** UTC with hundredths of a second: reference section 3. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 22)}Z`
}

// Old clients refuse an answer whose type does not begin with application/json: reference section 3.
const jsonType = 'application/json; charset=utf-8'

export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { 'content-type': jsonType, 'cache-control': 'no-store', ...headers }, body: JSON.stringify(value) }
}

/** No body at all. */
export function empty(status: number): HttpAnswer {
  return { status, headers: { 'cache-control': 'no-store' }, body: '' }
}

/** Absent optionals are left out: reference section 3. */
export function told<T>(name: string, value: T | null | undefined): Record<string, T> {
  return value === undefined || value === null || value === '' ? {} : { [name]: value }
}

/** E.164, its plus optional. */
export const isTelephone = (text: string): boolean => /^\+?[1-9][0-9]{6,14}$/.test(text)
