// What a migration is: numbered, forward only, the same tables on both engines.

import type { EngineName } from '../statement.ts'

/** The words in which the engines' DDL differs. */
export interface Words {
  readonly engine: EngineName
  /** Ids and times: 53-bit integers. */
  readonly big: string
  /** Compared byte by byte on both engines, so that order and uniqueness are the same. */
  readonly text: string
  /** After a table whose primary key is its order. */
  readonly keyed: string
  /** Before `table`, for what may be lost in a crash of the server. */
  readonly unlogged: string
}

export interface Migration {
  readonly version: number
  readonly name: string
  up(words: Words): readonly string[]
}

export const wordsOf: Record<EngineName, Words> = {
  sqlite: { engine: 'sqlite', big: 'integer', text: 'text', keyed: ' without rowid', unlogged: '' },
  postgres: { engine: 'postgres', big: 'bigint', text: 'text collate "C"', keyed: '', unlogged: 'unlogged ' },
}
