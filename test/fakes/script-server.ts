// An application's server for calls: pages of RCML by path, sounds to play, and everything that it was asked, in order. What calls tell of
// themselves at `/status` is kept apart: that is what a customer knows of a call's end.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { coming } from '../until.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  /** The fields of its body, or of its query. */
  readonly form: URLSearchParams
}

/** Verbs, a status, a sound, or what answers this one request. */
export type ScriptPage = string | number | Buffer | ((asked: Asked) => string | number)

export interface ScriptServer {
  readonly url: string
  readonly asked: readonly Asked[]
  pages: Record<string, ScriptPage>
  /** Another test begins: pages are gone, and what was asked so far is neither `next` nor `seen`. */
  begin(): void
  /** The first request to that path which has not been given yet, or the next one that comes. */
  next(path: string): Promise<URLSearchParams>
  /** Resolves with the first request, past or to come, that is looked for. */
  seen(fits: (asked: Asked) => boolean): Promise<URLSearchParams>
  close(): void
}

export const rcml = (verbs: string): string => `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`

export async function startScriptServer(): Promise<ScriptServer> {
  const asked: Asked[] = []
  const given = new Set<Asked>()
  const waiting = new Set<{ fits(one: Asked): boolean; take(one: Asked): void }>()
  let began = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://server')
      const form = new URLSearchParams(chunks.length > 0 ? Buffer.concat(chunks).toString() : search)
      const one: Asked = { method: request.method ?? '', path: pathname, form }
      asked.push(one)
      const page = made.pages[pathname] ?? (pathname === '/status' ? 204 : 404)
      const what = typeof page === 'function' ? page(one) : page
      if (typeof what === 'number') response.writeHead(what).end()
      else if (typeof what === 'string') response.writeHead(200, { 'content-type': 'application/xml' }).end(rcml(what))
      else response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': what.length }).end(what)
      for (const wait of waiting) {
        if (!wait.fits(one)) continue
        waiting.delete(wait)
        wait.take(one)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const look = (fits: (one: Asked) => boolean, take: (one: Asked) => void): void => {
    const there = asked.slice(began).find(fits)
    if (there) take(there)
    else waiting.add({ fits, take })
  }
  const came = <T>(what: string, promise: Promise<T>): Promise<T> =>
    coming(() => `a request: ${what}, after ${asked.map(({ path, form }) => `${path} ${form.toString()}`).join('\n')}`, promise)
  const made: ScriptServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    pages: {},
    begin() {
      made.pages = {}
      began = asked.length
    },
    next: (path) =>
      came(
        path,
        new Promise((resolve) => {
          look(
            (one) => one.path === path && !given.has(one),
            (one) => {
              given.add(one)
              resolve(one.form)
            },
          )
        }),
      ),
    seen: (fits) => came(String(fits), new Promise((resolve) => look(fits, ({ form }) => resolve(form)))),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return made
}
