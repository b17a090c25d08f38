// What a client sent, by the vendor's names. A form for most; JSON where the newer resources take it. Of a name that came
// twice the first counts, and a name that means nothing here is passed over, as the vendor's own server does.

import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseForm, parseQuery, type Pairs } from '#protocols/http/query.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'

export class Fields {
  readonly #values = new Map<string, string>()
  readonly #sources: readonly Pairs[]

  constructor(...sources: Pairs[]) {
    this.#sources = sources
    for (const pairs of sources) for (const [name, value] of pairs) if (!this.#values.has(name)) this.#values.set(name, value)
  }

  /** All that came under a name, where a list is meant; empty ones are none. */
  texts(name: string): string[] {
    return this.#sources.flatMap((pairs) => pairs.flatMap(([one, value]) => (one === name && value !== '' ? [value] : [])))
  }

  get names(): string[] {
    return [...this.#values.keys()]
  }

  /** Undefined when it was not sent; an empty text is a value. */
  text(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** Undefined when it was not sent or is empty. */
  filled(name: string): string | undefined {
    return this.#values.get(name) || undefined
  }

  /** Gives request.parameter_missing. */
  required(name: string): string {
    const value = this.filled(name)
    if (value === undefined) refuse('request.parameter_missing', { parameter: name, location: 'payload' })
    return value
  }

  /** Gives request.boolean_invalid. */
  truth(name: string): boolean | undefined {
    const value = this.filled(name)
    if (value === undefined) return undefined
    if (/^true$/i.test(value)) return true
    if (/^false$/i.test(value)) return false
    return refuse('request.boolean_invalid', { parameter: name, value: value.slice(0, 60) })
  }

  /** A whole number from 0. Gives request.parameter_invalid. */
  count(name: string, usual: number): number {
    const value = this.filled(name)
    if (value === undefined) return usual
    if (!/^\d{1,9}$/.test(value))
      refuse('request.parameter_invalid', { parameter: name, value: value.slice(0, 60), expected: 'a whole number from 0' })
    return Number(value)
  }
}

const formType = 'application/x-www-form-urlencoded'

function typeOf({ headers }: HttpRequest): string | undefined {
  const header = headers['content-type']
  // What nearly all send is not taken apart.
  return header === formType ? formType : mediaType(header)?.type
}

/** Gives request.content_type_invalid, before anything is parsed. */
export function requireKnownType(request: HttpRequest, takesJson: boolean): void {
  if (request.body.length === 0) return
  const header = request.headers['content-type']
  const type = typeOf(request)
  if (type === formType || (takesJson && type === 'application/json')) return
  refuse('request.content_type_invalid', {
    contentType: (header ?? '').slice(0, 100),
    allowed: takesJson ? [formType, 'application/json'] : [formType],
  })
}

/** Gives request.encoding_mismatch, and of JSON bodies what parseJson gives and request.unprocessable. `lists` may be arrays of texts. */
export function readFields(request: HttpRequest, lists: readonly string[] = []): Fields {
  const query = parseQuery(request.query)
  if (request.body.length === 0) return new Fields(query)
  if (typeOf(request) !== 'application/json') return new Fields(parseForm(request.body), query)
  return new Fields(jsonPairs(request.body, lists), query)
}

/** `phone_number`, `phoneNumber` and `PhoneNumber` are the same name. */
const vendorName = (name: string): string => name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

function jsonPairs(body: Buffer, lists: readonly string[]): Pairs {
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse('request.unprocessable', { cause: 'an object with named fields is expected' })
  return Object.entries(value).flatMap(([name, member]) => {
    const parameter = vendorName(name)
    const members: readonly unknown[] = Array.isArray(member) && lists.includes(parameter) ? member : [member]
    return members.map((one): [string, string] => {
      if (typeof one === 'object' && one !== null) refuse('request.parameter_invalid', { parameter, value: '', expected: 'text' })
      return [parameter, one === null ? '' : String(one)]
    })
  })
}
