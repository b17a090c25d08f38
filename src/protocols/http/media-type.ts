// Reads a Content-Type (RFC 9110 8.3).

import { MIMEType } from 'node:util'

export interface MediaType {
  /** `type/subtype`, lower case. */
  readonly type: string
  readonly charset: string | undefined
  readonly boundary: string | undefined
}

const json: MediaType = { type: 'application/json', charset: undefined, boundary: undefined }

/** Undefined when there is none or it is malformed. */
export function mediaType(header: string | undefined): MediaType | undefined {
  if (header === undefined) return undefined
  if (header === 'application/json') return json
  try {
    const mime = new MIMEType(header)
    return {
      type: mime.essence,
      charset: mime.params.get('charset')?.toLowerCase(),
      boundary: mime.params.get('boundary') ?? undefined,
    }
  } catch {
    return undefined
  }
}
