// Asks one door of a running server what nobody should ask, by a seed that makes the same questions again, and judges each
// answer: well-formed, a known reason and an error id with every refusal, never a fault of ours, hostile text only escaped.

import { catalogue } from '#reasons/catalogue.ts'
import { body, brokenHttp, headers, hostileTexts, path, query, type Words } from './hostile.ts'
import { randomFrom, type Random } from './random.ts'
import { exchangeRaw, Wire, type WireAnswer } from './wire.ts'

export interface DoorRoute {
  readonly method: string
  /** With `{name}` or `:name` for what varies, the door's prefix included. */
  readonly path: string
  /** Names of its fields, where they are known. */
  readonly fields?: readonly string[]
}

export interface Door {
  readonly name: string
  readonly routes: readonly DoorRoute[]
  /** Header lines that prove who asks. */
  readonly proof: readonly string[]
  /** json, form, multipart: the bodies its clients send. */
  readonly bodies: readonly string[]
  readonly words: Words
}

export interface Finding {
  readonly fault: string
  readonly request: string
  readonly answer: string
}

export interface FuzzReport {
  readonly findings: Finding[]
  /** How many requests were answered so. */
  readonly statuses: Record<string, number>
  readonly reasons: Record<string, number>
}

const faults = new Set([
  'platform.internal_error',
  'platform.exception',
  'platform.resource_handler_failed',
  'platform.database_query_failed',
])
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY', 'PROPFIND', 'TRACE'] as const
const connections = 16
const maxFindings = 20
const maxValues = 400
const slowSenders = 20

export async function fuzzDoor(
  port: number,
  door: Door,
  { seed, requests }: { seed: number; requests: number },
): Promise<FuzzReport> {
  const random = randomFrom(seed)
  const report: FuzzReport = { findings: [], statuses: {}, reasons: {} }
  let left = requests
  let slow = slowSenders
  const note = (fault: string, asked: Buffer | string, answer: WireAnswer | undefined): void => {
    const shown = answer ? `${answer.status} ${JSON.stringify(answer.headers)} ${answer.body.toString().slice(0, 600)}` : ''
    report.findings.push({ fault, request: asked.toString('latin1' as 'utf8').slice(0, 1500), answer: shown })
  }
  const judged = (asked: Buffer | string, answer: WireAnswer, isHead: boolean): void => {
    report.statuses[answer.status] = (report.statuses[answer.status] ?? 0) + 1
    const reason = answer.headers['offhook-reason']
    if (reason !== undefined) report.reasons[reason] = (report.reasons[reason] ?? 0) + 1
    const fault = faultOf(answer, isHead)
    if (fault !== undefined) note(fault, asked, answer)
    if (answer.status < 300) harvest(door.words.values, answer)
  }

  const work = async (wire: Wire): Promise<void> => {
    while (left > 0 && report.findings.length < maxFindings) {
      left -= 1
      if (random.chance(0.02)) {
        const broken = brokenHttp(random, path(random, random.pick(door.routes).path, door.words))
        const parts = broken.pauseMs > 0 && (slow -= 1) < 0 ? [broken.parts.map(String).join('')] : broken.parts
        const shown = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
        try {
          for (const answer of await exchangeRaw(port, parts, broken)) judged(shown, answer, false)
        } catch (error) {
          note((error as Error).message, shown, undefined)
        }
        continue
      }
      const { bytes, isHead } = request(random, door)
      try {
        judged(bytes, await wire.ask(bytes, isHead), isHead)
      } catch (error) {
        wire.close()
        note((error as Error).message, bytes, undefined)
      }
    }
    wire.close()
  }
  await Promise.all(Array.from({ length: connections }, () => work(new Wire(port))))
  return report
}

