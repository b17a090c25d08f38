// Where a JSON text is wrong: used only to say why it is refused, so it is written for its words and not for speed.

interface Fault {
  readonly fault: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** The first syntax fault of a text that JSON.parse refused. */
export function syntaxFault(text: string): Fault {
  const scan = new Scan(text)
  let fault = 'something follows the value'
  try {
    scan.value()
    if (scan.atEnd()) fault = 'it cannot be read'
  } catch (cause) {
    if (!(cause instanceof ScanFault)) throw cause
    fault = cause.message
  }
  const before = text.slice(0, scan.at)
  const lineStart = before.lastIndexOf('\n') + 1
  return { fault, line: before.split('\n').length, column: scan.at - lineStart + 1 }
}

/** The first key that comes twice in one object of a valid text; `path` is the object's JSON pointer. */
export function duplicateKey(text: string): { parameter: string; path: string } {
  const scan = new Scan(text)
  scan.value()
  return scan.duplicate ?? { parameter: '', path: '' }
}

class ScanFault extends Error {}

/** An object or list that is not closed yet. */
type Open = { readonly kind: 'list'; index: number } | { readonly kind: 'object'; readonly keys: Set<string>; key: string }

class Scan {
  at = 0
  duplicate: { parameter: string; path: string } | undefined
  readonly #text: string
  // A stack and not recursion: the text may be nested deeper than the call stack.
  readonly #open: Open[] = []

  constructor(text: string) {
    this.#text = text
  }

  atEnd(): boolean {
    this.#space()
    return this.at === this.#text.length
  }

  value(): void {
    do {
      this.#space()
      const char = this.#text[this.at]
      if (char === '{') {
        this.at += 1
        this.#space()
        this.#open.push({ kind: 'object', keys: new Set(), key: '' })
        if (this.#text[this.at] !== '}') {
          this.#key()
          continue
        }
      } else if (char === '[') {
        this.at += 1
        this.#space()
        this.#open.push({ kind: 'list', index: 0 })
        if (this.#text[this.at] !== ']') continue
      } else this.#scalar()
      this.#after()
    } while (this.#open.length > 0)
  }

  /** What may follow a value: closings, then a comma with the next key, or the end. */
  #after(): void {
    for (;;) {
      const open = this.#open.at(-1)
      if (!open) return
      this.#space()
      const char = this.#text[this.at]
      if (char === ',') {
        this.at += 1
        this.#space()
        if (open.kind === 'object') this.#key()
        else open.index += 1
        return
      }
      const closing = open.kind === 'object' ? '}' : ']'
      if (char !== closing)
        throw new ScanFault(this.at < this.#text.length ? `a comma or ${closing} is missing` : 'it ends too early')
      this.at += 1
      this.#open.pop()
    }
  }

  #key(): void {
    const open = this.#open.at(-1)
    if (this.#text[this.at] !== '"')
      throw new ScanFault(this.at < this.#text.length ? 'a key in double quotes is missing' : 'it ends too early')
    const start = this.at
    this.#string()
    const key = JSON.parse(this.#text.slice(start, this.at)) as string
    if (open?.kind === 'object') {
      if (open.keys.has(key)) this.duplicate ??= { parameter: key, path: this.#path() }
      open.keys.add(key)
      open.key = key
    }
    this.#space()
    if (this.#text[this.at] !== ':') throw new ScanFault('a colon is missing')
    this.at += 1
  }

  #path(): string {
    // RFC 6901 3: ~ and / are escaped.
    return this.#open
      .slice(0, -1)
      .map((open) => `/${open.kind === 'list' ? open.index : open.key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('')
  }

  #scalar(): void {
    if (this.at >= this.#text.length) throw new ScanFault('it ends too early')
    if (this.#text[this.at] === '"') return this.#string()
    const rest = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y
    rest.lastIndex = this.at
    const found = rest.exec(this.#text)
    if (!found) throw new ScanFault('a value is missing')
    this.at += found[0].length
  }

  #string(): void {
    this.at += 1
    for (; this.at < this.#text.length; this.at += 1) {
      const char = this.#text[this.at] as string
      if (char === '"') {
        this.at += 1
        return
      }
      if (char < ' ') throw new ScanFault('a control character in a string is not escaped')
      if (char === '\\') {
        if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(this.#text.slice(this.at, this.at + 6)))
          throw new ScanFault('an escape is wrong')
        this.at += 1
      }
    }
    throw new ScanFault('a string is not closed')
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.at] ?? '.')) this.at += 1
  }
}
