// The members of what a page answered, read one by one: each fault with its place as a JSON path, all of them in one reading. What is not
// known is a warning: the cloud that came first is not known to refuse it.

import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Page, Recorded } from '#voice/verbs/verb.ts'

export interface Fault {
  /** `$.actions[0].play.play_list` */
  readonly path: string
  readonly says: string
  readonly expected?: string
}

export type ApiVersion = '1.0' | '2.0'

export interface ReadingContext {
  /** Where the answer came from: what its addresses are relative to. */
  readonly url: string
  readonly version: ApiVersion
  /** Of the service, where a text names none. */
  readonly ttsVoice: string | null
  /** The recording that a file name stands for; undefined where it is another file's. */
  readonly recorded?: (name: string) => Recorded | undefined
}

export class Reading {
  readonly faults: Fault[] = []
  readonly warnings: Fault[] = []
  readonly context: ReadingContext
  /** What is asked for and not offered here. */
  absent: string | undefined

  constructor(context: ReadingContext) {
    this.context = context
  }

  get isV1(): boolean {
    return this.context.version === '1.0'
  }

  fault(path: string, says: string, expected?: string): undefined {
    this.faults.push({ path, says, ...(expected !== undefined && { expected }) })
    return undefined
  }

  warn(path: string, says: string): void {
    this.warnings.push({ path, says })
  }

  /** The first of those that stand in it counts. */
  notOffered(what: string): undefined {
    this.absent ??= what
    return undefined
  }

  members(value: unknown, path: string): Members | undefined {
    if (isObject(value)) return new Members(this, value, path)
    return this.fault(path, 'is of the wrong type', 'an object')
  }
}

/** Gives markup.schema_invalid with the first fault's place. */
export const refusalOf = ({ path, says, expected }: Fault): Refusal =>
  refusal('markup.schema_invalid', { element: path, fault: says, ...(expected !== undefined && { expected }) })

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Element {
  readonly value: unknown
  readonly path: string
}

const longestText = 5000

export class Members {
  readonly path: string
  readonly reading: Reading
  readonly #value: Readonly<Record<string, unknown>>
  readonly #known = new Set<string>()

  constructor(reading: Reading, value: Readonly<Record<string, unknown>>, path: string) {
    this.reading = reading
    this.#value = value
    this.path = path
  }

  at(name: string): string {
    return `${this.path}.${name}`
  }

  /** null is as good as nothing. */
  #take(name: string): unknown {
    this.#known.add(name)
    return Object.hasOwn(this.#value, name) ? (this.#value[name] ?? undefined) : undefined
  }

  has(name: string): boolean {
    return this.#take(name) !== undefined
  }

  missing(name: string): undefined {
    return this.reading.fault(this.at(name), 'is missing')
  }

  text(name: string, { most = longestText, form, expected }: TextRule = {}): string | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    if (typeof value !== 'string') return this.reading.fault(this.at(name), 'is of the wrong type', 'a string')
    if (value.length > most) return this.reading.fault(this.at(name), 'is too long', `at most ${most} characters`)
    if (form && !form.test(value)) return this.reading.fault(this.at(name), 'is not of the form', expected)
    return value
  }

  integer(name: string, usual: number, least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take(name)
    if (value === undefined) return usual
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number
    const expected = least > -1e9 && most < 1e9 ? `a whole number from ${least} to ${most}` : 'a whole number'
    this.reading.fault(this.at(name), 'is no such number', expected)
    return usual
  }

  flag(name: string, usual: boolean): boolean {
    const value = this.#take(name)
    if (typeof value === 'boolean' || value === undefined) return value ?? usual
    this.reading.fault(this.at(name), 'is of the wrong type', 'true or false')
    return usual
  }

  choice<T extends string>(name: string, among: readonly T[], usual: T): T {
    const value = this.#take(name)
    if (value === undefined) return usual
    const found = among.find((one) => one === value)
    if (found === undefined) this.reading.fault(this.at(name), 'is none of the known values', among.join(', '))
    return found ?? usual
  }

  digits(name: string, usual: string, most = 16): string {
    return this.text(name, { form: /^[0-9A-D*#]*$/, expected: '0123456789ABCD#*', most }) ?? usual
  }

  object(name: string): Members | undefined {
    const value = this.#take(name)
    return value === undefined ? undefined : this.reading.members(value, this.at(name))
  }

  list(name: string): Element[] {
    const value = this.#take(name)
    if (value === undefined) return []
    if (Array.isArray(value)) return value.map((one: unknown, index) => ({ value: one, path: `${this.at(name)}[${index}]` }))
    this.reading.fault(this.at(name), 'is of the wrong type', 'an array')
    return []
  }

  raw(name: string): unknown {
    return this.#take(name)
  }

  /** A web page request: an address, relative or absolute, and POST unless told. */
  page(name: string): Page | undefined {
    const asked = this.object(name)
    return asked && pageOf(asked)
  }

  /** Names a page, or says that it is missing. */
  mustPage(name: string): Page | undefined {
    return this.has(name) ? this.page(name) : this.missing(name)
  }

  /** Once all that is known was asked for. */
  done(): void {
    for (const name of Object.keys(this.#value)) {
      if (!this.#known.has(name)) this.reading.warn(`${this.path}.${name.slice(0, 60)}`, 'is not known')
    }
  }
}

interface TextRule {
  readonly most?: number
  readonly form?: RegExp
  readonly expected?: string
}

export function pageOf(asked: Members): Page | undefined {
  const { reading } = asked
  const text = asked.text('url', { most: 2048 })
  const method = asked.choice('method', ['POST', 'GET'], 'POST')
  asked.done()
  if (text === undefined) return asked.has('url') ? undefined : asked.missing('url')
  const url = URL.parse(text, reading.context.url)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { url: url.href, method }
  return reading.fault(asked.at('url'), 'is no address of a page', 'an http or https address')
}
