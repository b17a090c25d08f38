// Reads a JSON Web Token in its compact form (RFC 7519, RFC 7515 7.1). Verifies nothing.

export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What the signature is over. */
  readonly signed: string
  /** base64url */
  readonly signature: string
}

function object(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Undefined for what is no JWT. */
export function readJwt(text: string): Jwt | undefined {
  const parts = /^([\w-]{2,4000})\.([\w-]{2,8000})\.([\w-]{0,2000})$/.exec(text)
  const header = parts && object(parts[1]!)
  const claims = parts && object(parts[2]!)
  return header && claims ? { header, claims, signed: `${parts[1]}.${parts[2]}`, signature: parts[3]! } : undefined
}
