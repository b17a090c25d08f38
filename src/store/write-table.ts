// Gathers the writes of modules into a table by name.

import type { Write } from './store.ts'

export type AnyWrite = Write<any, unknown>
export type WriteTable = ReadonlyMap<string, AnyWrite>

function isWrite(value: unknown): value is AnyWrite {
  return typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function'
}

/** Takes whatever of the modules is a write; two of one name are a mistake in the program. */
export function writeTable(...modules: object[]): WriteTable {
  const table = new Map<string, AnyWrite>()
  for (const value of modules.flatMap((module) => Object.values(module) as unknown[])) {
    if (!isWrite(value)) continue
    const known = table.get(value.name)
    if (known && known !== value) throw new Error(`two writes are named ${value.name}`)
    table.set(value.name, value)
  }
  return table
}
