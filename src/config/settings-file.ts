// The settings file: the names of the variables in camel case without the prefix, and the switches of single faces. What a value may be is
// not decided here.

import { readFileSync } from 'node:fs'
import { nearest } from '#values/nearest.ts'

/** By face and by name; each face knows and checks its own. */
export type FaceSwitches = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>

export interface SettingsFile {
  readonly path: string | undefined
  readonly values: Readonly<Record<string, unknown>>
  readonly faces: FaceSwitches
}

/** `named` must be there, `usual` need not. `names` are those of the variables. */
export function readSettingsFile(
  names: readonly string[],
  named: string | undefined,
  usual: string,
  faults: string[],
): SettingsFile {
  const path = named || usual
  const none: SettingsFile = { path: undefined, values: {}, faces: {} }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // The usual file need not be there; one that was named must be.
    if (named || (code !== 'ENOENT' && code !== 'ENOTDIR')) faults.push(`The settings file ${path} cannot be read (${code}).`)
    return none
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    faults.push(`The settings file ${path} is not valid JSON.`)
    return none
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    faults.push(`The settings file ${path} must hold one JSON object.`)
    return none
  }
  const byKey = new Map(names.map((name) => [keyOf(name), name]))
  const values: Record<string, unknown> = {}
  let faces: FaceSwitches = {}
  for (const [key, value] of Object.entries(content)) {
    const name = byKey.get(key)
    if (key === 'faces') faces = readFaces(value, path, faults)
    else if (name === undefined)
      faults.push(`${key} in ${path} is not a setting.${hint(nearest(key, [...byKey.keys(), 'faces']))}`)
    // The file would be looked for in the directory that it names.
    else if (name === 'OFFHOOK_DATA' && !named)
      faults.push(`data in ${path} has no effect: the file was found through OFFHOOK_DATA.`)
    else values[name] = value
  }
  return { path, values, faces }
}

function readFaces(value: unknown, path: string, faults: string[]): FaceSwitches {
  const isTable = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one)
  const plain = (one: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof one)
  if (isTable(value) && Object.values(value).every((switches) => isTable(switches) && Object.values(switches).every(plain))) {
    return value as FaceSwitches
  }
  faults.push(`faces in ${path} must be an object of faces, each an object of texts, numbers or true and false.`)
  return {}
}

/** `OFFHOOK_TLS_CERT` is `tlsCert`. */
export function keyOf(name: string): string {
  return name
    .slice('OFFHOOK_'.length)
    .toLowerCase()
    .replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** To be said behind a name that is not known. */
export const hint = (near: string): string => (near === '' ? '' : ` The nearest is ${near}.`)
