// The parameters of an OAuth request: a form body, a query, or both (RFC 6749 3.1 and 3.2). A name may occur once in each
// place and must then say the same; what is empty counts as absent.

import { mediaType } from '#protocols/http/media-type.ts'
import { parseForm, type Pairs } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import type { RingCentralKnock } from './knock.ts'

/** The SDK repeats these and writes them empty (reference 3.1). */
const repeatable = new Set(['ui_options', 'response_hint', 'login_hint'])

function single(pairs: Pairs): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (value === '') continue
    if (fields.has(name) && !repeatable.has(name)) refuse('request.parameter_repeated', { parameter: name.slice(0, 100) })
    fields.set(name, value)
  }
  return fields
}

/** Gives request.content_type_invalid, request.encoding_mismatch, request.parameter_repeated, request.values_disagree. */
export function oauthForm(knock: RingCentralKnock): Map<string, string> {
  const { request, query } = knock
  const fields = single(query)
  if (request.body.length === 0) return fields
  const type = request.headers['content-type']
  if (mediaType(type)?.type !== 'application/x-www-form-urlencoded') {
    refuse('request.content_type_invalid', {
      contentType: (type ?? '').slice(0, 100),
      allowed: ['application/x-www-form-urlencoded'],
    })
  }
  for (const [name, value] of single(parseForm(request.body))) {
    const inQuery = fields.get(name)
    if (inQuery !== undefined && inQuery !== value && !repeatable.has(name)) {
      refuse('request.values_disagree', { parameter: name.slice(0, 100), places: 'query_body' })
    }
    fields.set(name, value)
  }
  return fields
}

/** Gives request.parameter_missing. */
export function needed(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name)
  if (value === undefined) refuse('request.parameter_missing', { parameter: name, location: 'payload' })
  return value
}
