// What a scenario acts through: real sockets to a running server. Keeps each exchange, so that the code's page can show
// one that really happened.

import { connect } from 'node:net'
import { Agent, request } from 'undici'
import type { Answer, Ask, Operator, World } from './scenario.ts'
import { SipPeer } from './sip-peer.ts'

export interface Exchange {
  readonly request: string
  readonly response: string
}

export interface WorldParts {
  readonly baseUrl: string
  readonly credentials: any
  readonly operator: Operator
  readonly sip: { readonly host: string; readonly port: number }
  /** Certificates that the runner made itself are trusted. */
  readonly ca?: string | undefined
}

const secretHeaders = /^(authorization|api-authorization|cookie|set-cookie)$/i
/** Longer than any answer takes on a slow machine. */
const askMs = 60_000

/** One scenario's world, with the exchange to keep. */
export function openWorld(parts: WorldParts): World & { exchange(): Exchange | undefined; close(): Promise<void> } {
  const dispatcher = new Agent({ connect: { ca: parts.ca, rejectUnauthorized: parts.ca !== undefined } })
  const exchanges = new Map<Answer, Exchange>()
  let last: Answer | undefined
  let chosen: Answer | undefined
  let text: Exchange | undefined
  const phones: SipPeer[] = []

  async function ask({ method, path, headers = {}, body }: Ask): Promise<Answer> {
    const url = /^https?:/.test(path) ? path : parts.baseUrl + path
    const sent: Record<string, string> = { ...headers }
    const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
    let bytes: string | Uint8Array | undefined
    if (body instanceof URLSearchParams) {
      bytes = body.toString()
      if (!named.has('content-type')) sent['content-type'] = 'application/x-www-form-urlencoded'
    } else if (typeof body === 'string' || body instanceof Uint8Array) bytes = body
    else if (body !== undefined) {
      bytes = JSON.stringify(body)
      if (!named.has('content-type')) sent['content-type'] = 'application/json'
    }
    const response = await request(url, {
      method: method as 'GET',
      headers: sent,
      body: bytes ?? null,
      dispatcher,
      headersTimeout: askMs,
      bodyTimeout: askMs,
    })
    const text = await response.body.text()
    const received = new Headers()
    for (const [name, value] of Object.entries(response.headers))
      for (const one of [value ?? []].flat()) received.append(name, one)
    return kept(answerOf(response.statusCode, received, text), writeRequest(method, url, sent, bytes))
  }

  function kept(answer: Answer, asked: string): Answer {
    exchanges.set(answer, { request: asked, response: writeResponse(answer) })
    last = answer
    return answer
  }

  function raw(bytes: string | Uint8Array): Promise<Answer> {
    const { hostname, port } = new URL(parts.baseUrl)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      const chunks: Buffer[] = []
      socket.setTimeout(askMs, () => socket.destroy(new Error('no answer in time')))
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (isWhole(Buffer.concat(chunks))) socket.end()
      })
      socket.on('error', reject)
      socket.on('close', () => {
        try {
          resolve(kept(readResponse(Buffer.concat(chunks)), Buffer.from(bytes).toString('latin1')))
        } catch (error) {
          reject(error)
        }
      })
      socket.write(bytes)
    })
  }

  const native = (key: string) => async (method: string, path: string, body?: object) => {
    const answer = await ask({ method, path: `/v1${path}`, headers: { authorization: `Bearer ${key}` }, ...(body && { body }) })
    if (last === answer) last = undefined
    return answer
  }

  return {
    baseUrl: parts.baseUrl,
    credentials: parts.credentials,
    operator: parts.operator,
    ask,
    raw,
    keep(answer) {
      chosen = answer
      text = undefined
    },
    api: native(parts.credentials.api.key),
    operatorApi: native(parts.credentials.operator.key),
    sip: parts.sip,
    async phone(port, transport = 'udp') {
      const phone = transport === 'tcp' ? await SipPeer.connected(parts.sip) : await SipPeer.open(port)
      phones.push(phone)
      return phone
    },
    keepText(request, response) {
      text = { request: hideSecrets(shorten(request)), response: hideSecrets(shorten(response)) }
    },
    exchange: () => text ?? exchanges.get((chosen ?? last)!),
    async close() {
      for (const phone of phones) phone.close()
      await dispatcher.close()
    },
  }
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status, headers, text, json }
}

function writeRequest(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string | Uint8Array | undefined,
): string {
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${secretHeaders.test(name) ? `${value.split(' ')[0]} ...` : value}`,
  )
  const head = [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`, ...lines].join('\n')
  return body === undefined ? `${head}\n` : `${head}\n\n${hideSecrets(shorten(Buffer.from(body).toString('utf8')))}`
}

function writeResponse({ status, headers, text }: Answer): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${secretHeaders.test(name) ? '...' : value}`)
  return [`HTTP/1.1 ${status}`, ...lines].join('\n') + (text === '' ? '\n' : `\n\n${hideSecrets(shorten(text))}`)
}

const maxKeptChars = 4000
const shorten = (text: string): string => (text.length > maxKeptChars ? `${text.slice(0, maxKeptChars)}...` : text)

/** Tokens and passwords of the sandbox are of no use to a reader of the page. */
function hideSecrets(text: string): string {
  return text
    .replaceAll(/("(?:access_token|refresh_token|password|secret|key|auth_token|token)"\s*:\s*")[^"]*"/gi, '$1..."')
    .replaceAll(/(response=")[^"]*"/g, '$1..."')
    .replaceAll(/((?:^|&)(?:password|client_secret|assertion|refresh_token|access_token|code)=)[^&\s]*/gi, '$1...')
}

function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /^content-length: *(\d+)/im.exec(bytes.subarray(0, end).toString('latin1'))
  return length !== null && bytes.length >= end + 4 + Number(length[1])
}

function readResponse(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw new Error(`no HTTP answer came back: ${bytes.subarray(0, 100).toString('latin1')}`)
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return answerOf(Number(statusLine.split(' ')[1]), headers, bytes.subarray(end + 4).toString('utf8'))
}
