// Whether a platform with these settings runs already: asks each address for its health.

import { Agent, request } from 'undici'
import type { Config } from '#config/config.ts'
import { hostPort } from '#values/host-port.ts'

/** The address that answers as ours; undefined when none does. Port 0 cannot be asked. */
export async function runningAt(config: Pick<Config, 'http' | 'tls'>): Promise<string | undefined> {
  // The certificate may well be for another name than the address; nothing secret is asked.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false }, headersTimeout: 2000, connectTimeout: 1000 })
  try {
    for (const { host, port, secure } of config.http) {
      if (port === 0) continue
      const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
      const url = `${config.tls && (secure ?? true) ? 'https' : 'http'}://${hostPort(reachable, port)}`
      try {
        const { body } = await request(`${url}/healthz`, { dispatcher })
        const health: unknown = await body.json()
        if (typeof health === 'object' && health !== null && 'healthy' in health) return url
      } catch {
        // Nobody there, or somebody else.
      }
    }
    return undefined
  } finally {
    await dispatcher.close()
  }
}
