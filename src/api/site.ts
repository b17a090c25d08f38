// The pages at the root: the first page, the readable API description, and the OpenAPI document. Anything else that no
// face answers is refused here, as a page or as problem details, whichever was asked for.

import type { KnockParts } from '#operations/knock.ts'
import { escapeHtml } from '#protocols/http/escape.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { negotiate } from '#protocols/http/accept.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { detailOf, refusal, type Refusal } from '#reasons/refusal.ts'
import { describeApi } from './api-page.ts'
import { page } from './page.ts'
import { problemAnswer } from './problem.ts'

export interface SiteParts {
  readonly version: string
  readonly publicUrl: () => string
  readonly openApi: () => Record<string, unknown>
  /** Whether the credentials of a first start are in force, and where they stand. */
  readonly credentialsFile: () => string | undefined
  /** What each face is called and where it answers. */
  readonly doors: readonly { readonly name: string; readonly prefix: string }[]
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
      if (method !== 'GET' && method !== 'HEAD')
        return refuseHere(refusal('api.method_not_allowed', { method, allowed: ['GET', 'HEAD'] }), request)
      return found()
    },
    refused: refuseHere,
  }
}

function firstPage({ version, publicUrl, credentialsFile, doors }: SiteParts): string {
  const base = escapeHtml(publicUrl())
  const file = credentialsFile()
  const first =
    file === undefined
      ? `<p>Ask with a key of yours:</p><pre>curl -H 'Authorization: Bearer ok_...' ${base}/v1/whoami</pre>`
      : `<p>The keys of this sandbox stand in <code>${escapeHtml(file)}</code>. On this machine, in a shell:</p>
<pre>key=$(sed -n '/"api"/,/}/s/.*"key": "\\(.*\\)".*/\\1/p' ${escapeHtml(file)})
curl -H "Authorization: Bearer $key" ${base}/v1/whoami</pre>`
  const rows = doors.map(
    ({ name, prefix }) => `<tr><td>${escapeHtml(name)}</td><td><code>${base}${escapeHtml(prefix)}</code></td></tr>`,
  )
  return page(
    'Offhook',
    `<h1>Offhook</h1>
<p>A communications platform of your own: calls, messages and numbers, speaking the API of five vendors. Whatever fails or is refused says why, whose fault it is, whether to try again, and what to do.</p>
<p class="ok"><strong>It is running.</strong> Version ${escapeHtml(version)}. <a href="/readyz">Is it ready?</a> <a href="/metrics">Metrics</a></p>
<h2>A first request</h2>
${first}
<h2>Where to go on</h2>
<ul>
<li><a href="/reasons">Reasons and codes</a>: every reason this platform gives, and every code of the five vendors.</li>
<li><a href="/docs">The API, described</a>, and the same as <a href="/v1/openapi.json">OpenAPI 3.1</a>.</li>
</ul>
<h2>The doors</h2>
<table><thead><tr><th>API</th><th>Base address</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  )
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
