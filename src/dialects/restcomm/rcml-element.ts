// What RCML documents of both kinds, of calls and of messages, have in common (reference 23.1): the root element, attributes read with a
// fault that names the place, and a bare `&` that is taken as itself. Nothing here knows a verb.

import type { Slug } from '#reasons/catalogue.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import { readXml, XmlFault, type XmlElement } from '#protocols/xml/read-xml.ts'
import { notificationCodes, type NotificationCodeName } from './notification-codes.ts'

export type Method = 'GET' | 'POST'

export interface Fault {
  readonly code: NotificationCodeName
  readonly line: number
  readonly column?: number
  readonly element: string
  readonly attribute?: string
  /** What would have been good. */
  readonly expected?: string
  readonly says: string
}

const saysChars = 200

/** What is expected where a URL stands. */
export const scriptUrl = 'an http or https URL, absolute or relative to the document'

/** Reading goes no further than what is wrong here. */
export class Wrong extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.says)
    this.fault = fault
  }
}

/** A fault as the refusal that its developer is told. */
export function refusalOfFault({ code, says, line, column, element, attribute, expected }: Fault): Refusal {
  const reason: Slug = notificationCodes[code].reason
  if (reason === 'markup.gather_hints_invalid') return refusal('markup.gather_hints_invalid', { limit: 50, maxLengthChars: 100 })
  if (reason === 'call.sip_header_invalid') return refusal('call.sip_header_invalid', { header: says })
  if (reason === 'play.url_invalid')
    return refusal('play.url_invalid', says === 'empty' ? { fault: 'empty' } : { fault: 'malformed', url: says })
  const at = { fault: says, line, element, ...(column !== undefined && { column }) }
  if (reason === 'markup.error') return refusal('markup.error', at)
  return refusal('markup.schema_invalid', {
    ...at,
    ...(attribute !== undefined && { attribute }),
    ...(expected !== undefined && { expected }),
  })
}

/** `&` alone is taken as itself (reference 23.1). What CDATA holds is left as it is. */
function escapeBare(text: string): string {
  return text
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/gi, '&amp;')))
    .join('')
}

/** The elements of the root. Throws Wrong for what is no document. */
export async function readResponse(text: string): Promise<readonly XmlElement[]> {
  let root: XmlElement
  try {
    root = await readXml(escapeBare(text))
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error
    const { line = 1, column, message } = error
    throw new Wrong({ code: '2000', element: '', line, ...(column ? { column } : {}), says: message.slice(0, saysChars) })
  }
  const { name, line, column, elements } = root
  if (name !== 'Response')
    throw new Wrong({
      code: '2000',
      element: name,
      line,
      column,
      says: 'the root element must be Response',
      expected: 'Response',
    })
  return elements
}

export class ElementReader {
  readonly #element: XmlElement
  readonly #base: string
  readonly #warn: (fault: Fault) => void

  constructor(element: XmlElement, base: string, warn: (fault: Fault) => void) {
    this.#element = element
    this.#base = base
    this.#warn = warn
  }

  get at(): { readonly line: number; readonly column: number; readonly element: string } {
    const { line, column, name } = this.#element
    return { line, column, element: name }
  }

  get elements(): readonly XmlElement[] {
    return this.#element.elements
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.#element.attributes
  }

  get text(): string {
    return this.#element.text.trim()
  }

  /** The texts of the elements of that name in it. */
  texts(name: string): string[] {
    return this.#element.elements.filter((one) => one.name === name).map((one) => one.text.trim())
  }

  fault(code: NotificationCodeName, says: string, attribute?: string, expected?: string): Fault {
    return {
      ...this.at,
      code,
      says: says.slice(0, saysChars),
      ...(attribute !== undefined && { attribute }),
      ...(expected !== undefined && { expected }),
    }
  }

  wrong(code: NotificationCodeName, says: string, attribute?: string, expected?: string): never {
    throw new Wrong(this.fault(code, says, attribute, expected))
  }

  /** Of an element within. */
  warnOf(fault: Fault): void {
    this.#warn(fault)
  }

  warn(code: NotificationCodeName, says: string, attribute?: string, expected?: string): void {
    this.#warn(this.fault(code, says, attribute, expected))
  }

  /** Undefined when it is absent or empty. */
  attribute(name: string): string | undefined {
    return this.#element.attributes[name]?.trim() || undefined
  }

  list(name: string): string[] {
    const text = this.attribute(name)
    return text === undefined ? [] : text.split(',').map((one) => one.trim())
  }

  url(text: string, attribute?: string): string {
    if (text === '') this.wrong('11101', 'a URL is empty', attribute, scriptUrl)
    const url = /[\s<>"]/.test(text) ? null : URL.parse(text, this.#base)
    if (!url || !/^https?:$/.test(url.protocol)) this.wrong('11100', `${text} is no URL of a script`, attribute, scriptUrl)
    return url.href
  }

  /** What is no method is warned of, and POST is meant. */
  method(name: string, code: NotificationCodeName): Method {
    const text = this.attribute(name)?.toUpperCase() ?? 'POST'
    if (text === 'GET' || text === 'POST') return text
    this.warn(code, `${text} is none of GET, POST`, name, 'GET or POST')
    return 'POST'
  }

  /** A URL attribute with its method; undefined when there is none. */
  script(
    name: string,
    methodName: string,
    code: NotificationCodeName,
  ): { readonly url: string; readonly method: Method } | undefined {
    const text = this.#element.attributes[name]
    return text === undefined ? undefined : { url: this.url(text.trim(), name), method: this.method(methodName, code) }
  }
}
