// Cross-origin requests (reference 2.3): browser builds of the SDK send credentials, so the exact origin is echoed. The
// pages where people log in are not opened to other origins.

import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'

const allowed =
  'authorization, client-id, content-type, x-user-agent, rc-user-agent, accept-language, discovery-tag, x-http-method-override, range, if-none-match, idempotency-key'
const exposed =
  'rcrequestid, routingkey, retry-after, x-rate-limit-group, x-rate-limit-limit, x-rate-limit-remaining, x-rate-limit-window, discovery-required, discovery-tag, content-language, offhook-reason, offhook-error-id'

export function addCors(request: HttpRequest, headers: HttpAnswer['headers']): void {
  headers['access-control-allow-origin'] = request.headers['origin']!
  headers['access-control-allow-credentials'] = 'true'
  headers['access-control-expose-headers'] = exposed
  headers['vary'] = 'Origin'
}

export function preflight(request: HttpRequest): HttpAnswer {
  const headers: HttpAnswer['headers'] = { allow: 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS' }
  if (request.headers['origin'] !== undefined) {
    headers['access-control-allow-methods'] = 'GET, POST, PUT, PATCH, DELETE'
    headers['access-control-allow-headers'] = allowed
    headers['access-control-max-age'] = '3600'
  }
  return { status: 204, headers, body: '' }
}
