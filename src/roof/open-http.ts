// The HTTP server with all faces behind it, and `/healthz`, `/readyz`, `/metrics` in front.

import { healthMount } from '#api/health.ts'
import { ConfigFault, type Config } from '#config/config.ts'
import { refusalOfStore } from '#operations/run.ts'
import { startHttpServer, type HttpServer, type Mount } from '#protocols/http/http-server.ts'
import { version } from '#values/version.ts'
import type { OpenedGround } from './ground.ts'

export interface HttpOpened extends HttpServer {
  readonly urls: readonly string[]
  /** Takes up what a reload may change. Throws a ConfigFault, and then nothing has changed. */
  reloaded(config: Config): void
}

/** Throws a ConfigFault where OFFHOOK_HOSTS names a face that there is not. */
export async function openHttp(ground: OpenedGround, mounts: readonly Mount[], draining: () => boolean): Promise<HttpOpened> {
  const { journal, clock, config } = ground
  const { http: listen, tls, trustedProxies, limits, hosts } = config()
  const faces = [healthOf(ground, draining), ...mounts]
  const server = await startHttpServer({
    listen,
    tls,
    trustedProxies,
    limits,
    faces,
    journal,
    clock,
    hosts: prefixesOf(hosts, faces),
  })
  return {
    ...server,
    urls: server.addresses.map(({ url }) => url),
    reloaded(fresh) {
      const prefixes = prefixesOf(fresh.hosts, faces)
      server.setTrustedProxies(fresh.trustedProxies)
      server.setHosts(prefixes)
    },
  }
}

function healthOf({ clock, clockWatch, store, disk, journal }: OpenedGround, draining: () => boolean): Mount {
  return healthMount({
    version,
    clock,
    probeStore: () => store.probe(),
    reasonOf: (cause) => refusalOfStore(cause)?.reason ?? 'platform.database_unreachable',
    diskNearlyFull: () => disk.nearlyFull(),
    clockFault: () => clockWatch.fault(),
    draining,
    metrics: () => journal.metrics(),
  })
}

/** OFFHOOK_HOSTS names faces; the server wants their first prefix. Throws a ConfigFault. */
function prefixesOf(hosts: Config['hosts'], faces: readonly Mount[]): Record<string, string> {
  const names = faces.filter((face) => face.prefixes.some((prefix) => prefix !== '')).map((face) => face.name)
  const entries = Object.entries(hosts).map(([host, name]) => {
    const prefix = faces.find((face) => face.name === name)?.prefixes.find((one) => one !== '')
    if (prefix === undefined) throw new ConfigFault([`OFFHOOK_HOSTS has ${host}=${name}, but the faces are ${names.join(', ')}.`])
    return [host, prefix] as const
  })
  return Object.fromEntries(entries)
}