function request(random: Random, door: Door): { bytes: Buffer; isHead: boolean } {
  const route = random.pick(door.routes)
  // Mostly the route's own fields, so that some requests come far.
  const words = route.fields && random.chance(0.7) ? { names: route.fields, values: door.words.values } : door.words
  let method = random.chance(0.93) ? route.method : random.pick(methods)
  // Enough is left to ask about.
  if (method === 'DELETE' && random.chance(0.7)) method = 'GET'
  const target = path(random, route.path, door.words) + (random.chance(0.4) ? `?${query(random, words)}` : '')
  const lines = [`${method} ${target} HTTP/1.1`, 'host: offhook.test', ...headers(random, door.words)]
  // Wrong proofs are few, lest the source be locked out for the rest of the run.
  if (random.chance(0.98)) lines.push(...door.proof)
  else if (random.chance(0.1))
    lines.push(
      `authorization: ${random.pick(['Bearer', 'Basic !!!', 'Basic Og==', 'Digest x', 'Bearer a.b.c', ...hostileTexts])}`,
    )
  const sent = method !== 'GET' && method !== 'HEAD' ? random.chance(0.9) : random.chance(0.03)
  const made = sent ? body(random, words, door.bodies) : undefined
  if (made?.type !== undefined) lines.push(`content-type: ${made.type}`)
  if (made) lines.push(`content-length: ${made.bytes.length}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return { bytes: made ? Buffer.concat([head, made.bytes]) : head, isHead: method === 'HEAD' }
}

/** What is wrong with an answer, if anything. */
export function faultOf({ status, headers: told, body: bytes }: WireAnswer, isHead: boolean): string | undefined {
  const reason = told['offhook-reason']
  if (status >= 400) {
    if (reason === undefined) return 'a refusal without a reason'
    if (!Object.hasOwn(catalogue, reason)) return `the reason ${reason} is not in the catalogue`
    if (!/^[0-9a-f-]{36}$/.test(told['offhook-error-id'] ?? '')) return 'a refusal without an error id'
  }
  if (reason !== undefined && faults.has(reason)) return `a fault of ours: ${reason}`
  if (status >= 500 && reason !== undefined && !['platform.not_implemented'].includes(reason))
    return `answered ${status}, ${reason}`
  if (told['x-injected'] !== undefined) return 'a header was smuggled in'
  if (isHead || bytes.length === 0) return undefined
  const type = told['content-type'] ?? ''
  const text = bytes.toString()
  if (/json/.test(type)) {
    try {
      JSON.parse(text)
    } catch {
      return 'the JSON does not parse'
    }
  } else if (/xml|html/.test(type)) {
    if (text.includes(hostileTexts[1]) || text.includes(`'>kkkk>`)) return 'hostile text came back as it was'
    if (/xml/.test(type) && !/html/.test(type) && !isWellFormed(text)) return 'the XML is not well-formed'
  }
  return undefined
}

/** Of the plain XML that a face writes: elements, attributes, text and references. */
export function isWellFormed(xml: string): boolean {
  const open: string[] = []
  let rest = xml.replace(/^<\?xml [^?]*\?>\s*/, '')
  // oxlint-disable-next-line no-control-regex -- XML 1.0, 2.2: these are in no document
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(rest)) return false
  while (rest !== '') {
    const token = /^(?:<([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|<\/([\w:.-]+)\s*>|[^<]+)/.exec(rest)
    if (!token) return false
    const [whole, opened, , selfClosed, closed] = token
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(whole)) return false
    if (opened !== undefined && selfClosed === '') open.push(opened)
    if (closed !== undefined && open.pop() !== closed) return false
    rest = rest.slice(whole.length)
    if (open.length === 0) return rest.trim() === '' && (opened !== undefined || closed !== undefined)
  }
  return false
}

/** Ids and the like from what was answered are worth asking about. */
function harvest(values: string[], { headers: told, body: bytes }: WireAnswer): void {
  if (values.length >= maxValues || bytes.length === 0 || bytes.length > 20_000 || !/json|xml/.test(told['content-type'] ?? ''))
    return
  for (const [, quoted, inner] of bytes.toString().matchAll(/:\s*"([\w+@.~-]{3,60})"|>([\w+@.~-]{3,60})</g)) {
    const found = quoted ?? inner!
    if (values.length < maxValues && !values.includes(found)) values.push(found)
  }
}
