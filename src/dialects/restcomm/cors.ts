// Browsers of other origins (reference 1): those that the operator lists, and nobody else. Nothing is told to others, so that
// their browser refuses the answer.

import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'

type Options = Readonly<Record<string, string | number | boolean>>

export const isPreflight = ({ method, headers }: HttpRequest): boolean =>
  method === 'OPTIONS' && headers['origin'] !== undefined && headers['access-control-request-method'] !== undefined

export const preflightHeaders = (methods: readonly string[]): Record<string, string> => ({
  'access-control-allow-methods': methods.join(', '),
  'access-control-allow-headers': 'Authorization, Content-Type, Accept, Idempotency-Key',
  'access-control-max-age': '600',
})

/** `faces.restcomm.allowedOrigins` in the settings file: origins with a comma or a space between them. */
export function allowOrigin({ headers }: HttpRequest, options: Options, answer: HttpAnswer): void {
  const origin = headers['origin']
  const allowed = options['allowedOrigins']
  if (origin === undefined || typeof allowed !== 'string' || !allowed.split(/[,\s]+/).includes(origin)) return
  answer.headers['access-control-allow-origin'] = origin
  answer.headers['vary'] = 'Origin'
  answer.headers['access-control-expose-headers'] =
    'Offhook-Reason, Offhook-Error-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After'
}
