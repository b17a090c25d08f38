// The envelope of a refusal: `error` and `request`, as JSON or, for flat operations without a JSON Accept, as a minimal
// HTML page (the vendor's own legacy layout is not published). Reference section 4. Chooses no code: codes.ts does.

import { STATUS_CODES } from 'node:http'
import { catalogue } from '#reasons/catalogue.ts'
import { escapeHtml } from '#protocols/http/escape.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { codeOf, refusedStatus, type Rendering } from '#reasons/dictionary.ts'
import { detailOf, type Refusal } from '#reasons/refusal.ts'
import { codes } from './codes.ts'
import { stamp } from './formats.ts'

const vendorPages = 'https://www.aculab.com/cloud/web-services/'

export interface ErrorPlace {
  /** The path alone, with its leading slash, as clients know it. */
  readonly path: string
  readonly method: string
  readonly json: boolean
  readonly receivedAtMs: number
  readonly nowMs: number
  /** Where the operator's own pages are, if any. */
  readonly helpLinks: string | undefined
}

export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly text: string
    readonly details?: readonly string[]
    readonly datetime: string
    readonly link: string
  }
  readonly request: { readonly url: string; readonly datetime: string }
}

export function refusedAnswer(refused: Refusal, place: ErrorPlace): HttpAnswer & { readonly code: string } {
  const { code, status, text } = wordingOf(refused, place)
  const headers: HttpAnswer['headers'] = {}
  // RFC 9110 15.5.2: a 401 says how to log in.
  if (status === 401) headers['www-authenticate'] = 'Basic realm="Aculab Cloud"'
  if (refused.reason === 'api.method_not_allowed') headers['allow'] = (refused.params['allowed'] as readonly string[]).join(', ')
  const { several, body } = bodyOf(refused, code, text, place)
  if (place.json) {
    headers['content-type'] = 'application/json'
    return { status, headers, body: JSON.stringify(body), code }
  }
  headers['content-type'] = 'text/html; charset=utf-8'
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  const lines = [`${code} : ${body.error.text}`, ...(several ? body.error.details! : [])].map(escapeHtml)
  const page = `<!DOCTYPE html>\n<html><head><title>${escapeHtml(title)}</title></head><body>${lines.join('<br>\n')}</body></html>\n`
  return { status, headers, body: page, code }
}

/** A fault of a service's configuration has a JSON path, and the published example tells those as `HTTP 400`. */
const isOfConfiguration = (refused: Refusal): boolean => String(refused.params['path'] ?? '').startsWith('$')

function wordingOf(refused: Refusal, { path }: ErrorPlace): { code: string; status: number; text: string } {
  const several = refused.errors.length > 1
  if (isOfConfiguration(refused)) {
    const what = several ? 'the configuration has several faults, which details lists.' : lineOf(refused)
    return { code: 'HTTP 400', status: 400, text: `${STATUS_CODES[400]}: ${what}` }
  }
  const said = saidAt(path, refused)
  // Codes from 2001 up are of the error log, and never of an answer (reference section 17).
  const status = refusedStatus(said.http)
  const code = said.code === null || /^2\d{3}$/.test(said.code) ? `HTTP ${status}` : said.code
  const detail = several ? 'Several parameters are at fault, which details lists.' : detailOf(refused)
  const words = code.startsWith('HTTP') ? `${STATUS_CODES[status] ?? 'Error'}: ` : `${said.message}. `
  return { code, status, text: words + detail }
}

/** 0300 is of deleting alone: elsewhere a number that is not the account's own has no code. */
function saidAt(path: string, refused: Refusal): Pick<Rendering, 'code' | 'http' | 'message'> {
  const said = codeOf(codes, refused)
  if (said.code !== '0300' || path === '/tel_delete_numbers') return said
  return { ...said, code: null, http: catalogue[refused.reason].http }
}

function bodyOf(refused: Refusal, code: string, text: string, place: ErrorPlace): { several: boolean; body: ErrorBody } {
  const several = refused.errors.length > 1
  const details = several ? { details: refused.errors.map(lineOf) } : undefined
  return {
    several,
    body: {
      // A request is never told as later than its error, whatever the clock did in between.
      error: {
        code,
        text,
        ...details,
        datetime: stamp(Math.max(place.nowMs, place.receivedAtMs)),
        link: linkOf(code, refused.reason, place),
      },
      request: { url: place.path, datetime: stamp(place.receivedAtMs) },
    },
  }
}

/** One fault: the JSON path of the field, the offending value, the rule. */
export function lineOf(refused: Refusal): string {
  const { path, parameter, value, expected } = refused.params
  const where = path ?? (parameter === undefined ? '$' : `$.${String(parameter)}`)
  if (refused.reason === 'request.parameter_missing') return `${String(where)}: is required`
  if (refused.reason === 'request.parameter_unknown') return `${String(where)}: is not known`
  if (expected === undefined) return `${String(where)}: ${detailOf(refused)}`
  return value === undefined
    ? `${String(where)}: absent, must be ${String(expected)}`
    : `${String(where)}: ${String(value)} must be ${String(expected)}`
}

/** The vendor's own form by default; the operator's pages hold one for each code and one for each reason. */
function linkOf(code: string, reason: string, { path, method, helpLinks }: ErrorPlace): string {
  const coded = !code.startsWith('HTTP')
  if (helpLinks !== undefined)
    return `${helpLinks}/${coded ? `codes/aculab/${code}` : `reasons/${reason}`}?error=${encodeURIComponent(code)}`
  if (coded) return `${vendorPages}web-service-errors?error=${code}`
  const operation = /^\/([a-z_]{1,64})(?:\/|$)/.exec(path)?.[1] ?? 'web-services'
  return `${vendorPages}${operation.replaceAll('_', '-')}?target=service_action_tabs&tab-id=${encodeURIComponent(method.toLowerCase())}`
}
