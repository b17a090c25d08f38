// Reads a vendor's error answer, whatever its form, into hints: the codes it names, its words and the values it tells.
// Judges nothing and throws nothing: what cannot be read gives no hint. No imports from node, so that it runs in a browser.

import type { Slug } from '#reasons/catalogue.ts'
import { isSlug } from '#reasons/catalogue.ts'
import type { System } from './dictionaries.ts'

export interface Answer {
  readonly status?: number | undefined
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  /** An object as parsed, or the text as received. */
  readonly body?: unknown
}

export interface Hints {
  /** A reason told outright in `Offhook-Reason`. */
  readonly reason?: Slug
  /** Codes of the vendor's dictionary, the most telling first. */
  readonly codes: readonly string[]
  /** A number that is no code of the dictionary, as the body has it. */
  readonly bodyCode?: string
  /** An OAuth 2 error word (RFC 6749 5.2). */
  readonly oauth?: string
  /** The vendor's sentence. */
  readonly words?: string
  readonly params: Readonly<Record<string, string>>
}

type Members = Readonly<Record<string, unknown>>

export function readAnswer(system: System, answer: Answer): Hints {
  const told = header(answer, 'offhook-reason')
  const { object, text } = bodyOf(answer.body)
  const read = readers[system](object ?? {}, text)
  const named = told !== undefined && isSlug(told) ? { ...read, reason: told } : read
  return named
}

/** The first value of a header, whatever the case of its name. */
export function header(answer: Answer, name: string): string | undefined {
  for (const [key, value] of Object.entries(answer.headers ?? {})) {
    if (key.toLowerCase() === name) return typeof value === 'object' ? value.join(', ') : value
  }
  return undefined
}

function bodyOf(body: unknown): { object?: Members; text: string } {
  if (typeof body === 'object' && body !== null) {
    const [first] = Array.isArray(body) ? (body as unknown[]) : [body]
    return isMembers(first) ? { object: first, text: '' } : { text: '' }
  }
  const text = typeof body === 'string' ? body.trim() : ''
  if (!/^[[{]/.test(text)) return { text }
  try {
    return { ...bodyOf(JSON.parse(text)), text }
  } catch {
    return { text }
  }
}

const readers: Readonly<Record<System, (body: Members, text: string) => Hints>> = {
  restcomm: readRestcomm,
  toku: readToku,
  '8x8': readEightByEight,
  aculab: readAculab,
  ringcentral: readRingcentral,
}

// `{"code":3201,"message":"..."}`, the same as XML under RestcommResponse, `error_code` of a record, or a bare sentence.
function readRestcomm(body: Members, text: string): Hints {
  const code = member(body, 'code', 'error_code', 'errorCode', 'ErrorCode') ?? element(text, 'Code', 'ErrorCode')
  const words = member(body, 'message', 'error_message', 'Message') ?? element(text, 'Message') ?? plain(text)
  // A purchase that failed answers with this bare number.
  const codes = /^"?21452"?$/.test(text) ? ['3100'] : list(code)
  return hints(codes, words, {})
}

// `{"result":-1005,"result_desc":"...","param":"..."}`; the token endpoint speaks OAuth.
function readToku(body: Members): Hints {
  const params = pick(body, { param: 'parameter' })
  return { ...hints(list(member(body, 'result')), member(body, 'result_desc', 'error_description'), params), ...oauthOf(body) }
}

// `{"code":1300,"message":"...","errorId":"...","timestamp":"..."}`; voice has statusCode and statusMessage, callflows an errorDetails too.
function readEightByEight(body: Members): Hints {
  const details = isMembers(body['errorDetails']) ? body['errorDetails'] : {}
  const code = member(body, 'code', 'statusCode') ?? member(details, 'errorCode')
  const words = member(body, 'message', 'statusMessage') ?? member(details, 'errorMessage')
  return { ...hints([], words, {}), ...(code === undefined ? {} : { bodyCode: code }) }
}

// `{"error":{"code":"0405","text":"...","details":[...]},"request":{...}}`; XML or HTML unless JSON is asked for.
function readAculab(body: Members, text: string): Hints {
  const error = isMembers(body['error']) ? body['error'] : {}
  let code = member(error, 'code')
  let words = member(error, 'text')
  if (code === undefined) {
    const shown = plain(text)
    code = /[?&]error=(\d{4})\b/.exec(text)?.[1] ?? element(text, 'code', 'Code') ?? /\b(\d{4})\s*:/.exec(shown ?? '')?.[1]
    words ??= element(text, 'text', 'Text') ?? shown
    code ??= /\bHTTP [1-5]\d\d\b/.exec(shown ?? '')?.[0]
  }
  return hints(list(code), words, {})
}

// `{"errorCode":"...","message":"...","errors":[{"errorCode":"CMN-101",...}]}`; OAuth answers add `error` and `error_description`.
function readRingcentral(body: Members): Hints {
  const errors = (Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : []).filter(isMembers)
  const first = errors[0] ?? body
  const codes = [...errors.map((error) => member(error, 'errorCode')), member(body, 'errorCode')].filter(
    (code) => code !== undefined,
  )
  const names = { parameterName: 'parameter', parameterValue: 'value', permissionName: 'permission' }
  const words = member(first, 'message') ?? member(body, 'message', 'error_description')
  return { ...hints([...new Set(codes.map((code) => oldWords[code] ?? code))], words, pick(first, names)), ...oauthOf(body) }
}

/** What the deprecated member at the top says instead of a code. */
const oldWords: Readonly<Record<string, string>> = {
  InvalidParameter: 'CMN-101',
  InsufficientPermissions: 'CMN-401',
  TokenInvalid: 'OAU-129',
  InternationalProhibited: 'MSG-240',
  InvalidMultipartRequest: 'CMN-106',
}

function oauthOf(body: Members): { oauth?: string } {
  const word = member(body, 'error')
  return word === undefined ? {} : { oauth: word }
}

function hints(codes: readonly string[], words: string | undefined, params: Readonly<Record<string, string>>): Hints {
  return { codes, params, ...(words === undefined || words === '' ? {} : { words }) }
}

function list(code: string | undefined): string[] {
  return code === undefined ? [] : [code]
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first member of these names that is a text or a number, as text. */
function member(body: Members, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = body[name]
    if (typeof value === 'string' || typeof value === 'number') return String(value)
  }
  return undefined
}

function pick(body: Members, names: Readonly<Record<string, string>>): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [theirs, ours] of Object.entries(names)) {
    const value = member(body, theirs)
    if (value !== undefined) values[ours] = value
  }
  return values
}

/** The text of the first element of these names. Enough for a flat error answer; no XML reader is needed for that. */
function element(text: string, ...names: string[]): string | undefined {
  for (const name of names) {
    const inner = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(text)?.[1]
    if (inner !== undefined) return unescaped(inner.trim())
  }
  return undefined
}

/** What a reader of the page sees, on one line. */
function plain(text: string): string | undefined {
  const shown = unescaped(text.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' '))
    .replace(/\s+/g, ' ')
    .trim()
  return shown === '' ? undefined : shown
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" }

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|#39);/g, (_, name: string) => entities[name]!)
}
