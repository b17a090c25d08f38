// The settings of a kind of carrier as one table: type, default, bounds and unit of each. The command line, the API and the
// carrier itself read the same table, so that what is told, what is taken and what is done cannot differ.

interface Common {
  /** One line, for people. */
  readonly about: string
}

export type CarrierSetting = Common &
  (
    | { readonly type: 'integer'; readonly fallback: number; readonly min: number; readonly max: number; readonly unit: string }
    | { readonly type: 'boolean'; readonly fallback: boolean }
    | { readonly type: 'choice'; readonly fallback: string; readonly choices: readonly string[] }
    /** `pattern` is what a value must look like, told in words as `form`. */
    | {
        readonly type: 'text'
        readonly fallback: string
        readonly required?: true
        readonly pattern: RegExp
        readonly form: string
      }
  )

export type CarrierSettings = Readonly<Record<string, CarrierSetting>>

type ValueOf<S extends CarrierSetting> = S extends { readonly type: 'integer' }
  ? number
  : S extends { readonly type: 'boolean' }
    ? boolean
    : S extends { readonly choices: readonly (infer C)[] }
      ? C
      : string

export type ValuesOf<T extends CarrierSettings> = { readonly [N in keyof T]: ValueOf<T[N]> }

/** A value that may not be, in words that need no table beside them. */
export interface SettingFault {
  readonly field: string
  readonly problem: string
}

export type Detail = Readonly<Record<string, unknown>>

/** A row of `carriers`, to be opened by its kind. */
export interface CarrierConfig {
  readonly id: number
  readonly name: string
  /** What the kind needs: host, port, system id, window, throughput... */
  readonly detail: Detail
  /** The password, unsealed; empty when it has none. */
  readonly secret: string
}

/** All faults of a detail: unknown names, wrong types, values out of bounds, what is required and lacking. */
export function faultsOf(table: CarrierSettings, detail: Detail): SettingFault[] {
  const faults: SettingFault[] = []
  for (const field of Object.keys(detail)) {
    if (!Object.hasOwn(table, field))
      faults.push({ field, problem: `is no setting of this kind; they are ${Object.keys(table).join(', ')}` })
  }
  for (const [field, setting] of Object.entries(table)) {
    const problem = problemOf(setting, detail[field])
    if (problem !== undefined) faults.push({ field, problem })
  }
  return faults
}

function problemOf(setting: CarrierSetting, value: unknown): string | undefined {
  if (value === undefined || value === null) return setting.type === 'text' && setting.required ? 'is required' : undefined
  switch (setting.type) {
    case 'integer': {
      const { min, max, unit } = setting
      const good = Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      return good ? undefined : `must be a whole number from ${min} to ${max}${unit === '' ? '' : ` (${unit})`}`
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'choice':
      return setting.choices.includes(value as string) ? undefined : `must be one of ${setting.choices.join(', ')}`
    case 'text':
      return typeof value === 'string' && setting.pattern.test(value) ? undefined : `must be ${setting.form}`
  }
}

/** Every setting with its value or its default. Only for a detail without faults. */
export function valuesOf<T extends CarrierSettings>(table: T, detail: Detail): ValuesOf<T> {
  return Object.fromEntries(
    Object.entries(table).map(([name, setting]) => [name, detail[name] ?? setting.fallback]),
  ) as ValuesOf<T>
}

/** Texts, as a URL's query or a command line has them, as values of their types; what cannot be one stays text, and is a fault then. */
export function detailFrom(table: CarrierSettings, texts: Iterable<readonly [string, string]>): Record<string, unknown> {
  const detail: Record<string, unknown> = {}
  for (const [name, text] of texts) {
    const type = Object.hasOwn(table, name) ? table[name]!.type : 'text'
    if (type === 'integer' && /^-?\d{1,15}$/.test(text)) detail[name] = Number(text)
    else if (type === 'boolean' && (text === 'true' || text === 'false')) detail[name] = text === 'true'
    else detail[name] = text
  }
  return detail
}
