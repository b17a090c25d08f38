// The steps of one request at this face, and their order. Reference section 3.

import { isUtf8 } from 'node:buffer'
import { requireTrialRunning } from '#accounts/trial.ts'
import { rateHeaders, takeUsualRates } from '#accounts/usual-rates.ts'
import type { Caller } from '#accounts/caller.ts'
import type { RateState } from '#accounts/rates.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Face, Knock, StepName } from '#operations/knock.ts'
import { permit, requireFeature, requirePlan } from '#operations/run.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { bytesAnswer } from '#protocols/http/bytes-answer.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseMultipart } from '#protocols/http/multipart.ts'
import { parseForm, parseQuery, type Pairs } from '#protocols/http/query.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { absentOperations, absentRoutes } from './absent.ts'
import { areaOperations } from './areas.ts'
import { faceName, Login, ServicePasswords } from './auth.ts'
import { ConferenceChanges } from './conference-changes.ts'
import { conferenceOperations } from './conferences.ts'
import { refusedAnswer } from './errors.ts'
import { InstanceIds } from './instance-ids.ts'
import { mediaOperations, uploadBytes } from './media.ts'
import { MessageRefs } from './message-refs.ts'
import { messageOperations } from './messages.ts'
import { numberOperations } from './numbers.ts'
import { readParameters } from './parameters.ts'
import { reportOperations } from './reports.ts'
import { reservationOperations } from './reservations.ts'
import { isVersioned, Routes, SentFile, type Deed } from './routes.ts'
import { serviceRoutes } from './services.ts'
import { startOperations } from './starts.ts'
import { webrtcOperations } from './webrtc.ts'

const prefix = '/aculab'

/**
 * Reference section 3, "Suggested order of checks": route, method, framing, cloud id, credentials, account state (0106,
 * 0107, 0900, 0100), then rate, then names and values. So what the account may use at all comes before its rate.
 */
const order: readonly StepName[] = ['route', 'framing', 'identity', 'feature', 'rate', 'permission', 'fields']

interface AculabKnock extends Knock {
  readonly request: HttpRequest
  /** Without the prefix, duplicate slashes collapsed: what clients know. */
  readonly path: string
  readonly json: boolean
  caller: Caller | undefined
  rate: RateState | undefined
  service: string | undefined
  deed: Deed | undefined
  flat: boolean
  params: Readonly<Record<string, string | undefined>>
  pairs: Pairs
  body: unknown
  fields: Readonly<Record<string, unknown>>
}

const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data']
const jsonTypes = ['application/json']

export function openFace(parts: FaceParts): Face<AculabKnock> {
  const passwords = new ServicePasswords(parts.key)
  const refs = new MessageRefs(parts.key)
  const instances = new InstanceIds(parts.key)
  const conferenceChanges = new ConferenceChanges()
  const login = new Login(parts, passwords)
  const routes = new Routes(
    {
      ...areaOperations,
      ...numberOperations,
      ...mediaOperations,
      ...messageOperations,
      ...startOperations,
      ...conferenceOperations,
      ...reservationOperations,
      ...webrtcOperations,
      ...reportOperations,
      ...absentOperations,
    },
    { ...serviceRoutes, ...absentRoutes },
  )

  /** Gives api.endpoint_unknown (0027), api.method_not_allowed (0014), api.https_required (0013). */
  function route(knock: AculabKnock): void {
    const { method, secure } = knock.request
    const found = routes.find(knock.path)
    if (!found) refuse('api.endpoint_unknown', { path: knock.path.slice(0, 200), method })
    const deed = Object.hasOwn(found.route.deeds, method) ? found.route.deeds[method] : undefined
    if (!deed) refuse('api.method_not_allowed', { method, allowed: found.route.methods })
    if (deed.secure && !secure) refuse('api.https_required')
    knock.deed = deed
    knock.flat = found.route.flat
    knock.params = found.params
  }

  async function identity(knock: AculabKnock): Promise<void> {
    const known = await login.identify(knock.request, knock.deed!.service)
    knock.caller = known.caller
    knock.service = known.service
  }

  function feature(knock: AculabKnock): void {
    const { operations, charged } = knock.deed!
    for (const operation of operations) requireFeature(operation, knock.caller!)
    if (charged) requireTrialRunning(knock.caller!.account, parts.clock.nowMs())
    for (const operation of operations) requirePlan(operation, knock.caller!)
  }

  function permission(knock: AculabKnock): void {
    for (const operation of knock.deed!.operations) permit(operation, knock.caller!)
  }

  async function rate(knock: AculabKnock): Promise<void> {
    knock.rate = await takeUsualRates(parts, knock.caller!)
  }

  function fields(knock: AculabKnock): void {
    if (!knock.deed!.absent) knock.fields = readParameters(knock.deed!.parameters, knock.pairs)
  }

  return {
    name: faceName,
    prefixes: [prefix],
    maxBodyBytes: uploadBytes,
    order,
    steps: { route, framing, identity, feature, rate, permission, fields },
    begin(request) {
      const path = pathIn(request.path)
      return {
        request,
        path,
        json: isVersioned(path) || acceptsJson(request.headers['accept']),
        caller: undefined,
        rate: undefined,
        service: undefined,
        deed: undefined,
        flat: true,
        params: {},
        pairs: [],
        body: undefined,
        fields: {},
      }
    },
    async perform(knock): Promise<HttpAnswer> {
      const { caller, service, fields, params, body, request } = knock
      const idempotencyKey = request.headers['idempotency-key']
      const createOnly = request.headers['if-none-match'] === '*'
      const told = await knock.deed!.answer({
        parts,
        passwords,
        refs,
        instances,
        conferenceChanges,
        caller: caller!,
        service,
        fields,
        path: params,
        body,
        idempotencyKey,
        createOnly,
      })
      if (told instanceof SentFile) return bytesAnswer(told.file, request.headers['range'])
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(told) }
    },
    refused(refused, { path, json, request }) {
      const { method, receivedAtMs } = request
      return refusedAnswer(refused, {
        path,
        method,
        json,
        receivedAtMs,
        nowMs: parts.clock.nowMs(),
        helpLinks: parts.settings.helpLinks(),
      })
    },
    // To whoever asks a web service, the database is the backend behind it (1002).
    storeFault: (refused) =>
      refused.reason === 'platform.database_unreachable'
        ? refusal('platform.backend_unreachable', { backend: 'database' }, { cause: refused.cause })
        : refused,
    finish({ rate }, answer) {
      if (rate) Object.assign(answer.headers, rateHeaders(rate))
    },
  }
}

