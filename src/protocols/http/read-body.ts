// Reads a request's body up to a limit, and past it only to be polite. It parses nothing.

import type { IncomingMessage } from 'node:http'
import { refusal, type Refusal } from '#reasons/refusal.ts'

/** How much of a refused body is read and thrown away before the connection is cut: more than an honest client sends. */
const drainedBytes = 64 * 1024 * 1024

/** Calls back with the body or why not; `gone` when the client left before the end. */
export function readBody(
  req: IncomingMessage,
  connection: { fail: ((refused: Refusal) => void) | undefined },
  limit: number,
  done: (body: Buffer | Refusal) => void,
  gone: () => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  let over = false
  const end = (body: Buffer | Refusal | undefined): void => {
    if (over) return
    over = true
    connection.fail = undefined
    if (body) done(body)
    else gone()
  }
  connection.fail = end
  req.on('data', (chunk: Buffer) => {
    if (over) return
    size += chunk.length
    if (size > limit) return end(refusal('request.body_too_large', { limitBytes: limit }))
    chunks.push(chunk)
  })
  req.on('end', () => end(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size)))
  req.on('error', () => undefined)
  req.on('close', () => end(undefined))
}

/** Reads on without keeping, then calls `done`, perhaps twice, so that the sender sees the answer and not a reset (RFC 9112 9.6), but not for ever. */
export function drain(req: IncomingMessage, done: () => void): void {
  let seen = 0
  req.on('data', (chunk: Buffer) => {
    seen += chunk.length
    if (seen <= drainedBytes) return
    done()
    req.socket.destroySoon()
  })
  req.once('close', done)
}
