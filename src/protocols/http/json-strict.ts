// JSON bodies (RFC 8259), strict: UTF-8 only, no key twice in an object, bounded depth, no number that overflows.
// The good case is JSON.parse and one pass over the text; places are worked out only for a refusal.

import { isUtf8 } from 'node:buffer'
import { refuse } from '#reasons/refusal.ts'
import { duplicateKey, syntaxFault } from './json-scan.ts'

export interface JsonLimits {
  readonly maxDepth: number
}

/**
 * Refuses `request.encoding_mismatch`, `request.json_invalid` (with line and column, from 1), `request.nesting_too_deep`,
 * `request.duplicate_key`, `request.number_out_of_range`.
 */
export function parseJson(body: Buffer, { maxDepth }: JsonLimits = { maxDepth: 64 }): unknown {
  if (!isUtf8(body)) refuse('request.encoding_mismatch', { encoding: 'UTF-8', place: 'body' })
  let text = body.toString('utf8')
  // RFC 8259 8.1: a reader may ignore a byte order mark.
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    refuse('request.json_invalid', syntaxFault(text))
  }
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'number' && !Number.isFinite(value)) refuseNumber('')
    return value
  }
  const { depth, members } = measure(text)
  if (depth > maxDepth) refuse('request.nesting_too_deep', { limit: maxDepth })
  // A key that came twice was written twice and kept once.
  if (countMembers(value, '') !== members) refuse('request.duplicate_key', duplicateKey(text))
  return value
}

/** Of text that is known to be valid. Members are colons outside strings. */
function measure(text: string): { depth: number; members: number } {
  let depth = 0
  let deepest = 0
  let members = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        // To the closing quote: the next one with an even number of backslashes before it.
        for (;;) {
          at = text.indexOf('"', at + 1)
          let slashes = 0
          while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1
          if (slashes % 2 === 0) break
        }
        break
      }
      case 0x3a:
        members += 1
        break
      case 0x5b:
      case 0x7b:
        depth += 1
        if (depth > deepest) deepest = depth
        break
      case 0x5d:
      case 0x7d:
        depth -= 1
        break
    }
  }
  return { depth: deepest, members }
}

function countMembers(value: object, path: string): number {
  let count = 0
  const list = Array.isArray(value)
  const record = value as Record<string, unknown>
  for (const key in record) {
    if (!list) count += 1
    const inner = record[key]
    if (typeof inner === 'object') {
      if (inner !== null) count += countMembers(inner, `${path}/${key}`)
    } else if (typeof inner === 'number' && !Number.isFinite(inner)) refuseNumber(`${path}/${key}`)
  }
  return count
}

function refuseNumber(path: string): never {
  refuse('request.number_out_of_range', { parameter: path.split('/').at(-1) || 'body' })
}
