// One setting: how its text is read, what it is when nobody set it, and how a wrong value is told. Reads nothing itself.

export interface Setting<T> {
  /** Of the text of a variable; throws a TypeError whose message is what is allowed. */
  readonly parse: (text: string) => T
  readonly fallback: T
  /** Its value is never shown. */
  readonly hidden?: boolean
  /** From where to where, in words. */
  readonly bounds?: string
}

/** What docs/settings.md says of a setting. */
export interface Told {
  /** What it is for, with what its value may be where the example does not show it. */
  readonly about: string
  /** What counts when nobody set it: the value as it would be written, or `(in words)`. */
  readonly usual: string
  /** A value as it would be written. */
  readonly example: string
  /** Of what it counts. */
  readonly unit?: string
}

export type SettingTable = Readonly<Record<string, Setting<unknown> & Told>>

/** What the settings of a table are read into. */
export type ValuesOf<S extends SettingTable> = { readonly [name in keyof S]: S[name]['fallback'] }

type Parse<T> = (text: string) => T

/** The value, or the fallback with a fault added. `raw` comes from the environment as text, from a file as JSON. */
export function take<T>(name: string, setting: Setting<T>, raw: unknown, faults: string[]): T {
  if (raw === undefined || raw === null) return setting.fallback
  const text = textOf(raw)
  const shown = setting.hidden ? 'has a value that' : `is ${JSON.stringify(text ?? raw)}, which`
  try {
    if (text === undefined) throw new TypeError('a text, a number, a list of texts or an object of texts')
    return setting.parse(text)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    faults.push(`${name} ${shown} is not allowed. Allowed: ${cause.message}.`)
    return setting.fallback
  }
}

/** A file may say the same more comfortably: a list as a list, pairs as an object. */
function textOf(raw: unknown): string | undefined {
  const plain = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'
  if (plain(raw)) return String(raw)
  if (Array.isArray(raw)) return raw.every(plain) ? raw.join(',') : undefined
  if (typeof raw !== 'object' || raw === null) return undefined
  const entries = Object.entries(raw)
  return entries.every(([, value]) => plain(value)) ? entries.map((pair) => pair.join('=')).join(',') : undefined
}

export const anyText: Parse<string> = (text) => text

export const text = (fallback: string): Setting<string> => ({ parse: anyText, fallback })

export const optional = <T>(parse: Parse<T>): Setting<T | undefined> => ({ parse, fallback: undefined })

export const secret = <T>(parse: Parse<T>): Setting<T | undefined> => ({ parse, fallback: undefined, hidden: true })

export const list = <T>(parse: Parse<T>, fallback: readonly T[]): Setting<readonly T[]> => ({
  parse: (whole) => whole.split(',').map((part) => parse(part.trim())),
  fallback,
})

/** `name=value` pairs. */
export const table = (name: Parse<string>, value: Parse<string>): Setting<Readonly<Record<string, string>>> => ({
  parse: (whole) =>
    Object.fromEntries(
      whole.split(',').map((part) => {
        const [left = '', right = ''] = part.split(/=(.*)/s)
        return [name(left.trim()), value(right.trim())]
      }),
    ),
  fallback: {},
})

export const choice = <const T extends string>(allowed: readonly T[], fallback: NoInfer<T>): Setting<T> => ({
  parse: (word) => {
    const found = allowed.find((one) => one === word)
    if (found === undefined) throw new TypeError(allowed.join(', '))
    return found
  },
  fallback,
})

export const integer = (fallback: number, min: number, max: number): Setting<number> => ({
  parse: (digits) => bounded(/^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN, min, max, 'a whole number'),
  fallback,
  bounds: `from ${min} to ${max}`,
})

/** Bytes; K, M, G and T stand for powers of 1024. */
export const size = (fallback: number, min: number, max: number): Setting<number> => ({
  parse: (words) => {
    const found = /^(\d{1,15})\s*([KMGT]?)(?:i?B)?$/i.exec(words)
    const power = ' KMGT'.indexOf((found?.[2] || ' ').toUpperCase())
    return bounded(found ? Number(found[1]) * 1024 ** power : Number.NaN, min, max, 'bytes, such as 1048576 or 256M,')
  },
  fallback,
  bounds: `from ${shownSize(min)} to ${shownSize(max)}`,
})

function bounded(value: number, min: number, max: number, what: string): number {
  if (!(value >= min && value <= max)) throw new TypeError(`${what} from ${min} to ${max}`)
  return value
}

function shownSize(bytes: number): string {
  const power = [4, 3, 2, 1].find((one) => bytes > 0 && bytes % 1024 ** one === 0) ?? 0
  return `${bytes / 1024 ** power}${' KMGT'[power]!.trim()}`
}
