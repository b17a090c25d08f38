// One HTTP request and its answer as plain data, so that a face can be read and tested without a socket.

import type { Readable } from 'node:stream'

export interface HttpRequest {
  readonly method: string
  /** As received after the origin, still percent-encoded, without the query. */
  readonly path: string
  /** The raw query without `?`; empty when there is none. */
  readonly query: string
  /** Names in lower case; a repeated header is joined by `, ` as node:http does. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
  /** The client's address; behind a trusted proxy the one that proxy names. */
  readonly source: string
  /** Whether the client spoke TLS to us or to a trusted proxy. */
  readonly secure: boolean
  /** Integer ms UTC. */
  readonly receivedAtMs: number
  /** W3C trace id, taken from `traceparent` or made here: 32 lower-case hex digits. */
  readonly traceId: string
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Record<string, string | readonly string[]>
  readonly body: string | Buffer
  /** In place of `body`, sent as it is read: its length is among the headers, so that whoever reads less than all knows it. */
  readonly stream?: Readable
}
