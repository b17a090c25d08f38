// Where reasons and codes are read: pages under /reasons and /codes, the same as data under /v1/reasons and /v1/codes. Open to
// all, as they tell nothing about anybody. The examples are exchanges that scenarios kept; without them pages have none.

import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { decodeSegment, parseQuery } from '#protocols/http/query.ts'
import { refusal, refuse, Refusal } from '#reasons/refusal.ts'
import { dictionaries, isSystem, systems } from './dictionaries.ts'
import { codePage } from './pages/code-page.ts'
import { indexPage } from './pages/index-page.ts'
import { linksUnder, type KeptExchange, type Page } from './pages/layout.ts'
import { reasonPage } from './pages/reason-page.ts'
import { codeRows, codeView, reasonRows, reasonView } from './views.ts'

const exchangesDir = fileURLToPath(new URL('../../conformance/exchanges/', import.meta.url))

/** Kept exchanges by `system/code` and by reason. */
function readExchanges(): Map<string, KeptExchange[]> {
  const found = new Map<string, KeptExchange[]>()
  for (const system of systems) {
    let names: string[] = []
    try {
      names = readdirSync(`${exchangesDir}${system}`)
    } catch {
      continue
    }
    for (const name of names) {
      const one = JSON.parse(readFileSync(`${exchangesDir}${system}/${name}`, 'utf8')) as KeptExchange
      const reason = dictionaries[system].entries[one.code]?.reason
      for (const key of [`${system}/${one.code}`, reason ?? '']) found.set(key, [...(found.get(key) ?? []), one])
    }
  }
  return found
}

export interface ReasonsParts {
  /** Puts a refusal in the words of whoever asked. */
  refused(refusal: Refusal, request: HttpRequest): HttpAnswer
}

export function reasonsMount({ refused }: ReasonsParts) {
  const links = linksUnder('')
  let exchanges: Map<string, KeptExchange[]> | undefined
  const exchangesFor = (slugOrCode: string) => (exchanges ??= readExchanges()).get(slugOrCode) ?? []

  function answer(request: HttpRequest): HttpAnswer {
    const { method, path } = request
    if (method !== 'GET' && method !== 'HEAD') refuse('api.method_not_allowed', { method, allowed: ['GET', 'HEAD'] })
    const isData = path.startsWith('/v1/')
    const [noun, ...rest] = path
      .slice(isData ? 4 : 1)
      .split('/')
      .map(decodeSegment)
    const query = Object.fromEntries(parseQuery(request.query))
    if (noun === 'reasons' && rest.length === 0) return isData ? data({ items: reasonRows() }) : shown(indexPage(query, links))
    if (noun === 'codes' && rest.length === 0) {
      if (!isData) return shown(indexPage(query, links))
      return data({ items: codesOf(query['system']) })
    }
    if (noun === 'reasons' && rest.length === 1) {
      if (!isData) return shown(reasonPage(rest[0]!, links, exchangesFor))
      return data(reasonView(rest[0]!) ?? refuse('resource.not_found', { noun: 'reason', id: rest[0]! }))
    }
    if (noun === 'codes' && rest.length === 2) {
      const [system = '', code = ''] = rest
      if (!isData && isSystem(system)) return shown(codePage(system, code, links, exchangesFor))
      return data(
        (isSystem(system) ? codeView(system, code) : undefined) ??
          refuse('resource.not_found', { noun: 'code', id: `${system}/${code}` }),
      )
    }
    refuse('api.endpoint_unknown', { method, path: path.slice(0, 200) })
  }

  return {
    name: 'reasons',
    prefixes: ['/reasons', '/codes', '/v1/reasons', '/v1/codes'],
    async answer(request: HttpRequest): Promise<HttpAnswer> {
      try {
        return answer(request)
      } catch (error) {
        if (error instanceof Refusal) return refused(error, request)
        throw error
      }
    },
    refused,
  }
}

function codesOf(system: string | undefined): readonly object[] {
  if (system === undefined) return systems.flatMap((one) => codeRows(one) ?? [])
  const rows = isSystem(system) ? codeRows(system) : undefined
  if (rows) return rows
  throw refusal('request.parameter_invalid', {
    parameter: 'system',
    value: system.slice(0, 60),
    expected: `one of ${systems.join(', ')}`,
  })
}

function data(value: object): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    body: JSON.stringify(value),
  }
}

function shown({ status, body }: Page): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    },
    body,
  }
}