function pathIn(path: string): string {
  const own = path.startsWith(prefix) ? path.slice(prefix.length) : path
  if (own === '') return '/'
  return own.includes('//') ? own.replaceAll(/\/{2,}/g, '/') : own
}

/** Reference section 4.1: JSON when Accept contains one of these two. */
function acceptsJson(accept: string | undefined): boolean {
  return accept !== undefined && /\b(?:application|text)\/json\b/i.test(accept)
}

/**
 * Section 3: 0020, 0032, 0019, 0021. A request without a body is never asked for its Content-Type: the vendor's own
 * clients send one with a GET.
 */
async function framing(knock: AculabKnock): Promise<void> {
  const { request, flat } = knock
  const { headers, body, method } = request
  if (headers['transfer-encoding'] !== undefined && headers['content-length'] === undefined)
    refuse('request.content_length_missing')
  const { takesBytes } = knock.deed!
  const type = mediaType(headers['content-type'])
  const taken = flat ? formTypes : jsonTypes
  if (body.length > 0) {
    if (takesBytes) knock.body = body
    else if (!type || !taken.includes(type.type)) {
      const contentType = headers['content-type']?.slice(0, 100)
      refuse('request.content_type_invalid', { allowed: taken, ...(contentType !== undefined && { contentType }) })
    }
  } else if (method === 'POST' || takesBytes || (knock.deed!.json === 'must' && !knock.deed!.absent)) refuse('request.body_empty')
  knock.pairs = parseQuery(request.query)
  if (body.length === 0 || takesBytes) return
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') mismatch('a body without Content-Encoding')
  if (type!.charset !== undefined && !/^utf-?8$/.test(type!.charset)) mismatch('UTF-8')
  if (!flat) knock.body = parseBody(body)
  else if (type!.type === 'multipart/form-data') knock.pairs = [...knock.pairs, ...(await parseParts(body, type!.boundary))]
  else knock.pairs = [...knock.pairs, ...parseForm(body)]
}

function mismatch(encoding: string): never {
  refuse('request.encoding_mismatch', { encoding, place: 'body' })
}

/** A body that is not what its Content-Type says is 0021, whatever else is known about it. */
function parseBody(body: Buffer): unknown {
  try {
    return parseJson(body)
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'request.json_invalid') throw error
    const { fault, line, column } = error.params
    mismatch(`JSON (${String(fault)}, line ${String(line)}, column ${String(column)})`)
  }
}

async function parseParts(body: Buffer, boundary: string | undefined): Promise<Pairs> {
  // The parser replaces what is not UTF-8; here it is refused.
  if (!isUtf8(body)) mismatch('UTF-8')
  try {
    const parts = await parseMultipart(body, boundary)
    return parts.map(({ name, body: value }) => [name, value.toString('utf8')])
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'request.unparsable') mismatch('multipart/form-data')
    throw error
  }
}
