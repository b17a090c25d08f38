// How this vendor writes things: times, costs, names with escapes, telephone numbers.

import { refusal, type Refusal } from '#reasons/refusal.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** `YYYY-MM-DD_hh:mm:ss`, UTC. */
export function stamp(atMs: number): string {
  const at = new Date(atMs)
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  return `${day}_${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
}

/** Costs are told in US dollars and cents; null where the price is in another currency. */
export function dollars(micro: number, currency: string): number | null {
  return currency === 'USD' ? Math.round(micro / 10_000) / 100 : null
}

/** Names come with `\uXXXX` for what is not ASCII, inside the parameter's value. */
export function unescapeName(text: string): string {
  return text.includes('\\u')
    ? text.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text
}

/** E.164 without its `+`. */
export const digitsOf = (number: string): string => number.replace(/^\+/, '')

/** Full international, digits only: no leading `+` and no leading `0`. */
export function readTelephone(text: string, parameter: string): string | Refusal {
  if (/^[1-9][0-9]{3,14}$/.test(text)) return text
  return refusal('request.parameter_invalid', {
    parameter,
    value: text.slice(0, 40),
    expected: 'digits only, full international, without a leading + or 0',
  })
}
