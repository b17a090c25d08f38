// Writes an answer to a response of node:http: exact length, no body where the method or status has none.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { HttpAnswer } from './exchange.ts'

/**
 * Throws before a byte is sent when a header name or value has a character that the wire forbids.
 * `closing` tells the client that the connection ends after this answer.
 */
export function writeAnswer(req: IncomingMessage, res: ServerResponse, answer: HttpAnswer, closing: boolean): void {
  const { status, headers, body } = answer
  // A flat list is the one form that node:http neither copies nor merges.
  const list: (string | number | readonly string[])[] = []
  let length: number | undefined = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  for (const name in headers) {
    // The size of what HEAD does not send may be given by the face.
    if (name === 'content-length') length = undefined
    list.push(name, headers[name] as string | readonly string[])
  }
  // RFC 9110 8.6: no Content-Length with 204; 304 has no body to measure.
  const bodiless = status === 204 || status === 304
  if (length !== undefined && !bodiless) list.push('content-length', length)
  if (closing) list.push('connection', 'close')
  res.writeHead(status, list as never)
  const { stream } = answer
  if (bodiless || req.method === 'HEAD') {
    stream?.destroy()
    res.end()
  } else if (!stream) res.end(body)
  // What breaks off on the way cannot be taken back: the connection breaks off too, short of the length that was told.
  else pipeline(stream, res, (cause) => cause && res.destroy())
}
