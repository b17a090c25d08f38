// The operator's three addresses: /healthz (the process answers), /readyz (it can take new work, a reason for each
// dependency) and /metrics (Prometheus). No account, no number and no secret is told here.

import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import type { Mount } from '#protocols/http/http-server.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { detailOf, type Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'

export interface HealthParts {
  readonly version: string
  readonly clock: Clock
  /** Rejects when the store cannot commit. */
  probeStore(): Promise<void>
  /** The reason of what `probeStore` threw. */
  reasonOf(cause: unknown): Slug
  diskNearlyFull(): boolean
  /** What is wrong with the clock, if anything. */
  clockFault(): string | undefined
  draining(): boolean
  metrics(): Promise<{ type: string; text: string }>
}

interface Dependency {
  readonly ready: boolean
  readonly reason?: Slug
  readonly detail?: string
}

/** A store that does not answer within this is not ready. */
const probeMs = 2000

export function healthMount(parts: HealthParts): Mount {
  const unready = (reason: Slug, detail: string = catalogue[reason].title): Dependency => ({ ready: false, reason, detail })

  async function store(): Promise<Dependency> {
    try {
      let late = (): void => undefined
      const timer = parts.clock.after(probeMs, () => late())
      await Promise.race([
        parts.probeStore(),
        new Promise((_, reject) => {
          late = () => reject(new Error('no answer in time'))
        }),
      ]).finally(() => timer.cancel())
      return { ready: true }
    } catch (cause) {
      return unready(parts.reasonOf(cause))
    }
  }

  function disk(): Dependency {
    return parts.diskNearlyFull() ? unready('platform.disk_nearly_full') : { ready: true }
  }

  function time(): Dependency {
    const fault = parts.clockFault()
    return fault === undefined ? { ready: true } : unready('platform.server_info_invalid', fault)
  }

  async function ready(): Promise<HttpAnswer> {
    const dependencies = { store: await store(), disk: disk(), clock: time() }
    const draining = parts.draining()
    const all = !draining && Object.values(dependencies).every((one) => one.ready)
    return json(all ? 200 : 503, { ready: all, ...(draining ? { reason: 'platform.draining' } : {}), dependencies })
  }

  async function page(path: string): Promise<HttpAnswer | undefined> {
    if (path === '/healthz') return json(200, { healthy: true, version: parts.version })
    if (path === '/readyz') return ready()
    if (path !== '/metrics') return undefined
    const { type, text } = await parts.metrics()
    return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-store' }, body: text }
  }

  return {
    name: 'operator',
    prefixes: ['/healthz', '/readyz', '/metrics'],
    async answer(request: HttpRequest): Promise<HttpAnswer> {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        const { status, headers, body } = plain('api.method_not_allowed', 'These addresses answer GET and HEAD.')
        return { status, headers: { ...headers, allow: 'GET, HEAD' }, body }
      }
      return (await page(request.path)) ?? plain('api.endpoint_unknown', 'There are /healthz, /readyz and /metrics.')
    },
    refused: (refusal: Refusal) => plain(refusal.reason, detailOf(refusal)),
  }
}

function plain(reason: Slug, detail: string): HttpAnswer {
  const errorId = crypto.randomUUID()
  const { body } = json(0, { reason, detail, errorId })
  return {
    status: catalogue[reason].http,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'offhook-reason': reason,
      'offhook-error-id': errorId,
    },
    body,
  }
}

function json(status: number, content: object): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: `${JSON.stringify(content)}\n`,
  }
}
