// Queries and form bodies (application/x-www-form-urlencoded of the WHATWG URL standard) as ordered pairs, but strict:
// a bad percent escape or bad UTF-8 is refused, where node:querystring and URLSearchParams let it pass as something else.

import { isUtf8 } from 'node:buffer'
import { refuse } from '#reasons/refusal.ts'

/** In the order sent; a name may occur more than once. */
export type Pairs = [name: string, value: string][]

/** `raw` has no leading `?`. Refuses `request.encoding_mismatch`. */
export function parseQuery(raw: string): Pairs {
  return parsePairs(raw, 'query')
}

/** Refuses `request.encoding_mismatch`. */
export function parseForm(body: Buffer): Pairs {
  if (!isUtf8(body)) refuse('request.encoding_mismatch', { encoding: 'UTF-8', place: 'body' })
  return parsePairs(body.toString('utf8'), 'body')
}

/** One path segment; the path keeps its `+`. Refuses `request.encoding_mismatch`. */
export function decodeSegment(raw: string): string {
  return raw.includes('%') ? decode(raw, 'path') : raw
}

function parsePairs(raw: string, place: string): Pairs {
  const pairs: Pairs = []
  if (raw === '') return pairs
  for (const part of raw.split('&')) {
    if (part === '') continue
    const mark = part.indexOf('=')
    const name = mark < 0 ? part : part.slice(0, mark)
    const value = mark < 0 ? '' : part.slice(mark + 1)
    pairs.push([plain(name, place), plain(value, place)])
  }
  return pairs
}

function plain(text: string, place: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? decode(spaced, place) : spaced
}

function decode(text: string, place: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse('request.encoding_mismatch', { encoding: 'percent-encoded UTF-8', place })
  }
}
