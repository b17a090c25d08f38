// Multipart form bodies (RFC 7578), read by the parser that Node brings for fetch. Bounded; headers of a part other
// than its type and file name are not kept.

import { refuse } from '#reasons/refusal.ts'

export interface Part {
  readonly name: string
  /** Undefined for a plain field. */
  readonly fileName: string | undefined
  /** Of a file; empty when the sender gave none. */
  readonly type: string
  readonly body: Buffer
}

/** Parts in the order sent. Refuses `request.unparsable` and `request.encoding_mismatch`. */
export async function parseMultipart(body: Buffer, boundary: string | undefined, maxParts = 200): Promise<Part[]> {
  // RFC 2046 5.1.1: 1 to 70 of these characters.
  if (boundary === undefined || !/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)) {
    refuse('request.encoding_mismatch', { encoding: 'multipart/form-data with a boundary', place: 'header' })
  }
  if (occurrences(body, Buffer.from(`--${boundary}`), maxParts + 2) > maxParts + 1) refuse('request.unparsable')
  const headers = { 'content-type': `multipart/form-data; boundary="${boundary}"` }
  let form: FormData
  try {
    form = await new Response(body as Buffer<ArrayBuffer>, { headers }).formData()
  } catch {
    refuse('request.unparsable')
  }
  const parts: Part[] = []
  for (const [name, value] of form) {
    if (typeof value === 'string') parts.push({ name, fileName: undefined, type: '', body: Buffer.from(value) })
    else parts.push({ name, fileName: value.name, type: value.type, body: Buffer.from(await value.arrayBuffer()) })
  }
  return parts
}

function occurrences(body: Buffer, mark: Buffer, enough: number): number {
  let count = 0
  for (let at = body.indexOf(mark); at >= 0 && count < enough; at = body.indexOf(mark, at + mark.length)) count += 1
  return count
}
