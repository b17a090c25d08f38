// A customer's application: a call handle that answers events with commands, and a status URL beside it; both keep what they are told.

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '../until.ts'

export interface Told {
  readonly method: string
  /** `/handle`, `/status`, `/record` ... */
  readonly path: string
  /** From the query of a GET, from the form of a POST. */
  readonly event: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
}

export interface Application {
  readonly url: string
  readonly told: readonly Told[]
  /** The next event, from the first on, that fits and was not given yet. */
  next(path: string, fits?: (event: Told['event']) => boolean): Promise<Told>
  close(): Promise<void>
}

/** Commands; a number is a status, text is an answer that is none. */
export type Answer = readonly object[] | number | string

export async function openApplication(answer: (told: Told) => Answer = () => []): Promise<Application> {
  const told: Told[] = []
  const given = new Set<Told>()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://application.invalid')
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    const fields = request.method === 'POST' ? new URLSearchParams(body) : searchParams
    const one = { method: request.method!, path: pathname, event: Object.fromEntries(fields), headers: request.headers }
    told.push(one)
    const reply = answer(one)
    if (typeof reply === 'number') return void response.writeHead(reply).end()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(typeof reply === 'string' ? reply : JSON.stringify({ commands: reply }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    async next(path, fits = () => true) {
      const found = await until(
        () => told.find((one) => !given.has(one) && one.path === path && fits(one.event)),
        Boolean,
        `an event at ${path} that fits, of ${told.length}`,
      )
      given.add(found!)
      return found!
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** While something is done. */
export async function withApplication(
  answer: (told: Told) => Answer,
  act: (application: Application) => Promise<void>,
): Promise<void> {
  const application = await openApplication(answer)
  try {
    await act(application)
  } finally {
    await application.close()
  }
}
