// Bodies of API calls (reference 2.2 and step 11 of 2.4). A Content-Type without a body is normal here, and the text `null`
// counts as no body: the SDK sends both.

import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { refuse } from '#reasons/refusal.ts'
import type { RingCentralKnock } from './knock.ts'

export type Fields = Record<string, unknown>

const formType = 'application/x-www-form-urlencoded'

/** Step 6: headers that cannot be read, or are needed and missing. Gives request.header_missing, request.header_invalid. */
export function checkHeaders(knock: RingCentralKnock): void {
  const { headers, body } = knock.request
  const type = headers['content-type']
  if (body.length > 0) {
    if (type === undefined) refuse('request.header_missing', { header: 'Content-Type' })
    const read = mediaType(type)
    if (!read) refuse('request.header_invalid', { header: 'Content-Type', value: type.slice(0, 100) })
    if (read.type.startsWith('multipart/') && read.boundary === undefined)
      refuse('request.header_missing', { header: 'Content-Type boundary' })
  }
  const accept = headers['accept']
  // RFC 9110 12.5.1, the shape of it.
  if (accept !== undefined && accept !== '' && !/^\s*[\w*!#$&^.+-]+\/[\w*!#$&^.+-]+[^\r\n]*$/.test(accept)) {
    refuse('request.header_invalid', { header: 'Accept', value: accept.slice(0, 100) })
  }
  const range = headers['range']
  if (range !== undefined && !/^bytes=(?:\d+-\d*|-\d+)(?:\s*,\s*(?:\d+-\d*|-\d+))*$/i.test(range)) {
    refuse('request.header_invalid', { header: 'Range', value: range.slice(0, 100) })
  }
}

/** Gives request.query_not_allowed, request.content_type_invalid, request.body_empty and those of strict JSON. */
export function readBody(knock: RingCentralKnock, isBatch: boolean): void {
  const { route, request, method } = knock
  const type = mediaType(request.headers['content-type'])?.type
  if (type === formType && method !== 'GET' && request.query !== '') {
    refuse('request.query_not_allowed', { method, contentType: formType })
  }
  if (route!.body === undefined || route!.body === 'raw') return
  const several = isBatch && (type?.startsWith('multipart/') || type === multipartJson)
  if (request.body.length > 0 && type !== 'application/json' && !several) {
    refuse('request.content_type_invalid', {
      contentType: (request.headers['content-type'] ?? '').slice(0, 100),
      allowed: ['application/json'],
    })
  }
  // Each part is read for its own id.
  if (several) return
  const value = request.body.length === 0 ? null : parseJson(request.body)
  if (value === null) {
    if (route!.body === 'json') refuse('request.body_empty')
    return
  }
  knock.body = object(value)
}

export const multipartJson = 'application/vnd.ringcentral.multipart+json'

export function object(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse('request.json_invalid', { fault: 'an object is expected' })
  return value as Fields
}

/** A text field, trimmed of nothing; undefined when absent or null. Gives request.parameter_invalid. */
export function text(fields: Fields, name: string, path = name): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') refuse('request.parameter_invalid', { parameter: path, value: shown(value), expected: 'a text' })
  return value
}

/** An object inside another. Gives request.parameter_invalid. */
export function inner(fields: Fields, name: string, path = name): Fields {
  const value = fields[name]
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    refuse('request.parameter_invalid', { parameter: path, value: shown(value), expected: 'an object' })
  return value as Fields
}

export const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 100)
