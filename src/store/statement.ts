// A statement is built with Kysely once, compiled for each engine on first use, and re-bound ever after.

import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Compilable,
  PostgresIntrospector,
} from 'kysely'
import type { Schema } from './schema.ts'

export type EngineName = 'sqlite' | 'postgres'

class Bound {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Stands in a statement for the parameter of that name. */
export function bind<T = never>(name: string): T {
  return new Bound(name) as T
}

export interface Compiled {
  readonly sql: string
  /** Values in the order of the placeholders. */
  values(params: Readonly<Record<string, unknown>>): unknown[]
}

const builders: Record<EngineName, Kysely<Schema>> = {
  sqlite: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  postgres: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
}

/** Truth is 0 or 1 on both engines, and what is absent is null. */
function plain(value: unknown): unknown {
  if (value === undefined) return null
  return typeof value === 'boolean' ? Number(value) : value
}

function valuesOf(parameters: readonly unknown[]): Compiled['values'] {
  const names = parameters.map((value) => (value instanceof Bound ? value.name : undefined))
  const fixed = parameters.map((value) => (value instanceof Bound ? null : plain(value)))
  return (params) => {
    const values = fixed.slice()
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at]
      if (name !== undefined) values[at] = plain(params[name])
    }
    return values
  }
}

let made = 0

/** `P` names the parameters, `R` is the shape of a row. */
export class Statement<P extends object = Record<string, never>, R = unknown> {
  /** Unique in the process: the key of each engine's cache of prepared statements. */
  readonly key: string
  readonly #build: (db: Kysely<Schema>, engine: EngineName) => Compilable
  readonly #compiled = new Map<EngineName, Compiled>()
  declare readonly params: P
  declare readonly row: R

  constructor(build: (db: Kysely<Schema>, engine: EngineName) => Compilable) {
    this.#build = build
    made += 1
    this.key = `s${made}`
  }

  for(engine: EngineName): Compiled {
    let compiled = this.#compiled.get(engine)
    if (!compiled) {
      const { sql, parameters } = this.#build(builders[engine], engine).compile()
      compiled = { sql, values: valuesOf(parameters) }
      this.#compiled.set(engine, compiled)
    }
    return compiled
  }
}

/** `statement<{ id: number }, Row<'accounts'>>((db) => db.selectFrom('accounts').selectAll().where('id', '=', bind('id')))` */
export function statement<P extends object, R = unknown>(
  build: (db: Kysely<Schema>, engine: EngineName) => Compilable,
): Statement<P, R> {
  return new Statement<P, R>(build)
}
