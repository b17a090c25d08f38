// Ids of this face: GUIDs for accounts, batches and numbers, whole numbers for contacts and groups, and a name for a
// sub-account: the one it was given (an alias), or its 32 hex digits.

import { actFor } from '#accounts/act-for.ts'
import type { Caller } from '#accounts/caller.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { aliasOf, idOfAlias } from '#store/aliases.ts'
import type { Reader } from '#store/store.ts'
import { BlockIds, DecimalIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

export const face = '8x8'
/** The kind of alias that names a sub-account. */
export const subAccountAlias = 'subaccount'

/** Reference section 3. */
export const subAccountPattern = /^[A-Za-z0-9\-._&]{3,50}$/
const guid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i

type Guided =
  | 'account'
  | 'batch'
  | 'number'
  | 'message'
  | 'messageBatch'
  | 'messageExport'
  | 'call'
  | 'callSession'
  | 'recording'
  | 'event'
type Numbered = 'contact' | 'group'

const mostKept = 10_000

export class Ids {
  readonly #blocks: BlockIds
  readonly #decimals: DecimalIds
  // Every path names its account: the same few GUIDs over and over, which never come to mean another one.
  readonly #accountOf = new Map<string, number>()
  readonly #guidOf = new Map<number, string>()

  constructor(key: Key) {
    this.#blocks = new BlockIds(key, face)
    this.#decimals = new DecimalIds(key, face)
  }

  guid(kind: Guided, id: number): string {
    if (kind !== 'account') return this.#blocks.uuid(kind, id)
    let text = this.#guidOf.get(id)
    if (text === undefined) {
      text = this.#blocks.uuid(kind, id)
      if (this.#guidOf.size >= mostKept) this.#guidOf.clear()
      this.#guidOf.set(id, text)
    }
    return text
  }

  /** Undefined for a GUID that is none of ours. Gives request.parameter_invalid for what is no GUID. */
  readGuid(kind: Guided, parameter: string, text: string): number | undefined {
    const known = kind === 'account' ? this.#accountOf.get(text) : undefined
    if (known !== undefined) return known
    if (!guid.test(text)) refuse('request.parameter_invalid', { parameter, value: text.slice(0, 60), expected: 'a GUID' })
    const id = this.#blocks.fromHex(kind, text)
    if (kind === 'account' && id !== undefined) {
      if (this.#accountOf.size >= mostKept) this.#accountOf.clear()
      this.#accountOf.set(text, id)
    }
    return id
  }

  number(kind: Numbered, id: number): number {
    return this.#decimals.encode(kind, id)
  }

  /** Any whole number stands for some id, there or not. Gives request.parameter_invalid for what is no whole number. */
  readNumber(kind: Numbered, parameter: string, value: unknown): number {
    const plain = typeof value === 'number' || typeof value === 'string' ? value : ''
    const id = value === 0 || value === '0' ? -1 : this.#decimals.decode(kind, plain)
    if (id === undefined)
      refuse('request.parameter_invalid', { parameter, value: String(value).slice(0, 60), expected: 'a whole number' })
    return Math.max(0, id)
  }

  async subAccountId(reader: Reader, account: number): Promise<string> {
    return (await aliasOf(reader, face, subAccountAlias, account)) ?? this.#blocks.hex('account', account)
  }

  /** The account that a sub-account's name stands for; undefined when there is none of that name. */
  async readSubAccount(reader: Reader, name: string): Promise<number | undefined> {
    return (await idOfAlias(reader, face, subAccountAlias, name)) ?? this.#blocks.fromHex('account', name)
  }

  /**
   * The caller acting on a sub-account. One that is not there and one of somebody else answer alike, with code 1001
   * (reference section 2). Gives request.parameter_invalid.
   */
  async forSubAccount(reader: Reader, caller: Caller, name: string): Promise<Caller> {
    const id = subAccountPattern.test(name) ? await this.readSubAccount(reader, name) : undefined
    const acting = id === undefined ? undefined : await actForIfThere(reader, caller, id)
    if (acting) return acting
    return refuse('request.parameter_invalid', {
      parameter: 'subAccountId',
      value: name.slice(0, 60),
      expected: 'a sub-account of yours',
    })
  }

  /** The caller acting on an account by its GUID. Gives request.parameter_invalid, resource.not_found. */
  async forAccount(reader: Reader, caller: Caller, text: string): Promise<Caller> {
    const id = this.readGuid('account', 'accountId', text)
    if (id === undefined) refuse('resource.not_found', { noun: 'account' })
    return actFor(reader, caller, id)
  }
}

async function actForIfThere(reader: Reader, caller: Caller, account: number): Promise<Caller | undefined> {
  try {
    return await actFor(reader, caller, account)
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') return undefined
    throw error
  }
}
