// The header fields of one SIP message (RFC 3261 7.3): ordered, names of any case or compact, values as the text that stood there, folds
// undone. What a value means is read elsewhere, once, and remembered here until the headers change. Writes no line breaks: one that is
// handed in becomes a space, so that nobody's text makes a header of its own; a name that is no token is a fault of the caller.

import { headerKey, isKnown, isList } from './header-names.ts'
import { isToken, splitList } from './grammar.ts'

/** A typed reading of the headers; `SipHeaders.typed` runs it once. */
export type HeaderRead<T> = (headers: SipHeaders) => T

const oneLine = (value: string): string =>
  value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]+[ \t]*/g, ' ').trim() : value

const none: unknown[] = []

export class SipHeaders {
  #keys: string[] = []
  #names: string[] = []
  #values: string[] = []
  /** What was read of them, and by which reading: a few, so that to look through them costs less than a map. */
  #reads: HeaderRead<unknown>[] | undefined
  #read: unknown[] = none

  /** From pairs in their order, as they would be added one by one at the end. */
  static from(entries: Iterable<readonly [name: string, value: string]>): SipHeaders {
    const headers = new SipHeaders()
    for (const [name, value] of entries) headers.append(name, value)
    return headers
  }

  /** The first value: of a comma list its first element. */
  get(name: string): string | undefined {
    const key = headerKey(name)
    const at = this.#keys.indexOf(key)
    if (at < 0) return undefined
    const value = this.#values[at]!
    return isList(key) && value.includes(',') ? (splitList(value)[0] ?? '') : value
  }

  /** Every value; comma lists are split where the header's grammar is a list. */
  all(name: string): readonly string[] {
    const key = headerKey(name)
    const values: string[] = []
    for (let at = this.#keys.indexOf(key); at >= 0; at = this.#keys.indexOf(key, at + 1)) {
      const value = this.#values[at]!
      if (isList(key) && value.includes(',')) values.push(...splitList(value))
      else if (value !== '' || !isList(key)) values.push(value)
    }
    return values
  }

  /** The lines of that name as they stand, lists not split. */
  lines(name: string): readonly string[] {
    const key = headerKey(name)
    return this.#values.filter((_, at) => this.#keys[at] === key)
  }

  /** The first name of `keys`, known headers in their usual spelling, that more than one line has. */
  repeated(keys: ReadonlySet<string>): string | undefined {
    for (let at = 0; at < this.#keys.length; at++) {
      const key = this.#keys[at]!
      if (keys.has(key) && this.#keys.indexOf(key) < at) return key
    }
    return undefined
  }

  has(name: string): boolean {
    return this.#keys.includes(headerKey(name))
  }

  /** Replaces all of that name, in place of the first. */
  set(name: string, value: string): this {
    const key = headerKey(name)
    const at = this.#keys.indexOf(key)
    if (at < 0) return this.append(name, value)
    this.#reads = undefined
    this.#values[at] = oneLine(value)
    for (let next = this.#keys.lastIndexOf(key); next > at; next = this.#keys.lastIndexOf(key)) this.#drop(next)
    return this
  }

  /** Adds a line after the last of that name. */
  add(name: string, value: string): this {
    const at = this.#keys.lastIndexOf(headerKey(name))
    return this.#insert(at < 0 ? this.size : at + 1, name, value)
  }

  /** Adds a line after all others. */
  append(name: string, value: string): this {
    return this.#insert(this.size, name, value)
  }

  /** Adds a line before the first of that name, or before all others (Via, Record-Route). */
  prepend(name: string, value: string): this {
    return this.#insert(Math.max(0, this.#keys.indexOf(headerKey(name))), name, value)
  }

  remove(name: string): this {
    const key = headerKey(name)
    for (let at = this.#keys.lastIndexOf(key); at >= 0; at = this.#keys.lastIndexOf(key)) this.#drop(at)
    return this
  }

  /** Takes the first value away: of a comma list its first element (Via of a response, Route of a request that was passed on). */
  shift(name: string): this {
    const key = headerKey(name)
    const at = this.#keys.indexOf(key)
    if (at < 0) return this
    const rest = isList(key) ? splitList(this.#values[at]!).slice(1) : []
    if (rest.length === 0) this.#drop(at)
    else {
      this.#reads = undefined
      this.#values[at] = rest.join(', ')
    }
    return this
  }

  /** Every line in its order, lists not split. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.#names.length; at++) yield [this.#names[at]!, this.#values[at]!]
  }

  /** How many lines there are. */
  get size(): number {
    return this.#keys.length
  }

  /** What `read` makes of these headers, made once until they change. */
  typed<T>(read: HeaderRead<T>): T {
    const at = this.#reads?.indexOf(read) ?? -1
    if (at >= 0) return this.#read[at] as T
    const value = read(this)
    if (this.#reads) {
      this.#reads.push(read)
      this.#read.push(value)
    } else {
      this.#reads = [read]
      this.#read = [value]
    }
    return value
  }

  /** Adds a line that was read after all others; answers false, and adds nothing, when its name is not a token. */
  appendRead(name: string, value: string): boolean {
    const key = headerKey(name)
    if (isKnown(key)) this.#push(key, key, value)
    else if (isToken(name)) this.#push(key, name, value)
    else return false
    return true
  }

  /** The lines as they go on the wire, `Content-Length` left out: who writes the message knows it. */
  text(): string {
    let text = ''
    for (let at = 0; at < this.#keys.length; at++)
      if (this.#keys[at] !== 'Content-Length') text += this.#names[at]! + ': ' + this.#values[at]! + '\r\n'
    return text
  }

  #push(key: string, name: string, value: string): void {
    this.#reads = undefined
    this.#keys.push(key)
    this.#names.push(name)
    this.#values.push(value)
  }

  #insert(at: number, name: string, value: string): this {
    const key = headerKey(name)
    if (!isKnown(key) && !isToken(name)) throw new TypeError('the name of a header is a token')
    if (at === this.#keys.length) {
      this.#push(key, isKnown(key) ? key : name, oneLine(value))
      return this
    }
    this.#reads = undefined
    this.#keys.splice(at, 0, key)
    this.#names.splice(at, 0, isKnown(key) ? key : name)
    this.#values.splice(at, 0, oneLine(value))
    return this
  }

  #drop(at: number): void {
    this.#reads = undefined
    this.#keys.splice(at, 1)
    this.#names.splice(at, 1)
    this.#values.splice(at, 1)
  }
}
