// Sids: two capitals and 32 hex digits, a keyed bijection of our ids. An account's is dictated by its e-mail address
// (reference 1.1) and kept as an alias; an account that was made elsewhere has one of the usual kind.

import { createHash } from 'node:crypto'
import { aliasOf, idOfAlias } from '#store/aliases.ts'
import type { Reader } from '#store/store.ts'
import { BlockIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

export const faceName = 'restcomm'

/** US, AK and TC (users, access keys, trace records) are ours: no public page names theirs. */
export type Prefix = 'AC' | 'AP' | 'CL' | 'PN' | 'OR' | 'US' | 'AK' | 'SM' | 'TC' | 'CA' | 'ID' | 'CF' | 'RE' | 'RF'

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

export const sidOfEmail = (email: string): string => `AC${md5(email.toLowerCase())}`

/** Error ids are UUIDs, so that a notification's sid needs no table. */
export const notificationSid = (errorId: string): string => `NO${errorId.replaceAll('-', '')}`

export function errorIdOf(sid: string): string | undefined {
  const parts = /^NO([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(sid)
  return parts ? parts.slice(1).join('-') : undefined
}

/** Of what went wrong while something was served: told twice, it is the same one. */
export function errorIdFor(what: string): string {
  const hex = createHash('sha256').update(what).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const maxCached = 20_000

export class Sids {
  readonly #blocks: BlockIds
  readonly #reader: Reader
  /** An alias, once set, is never changed. */
  readonly #accountIds = new Map<string, number>()
  readonly #accountSids = new Map<number, string>()

  constructor(key: Key, reader: Reader) {
    this.#blocks = new BlockIds(key, faceName)
    this.#reader = reader
  }

  show(prefix: Prefix, id: number): string {
    return prefix + this.#blocks.hex(prefix, id)
  }

  /** Undefined for what this face did not make. */
  read(prefix: Prefix, sid: string): number | undefined {
    return sid.length === 34 && sid.startsWith(prefix) ? this.#blocks.fromHex(prefix, sid.slice(2)) : undefined
  }

  /** The sid of the server instance; there is one as far as clients know. */
  get instance(): string {
    return this.show('ID', 1)
  }

  /** Compound, as the open server has it (reference 1.1). */
  ofCall(id: number): string {
    return `${this.instance}-${this.show('CA', id)}`
  }

  /** Compound or the plain part. */
  readCall(sid: string): number | undefined {
    return this.read('CA', /^ID[0-9a-f]{32}-(CA[0-9a-f]{32})$/.exec(sid)?.[1] ?? sid)
  }

  async ofAccount(id: number): Promise<string> {
    const held = this.#accountSids.get(id)
    if (held !== undefined) return held
    const alias = await aliasOf(this.#reader, faceName, 'account', id)
    if (alias === undefined) return this.show('AC', id)
    this.#keep(alias, id)
    return alias
  }

  /** By sid or e-mail address. */
  async account(text: string): Promise<number | undefined> {
    const sid = text.includes('@') ? sidOfEmail(text) : text
    const held = this.#accountIds.get(sid)
    if (held !== undefined) return held
    if (!/^AC[0-9a-f]{32}$/i.test(sid)) return undefined
    const id = await idOfAlias(this.#reader, faceName, 'account', sid)
    if (id === undefined) return this.read('AC', sid)
    this.#keep(sid, id)
    return id
  }

  #keep(sid: string, id: number): void {
    if (this.#accountIds.size >= maxCached) {
      this.#accountIds.clear()
      this.#accountSids.clear()
    }
    this.#accountIds.set(sid, id)
    this.#accountSids.set(id, sid)
  }
}
