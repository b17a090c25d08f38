// What the parser of node:http refuses, put as reasons, and an answer written where there is no response object.

import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { HttpAnswer } from './exchange.ts'

interface Limits {
  readonly headerBytes: number
  readonly urlBytes: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
}

/** `cause.code` is one of llhttp's HPE_ names or node's own; `cause.reason` is llhttp's short sentence. */
export function refusalOfParser(cause: NodeJS.ErrnoException & { rawPacket?: Buffer; reason?: string }, limits: Limits): Refusal {
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return refusal('request.too_slow', { limitMs: limits.requestTimeoutMs })
  }
  if (cause.code === 'HPE_HEADER_OVERFLOW') {
    const seen = startLine(cause.rawPacket)
    // The parser has one limit for both; whether the target alone is over its own tells which it was.
    if (seen !== undefined && seen.target.length > limits.urlBytes) {
      return refusal('request.url_too_long', { limitBytes: limits.urlBytes })
    }
    return refusal('request.header_too_large', { limitBytes: limits.headerBytes })
  }
  return refusal('request.framing_invalid', { fault: cause.reason ?? 'this is not HTTP/1.1' })
}

/** Method and target where the packet begins with a whole request line; one that is cut off still gives its target. */
export function pathInPacket(packet: Buffer | undefined): { method: string; target: string } | undefined {
  const seen = startLine(packet)
  return seen?.target.startsWith('/') ? seen : undefined
}

function startLine(packet: Buffer | undefined): { method: string; target: string } | undefined {
  const found = packet && /^([A-Z-]{1,32}) ([^ \r\n]+)/.exec(packet.toString('latin1', 0, 65_536))
  return found ? { method: found[1] as string, target: found[2] as string } : undefined
}

/**
 * Writes a whole answer to a bare socket and closes it, without resetting what the client has not read yet. `method` is
 * that of the request, where it could be read: an answer to HEAD has no body (RFC 9110 9.3.2).
 */
export function answerConnection(socket: Socket, answer: HttpAnswer, clock: Clock, method?: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Unknown'}\r\n`
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of typeof value === 'string' ? [value] : value) head += `${name}: ${oneLine(one)}\r\n`
  }
  head += `content-length: ${body.length}\r\nconnection: close\r\n\r\n`
  socket.on('error', () => socket.destroy())
  socket.end(method === 'HEAD' ? Buffer.from(head, 'latin1') : Buffer.concat([Buffer.from(head, 'latin1'), body]))
  socket.resume()
  const cut = clock.after(1000, () => socket.destroy())
  socket.once('close', () => cut.cancel())
}

/** node:http refuses such values itself; here nothing else stands between a value and the wire. */
function oneLine(value: string): string {
  // oxlint-disable-next-line no-control-regex -- that is what it looks for
  return value.replaceAll(/[\u0000-\u0008\u000A-\u001F\u007F]/g, ' ')
}
