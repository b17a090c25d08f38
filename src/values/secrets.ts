// Secrets: made, hashed, sealed, compared. A secret that is only checked is hashed; one that must be shown
// or used again (auth tokens, SIP HA1, TOTP seeds) is sealed with AES-256-GCM under OFFHOOK_KEY.

import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` characters of [0-9A-Za-z], about 5.95 bits each, without modulo bias. */
export function randomToken(length: number): string {
  let token = ''
  while (token.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && token.length < length) token += alphabet[byte % 62]
    }
  }
  return token
}

export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** SHA-256 in hex: enough for secrets that are random themselves, such as keys and tokens. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

/** Whether two texts are equal, in time that depends on neither content nor common prefix. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
}

/** The same for two hashes: their length is no secret. */
export function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
}

// RFC 7914 2: N is the cost. It takes 32 MB for the moment, which the C library hands back at once; of half as much it
// would keep a piece for each thread that ever hashed.
const scryptCost = { N: 32768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

function deriveKey(password: string, salt: Buffer, N = scryptCost.N): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, { ...scryptCost, N }, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** A password hash that names its own method: `scrypt$N$salt$key`, base64url parts. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await deriveKey(password, salt)
  return `scrypt$${scryptCost.N}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/** Costs the same whether or not there is a hash, so that timing does not tell which users exist. */
export async function passwordMatches(password: string, hash: string | undefined): Promise<boolean> {
  const [, cost = scryptCost.N, salt = 'AAAAAAAAAAAAAAAAAAAAAA', key = ''] = (hash ?? '').split('$')
  const derived = await deriveKey(password, Buffer.from(salt, 'base64url'), Number(cost))
  const expected = Buffer.from(key, 'base64url')
  return expected.length === derived.length && timingSafeEqual(expected, derived)
}

/** The operator's key, from which every other key is derived by purpose (HKDF, RFC 5869). */
export class Key {
  readonly #root: Buffer
  readonly #sealing: Buffer

  /** `text` is OFFHOOK_KEY: 32 bytes as 64 hex digits. */
  constructor(text: string) {
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new TypeError('a key is 64 hex digits')
    this.#root = Buffer.from(text, 'hex')
    this.#sealing = this.derive('seal', 32)
  }

  derive(purpose: string, bytes: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, 'offhook', purpose, bytes))
  }

  /** `v1.` + base64url of nonce, tag and text. */
  seal(text: string): string {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
  }

  /** Throws when the text was sealed under another key or was changed. */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', this.#sealing, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  }

  mac(purpose: string, text: string): string {
    return createHmac('sha256', this.derive(purpose, 32)).update(text).digest('hex')
  }
}
