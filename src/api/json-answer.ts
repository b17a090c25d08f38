// JSON answers of the native API.

import type { HttpAnswer } from '#protocols/http/exchange.ts'

/** An answer of the native API; never cached, as it is somebody's own. */
export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) }
}
