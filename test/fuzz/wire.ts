// One client connection, byte by byte: sends what no HTTP client would, and reads answers strictly (RFC 9112). What comes
// back that is not a well-formed answer is told as a fault.

import { connect, type Socket } from 'node:net'

export interface WireAnswer {
  readonly status: number
  /** Names in lower case; a repeated one is joined by a line feed, which no value can have. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Longer than any answer takes on a slow machine. */
const answerMs = 60_000

/** Sends on a connection of its own and gives all whole answers; none when the server only hung up. */
export function exchangeRaw(
  port: number,
  parts: readonly (string | Buffer)[],
  { pauseMs = 0, half = false } = {},
): Promise<WireAnswer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received: Buffer = Buffer.alloc(0)
    socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer and no end in time')))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      try {
        const first = readAnswer(received, false)
        if (first) socket.end()
      } catch (error) {
        socket.destroy(error as Error)
      }
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    )
    socket.on('close', () => {
      try {
        const answers: WireAnswer[] = []
        for (let rest = received; rest.length > 0;) {
          const read = readAnswer(rest, false)
          if (!read) throw new Error(`an answer broke off: ${rest.subarray(0, 200).toString('latin1')}`)
          if (read.answer.status >= 200) answers.push(read.answer)
          rest = rest.subarray(read.length)
        }
        resolve(answers)
      } catch (error) {
        reject(error as Error)
      }
    })
    const write = async (): Promise<void> => {
      for (const part of parts) {
        if (socket.destroyed || socket.writableEnded) return
        socket.write(part)
        if (pauseMs > 0) await new Promise((next) => setTimeout(next, pauseMs))
      }
      if (half) socket.end()
    }
    socket.once('connect', () => void write())
  })
}

/** A connection that is kept; opened anew when the server closed it. */
export class Wire {
  readonly #port: number
  #socket: Socket | undefined

  constructor(port: number) {
    this.#port = port
  }

  async ask(bytes: Buffer, isHead: boolean): Promise<WireAnswer> {
    const fresh = this.#socket === undefined || this.#socket.destroyed
    try {
      return await this.#once(bytes, isHead)
    } catch (error) {
      this.close()
      // A kept connection may be closed while we write; then nothing was read of the request.
      if (!fresh && (error as Error).message === 'closed before an answer') return this.#once(bytes, isHead)
      throw error
    }
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #once(bytes: Buffer, isHead: boolean): Promise<WireAnswer> {
    if (!this.#socket || this.#socket.destroyed) this.#socket = connect(this.#port, '127.0.0.1')
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0)
      const done = (settle: () => void): void => {
        clearTimeout(late)
        socket.removeAllListeners()
        socket.on('error', () => undefined)
        settle()
      }
      const late = setTimeout(() => done(() => reject(new Error('no answer in time'))), answerMs)
      const fail = (error: Error): void => done(() => reject(error))
      socket.on('error', () => fail(new Error('closed before an answer')))
      socket.on('close', () => fail(new Error(received.length === 0 ? 'closed before an answer' : 'closed within an answer')))
      socket.on('data', (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
        try {
          for (;;) {
            const read = readAnswer(received, isHead)
            if (!read) return
            const rest = received.subarray(read.length)
            if (read.answer.status < 200) {
              received = rest
              continue
            }
            if (rest.length > 0) throw new Error(`bytes after an answer: ${rest.subarray(0, 100).toString('latin1')}`)
            if (read.answer.headers['connection']?.toLowerCase() === 'close') this.close()
            return done(() => resolve(read.answer))
          }
        } catch (error) {
          fail(error as Error)
        }
      })
      socket.write(bytes)
    })
  }
}

const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/

/** The first answer in the bytes, or undefined while it is not whole. Throws when it is none. */
function readAnswer(bytes: Buffer, isHead: boolean): { answer: WireAnswer; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) {
    if (bytes.length > 8 && !bytes.subarray(0, 9).toString('latin1').startsWith('HTTP/1.1 '))
      throw new Error('not an HTTP/1.1 answer')
    return undefined
  }
  const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/.exec(start)
  if (!status) throw new Error(`not a status line: ${start}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value] = headerLine.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`not a header: ${line}`)
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`
  }
  const code = Number(status[1])
  const bodiless = isHead || code < 200 || code === 204 || code === 304
  const length = headers['content-length']
  if (!bodiless && (length === undefined || !/^\d+$/.test(length))) throw new Error(`no length: ${start}`)
  const size = bodiless ? 0 : Number(length)
  const from = end + 4
  if (bytes.length < from + size) return undefined
  return { answer: { status: code, headers, body: Buffer.from(bytes.subarray(from, from + size)) }, length: from + size }
}
