// How long an answer may be used again without asking, and whether after that: RFC 9111 for a cache that several share. Data in, data out.

import type { OutgoingAnswer } from '#protocols/http/outgoing.ts'

export interface Freshness {
  /** It may be kept at all. */
  readonly isKept: boolean
  readonly freshForMs: number
  /** The answer says so itself; otherwise it is a guess, or what was said before. */
  readonly isTold: boolean
  /** When its server cannot be asked, it may not be used. */
  readonly mustRevalidate: boolean
  readonly etag?: string
  readonly lastModified?: string
}

/** RFC 9111 4.2.2: a tenth of its age, where nothing is said. */
const guessedAtMostMs = 3_600_000
const freshAtMostMs = 7 * 24 * 3_600_000

/** What the headers of an answer allow, seen at `nowMs` (UTC). */
export function freshnessOf(headers: OutgoingAnswer['headers'], nowMs: number): Freshness {
  const control = directives(text(headers['cache-control']))
  const etag = text(headers['etag'])
  const lastModified = text(headers['last-modified'])
  return {
    isKept: !control.has('no-store') && !control.has('private') && text(headers['vary']) !== '*',
    freshForMs: Math.max(0, Math.min(freshAtMostMs, lifetimeMs(headers, control, lastModified, nowMs) - ageMs(headers))),
    isTold: control.size > 0 || headers['expires'] !== undefined,
    mustRevalidate: control.has('must-revalidate') || control.has('proxy-revalidate') || control.has('no-cache'),
    ...(etag !== '' && { etag }),
    ...(lastModified !== '' && { lastModified }),
  }
}

function lifetimeMs(headers: OutgoingAnswer['headers'], control: Control, lastModified: string, nowMs: number): number {
  if (control.has('no-cache')) return 0
  const seconds = control.get('s-maxage') ?? control.get('max-age')
  if (seconds !== undefined) return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0
  const from = Date.parse(text(headers['date'])) || nowMs
  // RFC 9111 5.3: an invalid one, such as 0, is in the past.
  if (headers['expires'] !== undefined) return (Date.parse(text(headers['expires'])) || 0) - from
  const changed = Date.parse(lastModified)
  return Number.isNaN(changed) ? 0 : Math.min(guessedAtMostMs, (from - changed) / 10)
}

function ageMs(headers: OutgoingAnswer['headers']): number {
  const seconds = text(headers['age'])
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0
}

type Control = ReadonlyMap<string, string>

function directives(header: string): Control {
  const pairs = header
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => part.trim().toLowerCase().split('='))
  return new Map(pairs.map(([name = '', value = '']) => [name.trim(), value.trim().replaceAll('"', '')]))
}

function text(header: string | readonly string[] | undefined): string {
  return typeof header === 'object' ? header.join(', ') : (header ?? '')
}
