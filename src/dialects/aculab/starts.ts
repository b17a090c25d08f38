// Starts of outbound services, what became of them, and interrupts: reference section 7. A start places its call at once; until that is
// answered it counts as queued and may be cancelled. A reference id and an instance id are both the call's.

import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import { readServiceOperation } from '#operations/applications/read-application.ts'
import { endCallOperation } from '#operations/calls/change-calls.ts'
import { interruptCallOperation } from '#operations/calls/interrupt-call.ts'
import { placeCallOperation } from '#operations/calls/place-call.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import { requirePlan } from '#operations/run.ts'
import { Refusal, refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { isObject } from './action-fields.ts'
import { appStateOf, startStateOf, type CallSeen } from './application-state.ts'
import { callerOf, destinationOf } from './connect-actions.ts'
import { readInstanceId } from './instance-ids.ts'
import { readReferenceId } from './ids.ts'
import { count, list, must, type Parameter } from './parameters.ts'
import { deed, type Asked, type DeedTable } from './routes.ts'
import { isWorkers, serviceScript } from './service-script.ts'

type Means = Pick<Asked, 'parts' | 'caller' | 'instances'>

/** The call of an id that was given out; undefined where there is none, or it is no application's own. */
async function callOf({ parts, caller }: Means, id: number | undefined): Promise<CallSeen | undefined> {
  if (id === undefined) return undefined
  try {
    const call = await parts.run(readCallOperation, caller, { id })
    return call.origin === 'dial' ? undefined : call
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') return undefined
    throw error
  }
}

const jsonText: Parameter<string> = { required: false, read: (value) => value }
const manyStarts = { name: 'service_start', closedTo: ['developer', 'trial'] } as const
const startsAtMost = 100

interface Start {
  readonly to: string
  readonly from: string | undefined
  readonly token: string | null
  readonly timeoutSeconds: number | undefined
}

const starts = deed({
  parameters: {
    // Whether one is needed is the service's matter; one that is there and empty is 0023.
    rest_calls: must.where((sent) => sent.has('rest_calls'), jsonText),
    outbound_parameters: must.where((sent) => sent.has('outbound_parameters'), jsonText),
    count: count(startsAtMost),
    delimiter: jsonText,
  },
  operations: [placeCallOperation],
  service: 'must',
  charged: true,
  async answer(asked) {
    const { parts, caller, fields, instances } = asked
    const service = asked.service!
    const { id, detail } = await parts.run(readServiceOperation, caller, { kind: 'outbound', name: service })
    if (isWorkers(detail.configuration)) refuse('platform.not_implemented', { operation: 'starts of applications on workers' })
    const script = serviceScript(detail.configuration, service)
    if (!script?.page) return refuse('application.settings_invalid', { application: service })
    const wanted = readStarts(fields)
    if (wanted.length > 1) requirePlan(manyStarts, caller)
    const ids: string[] = []
    for (const start of wanted) {
      try {
        ids.push(instances.startOf(await place(asked, start, { applicationId: id, script })))
      } catch (error) {
        // Those that are started are told of; what comes after them is not begun.
        if (ids.length === 0 || !(error instanceof Refusal)) throw error
        break
      }
    }
    return ids
  },
})

async function place(
  asked: Means,
  { to, from, token, timeoutSeconds }: Start,
  { applicationId, script }: { applicationId: number; script: NonNullable<ReturnType<typeof serviceScript>> },
): Promise<number> {
  const { parts, caller } = asked
  const { page, fallback, finalPage } = script
  const memory = { ...script.memory, token }
  try {
    const { id } = await parts.run(placeCallOperation, caller, {
      to,
      from: from ?? (await anyNumber(asked)),
      url: page!.url,
      method: page!.method,
      ...(fallback && { fallbackUrl: fallback.url, fallbackMethod: fallback.method }),
      ...(finalPage && { statusUrl: finalPage.url, statusMethod: finalPage.method, statusEvents: ['completed' as const] }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      applicationId,
      faceData: memory,
      memory,
    })
    return id
  } catch (error) {
    // The rate is one of starts here: each is a request to its service (1007).
    if (error instanceof Refusal && error.reason === 'rate.limit_exceeded' && error.params['scope'] === 'calls')
      throw new Refusal('rate.limit_exceeded', { ...error.params, scope: 'service' })
    throw error
  }
}

/** Only calls to telephones need a caller; others show the number that the account has had for longest. */
async function anyNumber({ parts, caller }: Means): Promise<string> {
  const { items } = await parts.run(listNumbersOperation, caller, { limit: 1, oldestFirst: true })
  return items[0]?.number ?? refuse('request.parameter_missing', { parameter: 'from', location: 'parameter' })
}

/** Gives 0001, 0030, then what the JSON gives. */
function readStarts(fields: { rest_calls?: string | undefined; outbound_parameters?: string | undefined }): Start[] {
  const { rest_calls: own, outbound_parameters: legacy } = fields
  if (own !== undefined && legacy !== undefined)
    refuse('request.parameters_exclusive', { parameters: ['rest_calls', 'outbound_parameters'] })
  const parameter = own === undefined && legacy !== undefined ? 'outbound_parameters' : 'rest_calls'
  const text = own ?? legacy
  if (text === undefined) return refuse('request.parameter_missing', { parameter, location: 'parameter' })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    refuse('request.parameter_invalid', { parameter, value: text.slice(0, 100), expected: 'JSON' })
  }
  const all = Array.isArray(value) ? (value as unknown[]) : [value]
  if (all.length === 0 || all.length > startsAtMost)
    refuse('request.parameter_invalid', { parameter, expected: `from 1 to ${startsAtMost} objects` })
  const read = all.map((one) => readStart(one, parameter))
  const faults = read.filter((one) => one instanceof Refusal)
  if (faults.length > 0) refuseAll(faults)
  return read as Start[]
}

const known = new Set(['to', 'from', 'token', 'seconds_answer_timeout'])

function readStart(value: unknown, parameter: string): Start | Refusal {
  const wrong = (name: string, expected: string): Refusal =>
    refusal('request.parameter_invalid', { parameter: `${parameter}.${name}`, expected })
  if (!isObject(value)) return refusal('request.parameter_invalid', { parameter, expected: 'an object, or an array of objects' })
  const unknown = Object.keys(value).find((name) => !known.has(name))
  if (unknown !== undefined) return refusal('request.parameter_unknown', { parameter: `${parameter}.${unknown.slice(0, 60)}` })
  const { to, from, token = null, seconds_answer_timeout: timeout } = value
  if (to === undefined) return refusal('request.parameter_missing', { parameter: `${parameter}.to`, location: 'parameter' })
  if (to === '') return refusal('request.parameter_empty', { parameter: `${parameter}.to` })
  if (typeof to !== 'string' || to.length > 500) return wrong('to', 'a destination')
  if (from !== undefined && (typeof from !== 'string' || from === '' || from.length > 60)) return wrong('from', 'a caller id')
  if (token !== null && (typeof token !== 'string' || token.length > 5000)) return wrong('token', 'at most 5000 characters')
  if (timeout !== undefined && !(Number.isInteger(timeout) && (timeout as number) >= 5 && (timeout as number) <= 600))
    return wrong('seconds_answer_timeout', 'a whole number from 5 to 600')
  const found = destinationOf(to)
  if (found.kind === 'malformed') return wrong('to', 'a number, a SIP address or a known prefix')
  if (found.kind === 'not_offered') return refusal('platform.not_implemented', { operation: found.what })
  if (found.kind === 'conference' || found.to.kind === 'service')
    return refusal('platform.not_implemented', { operation: 'starts that call a conference or a service' })
  const party = found.to
  if (party.kind === 'number' && from === undefined)
    return refusal('request.parameter_missing', { parameter: `${parameter}.from`, location: 'parameter' })
  return {
    to: party.kind === 'number' ? party.number : party.kind === 'client' ? `client:${party.login}` : party.uri,
    from: from === undefined ? undefined : callerOf(from as string),
    token: token as string | null,
    timeoutSeconds: timeout as number | undefined,
  }
}

const references = must(list(readReferenceId))

const cancel = deed({
  parameters: { service_reference_ids: references },
  operations: [endCallOperation],
  service: 'must',
  async answer(asked) {
    const told: Record<string, unknown> = {}
    for (const id of asked.fields.service_reference_ids) told[id] = { result: await cancelOne(asked, id) }
    return told
  },
})

/** Only what is queued can be cancelled. */
async function cancelOne(asked: Means, reference: string): Promise<'cancelled' | 'not_cancelled' | 'unknown'> {
  const call = await callOf(asked, asked.instances.readStart(reference))
  if (!call) return 'unknown'
  if (call.final || call.answeredAt !== null) return 'not_cancelled'
  try {
    await asked.parts.run(endCallOperation, asked.caller, { id: call.id })
    return 'cancelled'
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.not_found') return 'not_cancelled'
    throw error
  }
}

const status = deed({
  parameters: { service_reference_ids: references },
  operations: [readCallOperation],
  service: 'may',
  async answer(asked) {
    const told: Record<string, unknown> = {}
    for (const id of asked.fields.service_reference_ids) {
      const call = await callOf(asked, asked.instances.readStart(id))
      told[id] = call
        ? { ...startStateOf(call), application_instance_id: asked.instances.instanceOf(call.id) }
        : { status: 'unknown' }
    }
    return told
  },
})

const instanceList = must(list(readInstanceId))

/** With one id alone, an application that is not known is an error (0104); among several it is a result. */
const applicationStatus = deed({
  parameters: { application_instance_ids: instanceList },
  operations: [readCallOperation],
  service: 'may',
  async answer(asked) {
    const ids = asked.fields.application_instance_ids
    const told: Record<string, unknown> = {}
    for (const id of ids) {
      const call = await callOf(asked, asked.instances.readInstance(id))
      if (!call && ids.length === 1) refuse('application.instance_not_found', { instance: id })
      told[id] = call ? appStateOf(call) : { status: 'unknown' }
    }
    return told
  },
})

const pageAddress: Parameter<string> = {
  required: false,
  read: (value, name) =>
    /^https?:\/\//i.test(value) && URL.canParse(value) && value.length <= 2048
      ? value
      : refusal('request.parameter_invalid', {
          parameter: name,
          value: value.slice(0, 100),
          expected: 'an absolute http or https address',
        }),
}
const pageMethod: Parameter<'GET' | 'POST'> = {
  required: false,
  read: (value, name) =>
    value === 'GET' || value === 'POST'
      ? value
      : refusal('request.parameter_invalid', { parameter: name, value: value.slice(0, 40), expected: 'GET or POST' }),
}

const restInterrupt = deed({
  parameters: { application_instance_ids: instanceList, redirect_page: pageAddress, redirect_method: pageMethod },
  operations: [interruptCallOperation],
  async answer(asked) {
    const ids = asked.fields.application_instance_ids
    const told: Record<string, unknown> = {}
    for (const id of ids) {
      try {
        told[id] = await interruptOne(asked, id)
      } catch (error) {
        if (ids.length === 1 || !(error instanceof Refusal)) throw error
        const result = results.get(error.reason)
        if (result === undefined) throw error
        told[id] = { result }
      }
    }
    return told
  },
})

const results = new Map([
  ['application.instance_not_found', 'no such application'],
  ['application.already_completed', 'application already completed'],
])

/** Gives application.instance_not_found (0104), application.already_completed (0105). */
async function interruptOne(
  asked: Means & { fields: { redirect_page?: string | undefined; redirect_method?: 'GET' | 'POST' | undefined } },
  instance: string,
): Promise<object> {
  const call = await callOf(asked, asked.instances.readInstance(instance))
  if (!call) return refuse('application.instance_not_found', { instance })
  const { redirect_page: url, redirect_method: method } = asked.fields
  try {
    const { doing } = await asked.parts.run(interruptCallOperation, asked.caller, {
      id: call.id,
      ...(url !== undefined && { url }),
      ...(method && { method }),
    })
    const action = doing?.split(' ')[0]
    return { result: 'interrupted', ...(action !== undefined && { action }) }
  } catch (error) {
    if (error instanceof Refusal && (error.reason === 'call.not_found' || error.reason === 'call.state_invalid'))
      throw refusal('application.already_completed', { instance })
    throw error
  }
}

export const startOperations: DeedTable = {
  service_start: starts,
  service_cancel: cancel,
  service_status: status,
  application_status: applicationStatus,
  rest_interrupt: restInterrupt,
}
