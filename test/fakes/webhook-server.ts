// A customer's server: keeps what it is told, and answers as its script says.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { coming } from '../until.ts'

export interface Heard {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface WebhookServer {
  readonly url: string
  readonly heard: Heard[]
  /** Answers each request from here on; 200 with nothing unless told. */
  answer: (response: ServerResponse, heard: Heard) => void
  /** Resolves once so many requests have come. */
  until(count: number): Promise<void>
  close(): Promise<void>
}

export async function startWebhookServer(port = 0): Promise<WebhookServer> {
  const heard: Heard[] = []
  const waiting: { count: number; resolve(): void }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const one = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      heard.push(one)
      response.on('error', () => {})
      made.answer(response, one)
      for (const wait of waiting.filter(({ count }) => heard.length >= count)) wait.resolve()
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const made: WebhookServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    answer: (response) => void response.end(),
    until: (count) =>
      coming(
        () => `${count} requests at ${made.url}, of which ${heard.length} have come`,
        heard.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
      ),
    close,
  }
  after(close)
  return made
}
