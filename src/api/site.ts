// The pages at the root: the first page, a script to try, the readable API description, and the OpenAPI document. Anything else that no
// face answers is refused here, as a page or as problem details, whichever was asked for.

import type { KnockParts } from '#operations/knock.ts'
import { escapeHtml } from '#protocols/http/escape.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { negotiate } from '#protocols/http/accept.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { detailOf, refusal, type Refusal } from '#reasons/refusal.ts'
import { describeApi } from './api-page.ts'
import { firstPage, helloPath, helloScript, type FirstPageParts } from './first-page.ts'
import { page } from './page.ts'
import { problemAnswer } from './problem.ts'

export interface SiteParts extends FirstPageParts {
  readonly openApi: () => Record<string, unknown>
  readonly tell: KnockParts
}

const html = (status: number, body: string): HttpAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  },
  body,
})

export function siteMount(parts: SiteParts) {
  const { publicUrl, openApi, tell } = parts
  let description: { text: string; page: string } | undefined
  const described = () => (description ??= { text: JSON.stringify(openApi()), page: describeApi(openApi()) })

  const pages: Record<string, () => HttpAnswer> = {
    '/': () => html(200, firstPage(parts)),
    '/docs': () => html(200, described().page),
    '/v1/openapi.json': () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: described().text }),
    [helloPath]: () => ({ status: 200, headers: { 'content-type': 'application/xml; charset=utf-8' }, body: helloScript }),
  }

  function refuseHere(refused: Refusal, request: HttpRequest): HttpAnswer {
    const errorId = crypto.randomUUID()
    const wantsPage = negotiate(request.headers['accept'], ['application/json', 'text/html']) === 'text/html'
    const answer = wantsPage
      ? html(catalogue[refused.reason].http, refusalPage(refused, errorId))
      : problemAnswer(refused, errorId, publicUrl())
    answer.headers['offhook-reason'] = refused.reason
    answer.headers['offhook-error-id'] = errorId
    tell.told({ errorId, face: 'site', refusal: refused, request, accountId: null, status: answer.status, code: '' })
    return answer
  }

  return {
    name: 'site',
    prefixes: ['', '/v1/openapi.json'],
    async answer(request: HttpRequest): Promise<HttpAnswer> {
      const found = Object.hasOwn(pages, request.path) ? pages[request.path]! : undefined
      const { method } = request
      if (!found) return refuseHere(refusal('api.endpoint_unknown', { method, path: request.path.slice(0, 200) }), request)
      // Scripts are asked with POST as well.
      if (method !== 'GET' && method !== 'HEAD' && !(method === 'POST' && request.path === helloPath))
        return refuseHere(refusal('api.method_not_allowed', { method, allowed: ['GET', 'HEAD'] }), request)
      return found()
    },
    refused: refuseHere,
  }
}

function refusalPage(refused: Refusal, errorId: string): string {
  const reason = catalogue[refused.reason]
  return page(
    reason.title,
    `<h1>${escapeHtml(reason.title)}</h1>
<p>${escapeHtml(detailOf(refused))}</p>
<p>${escapeHtml(reason.remedy)}</p>
<p>Reason <a href="/reasons/${refused.reason}"><code>${refused.reason}</code></a>, error id <code>${errorId}</code>.</p>
<p><a href="/">To the first page</a></p>`,
  )
}
