// Inbound and outbound services: a name bound to an application, REST or UAS. Reference section 6. A service is an
// application of the core with the configuration kept beside it; an outbound one's password is a key of this face.

import { createApplicationOperation } from '#operations/applications/create-application.ts'
import { deleteApplicationOperation } from '#operations/applications/delete-application.ts'
import { listApplicationsOperation } from '#operations/applications/list-applications.ts'
import { readServiceOperation } from '#operations/applications/read-application.ts'
import { updateApplicationOperation } from '#operations/applications/update-application.ts'
import { endCallOperation } from '#operations/calls/change-calls.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { deleteKeyOperation } from '#operations/keys/delete-key.ts'
import { rotateKeyOperation } from '#operations/keys/rotate-key.ts'
import { permit } from '#operations/run.ts'
import { Refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { faceName } from './auth.ts'
import { memoryOf } from './call-info.ts'
import { serviceNameForm } from './ids.ts'
import { wholeList } from './paging.ts'
import { deed, type Asked, type Deed, type VersionedTable } from './routes.ts'
import { faultsOfConfiguration, merged, schemaOf, withDefaults, type Configuration, type Direction } from './service-schema.ts'

interface Service {
  readonly id: number
  readonly configuration: Configuration
}

type Means = Pick<Asked, 'parts' | 'caller' | 'passwords'>

function nameIn({ path }: Asked): string {
  const name = path['name'] ?? ''
  if (serviceNameForm.test(name)) return name
  return refuse('request.parameter_invalid', {
    parameter: 'service_name',
    value: name.slice(0, 100),
    expected: 'letters, digits and -_.+',
  })
}

/** Gives service.not_found. */
export async function readService({ parts, caller }: Means, direction: Direction, name: string): Promise<Service> {
  const { id, detail } = await parts.run(readServiceOperation, caller, { kind: direction, name })
  return { id, configuration: (detail.configuration ?? {}) as Configuration }
}

/** Creates; what is there is replaced, unless only to create was asked (0031). */
export async function writeService(
  means: Means,
  direction: Direction,
  name: string,
  configuration: Configuration,
  { idempotencyKey, createOnly = false }: Partial<Pick<Asked, 'idempotencyKey' | 'createOnly'>> = {},
): Promise<void> {
  const { parts, caller } = means
  try {
    await parts.run(createApplicationOperation, caller, { name, kind: direction, detail: { configuration } }, { idempotencyKey })
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'resource.value_not_unique') throw error
    if (createOnly) refuse('resource.value_not_unique', { parameter: 'service_name', value: name })
    const { id } = await readService(means, direction, name)
    await parts.run(updateApplicationOperation, caller, { id, detail: { configuration } })
  }
}

/** What a service credential may do: see its own service, start it, and ask for what came of that. */
const servicePermissions = ['applications.read', 'numbers.read', 'calls.read', 'calls.write']

async function keepPassword({ parts, caller, passwords }: Means, name: string, password: string): Promise<void> {
  const publicId = passwords.publicIdOf(caller.account.id, name)
  const secret = passwords.secretOf(password)
  const keyId = (await parts.identity.byPublicId(faceName, publicId))?.credentialId
  if (keyId) await parts.run(rotateKeyOperation, caller, { id: keyId, secret, overlapMs: 0 })
  else {
    const key = { face: faceName, userId: null, name: `service ${name}`, permissions: servicePermissions, publicId, secret }
    await parts.run(createKeyOperation, caller, key)
  }
}

async function dropPassword({ parts, caller, passwords }: Means, name: string): Promise<void> {
  const keyId = (await parts.identity.byPublicId(faceName, passwords.publicIdOf(caller.account.id, name)))?.credentialId
  if (keyId) await parts.run(deleteKeyOperation, caller, { id: keyId })
}

/** The password is taken out of what is kept and shown. */
function withoutPassword(configuration: Configuration): { password: string | undefined; rest: Configuration } {
  const { service_password: password, ...rest } = configuration
  return { password: password as string | undefined, rest }
}

async function save(asked: Asked, direction: Direction, name: string, configuration: Configuration): Promise<Configuration> {
  const { password, rest } = withoutPassword(configuration)
  if (password !== undefined) permit(createKeyOperation, asked.caller)
  const filled = withDefaults(direction, rest)
  await writeService(asked, direction, name, filled, asked)
  if (password !== undefined) await keepPassword(asked, name, password)
  return filled
}

const listOf = (direction: Direction): Deed =>
  deed({
    operations: [listApplicationsOperation],
    async answer({ parts, caller }) {
      const rows = await wholeList((page) => parts.run(listApplicationsOperation, caller, { ...page, kind: direction }))
      return rows.map(({ name, detail }) => ({ service_name: name, type: typeOf((detail.configuration ?? {}) as Configuration) }))
    },
  })

/** A service with an application name runs it on a UAS, any other one asks web pages. */
function typeOf(configuration: Configuration): 'uas' | 'rest' {
  const { uas } = configuration as { uas?: { application_name?: unknown } }
  return typeof uas?.application_name === 'string' ? 'uas' : 'rest'
}

const readOne = (direction: Direction): Deed =>
  deed({
    operations: [readServiceOperation],
    async answer(asked) {
      const name = nameIn(asked)
      const { configuration } = await readService(asked, direction, name)
      return withDefaults(direction, configuration)
    },
  })

const putOne = (direction: Direction): Deed =>
  deed({
    operations: [createApplicationOperation],
    json: 'may',
    async answer(asked) {
      const name = nameIn(asked)
      // An inbound service may come without any configuration; an outbound one is told what it lacks.
      const configuration = asked.body ?? {}
      const faults = faultsOfConfiguration(direction, configuration)
      if (faults.length > 0) refuseAll(faults)
      return save(asked, direction, name, configuration as Configuration)
    },
  })

const patchOne = (direction: Direction): Deed =>
  deed({
    operations: [updateApplicationOperation],
    json: 'must',
    async answer(asked) {
      const name = nameIn(asked)
      const { configuration } = await readService(asked, direction, name)
      const isObject = typeof asked.body === 'object' && asked.body !== null && !Array.isArray(asked.body)
      const whole = isObject ? merged(configuration, asked.body as Configuration) : asked.body
      const faults = faultsOfConfiguration(direction, whole, { passwordKept: true })
      if (faults.length > 0) refuseAll(faults)
      return save(asked, direction, name, whole as Configuration)
    },
  })

const deleteOne = (direction: Direction): Deed =>
  deed({
    operations: [deleteApplicationOperation],
    async answer(asked) {
      const name = nameIn(asked)
      const { id } = await readService(asked, direction, name)
      // The key first: a service without its password can be deleted again, a password without its service could not.
      if (direction === 'outbound') await dropPassword(asked, name)
      await asked.parts.run(deleteApplicationOperation, asked.caller, { id, whileInUse: true })
      return {}
    },
  })

const schema = (direction: Direction): Deed => {
  const served = schemaOf(direction)
  return deed({ answer: async () => served })
}

/** A service's own credentials open its own queue only. */
async function ownQueue(asked: Asked): Promise<string> {
  const name = nameIn(asked)
  if (asked.service !== undefined && asked.service !== name) refuse('auth.credentials_invalid', {})
  await readService(asked, 'outbound', name)
  return name
}

/** Starts whose call nobody has answered yet: of one service, or of all. */
async function queuedStarts({ parts, caller }: Means, service?: string) {
  const queued = { direction: 'out', states: ['queued', 'ringing'] } as const
  const calls = await wholeList((page) =>
    parts.run(listCallsOperation, caller, { ...page, ...queued, states: [...queued.states] }),
  )
  return calls.filter(({ origin, face, faceData }) => {
    const of = memoryOf(faceData).service
    return origin === 'api' && face === faceName && (service === undefined ? of !== '' : of === service)
  })
}

/** False when it was answered or over by then. */
async function endQueued({ parts, caller }: Means, id: number): Promise<boolean> {
  try {
    await parts.run(endCallOperation, caller, { id })
    return true
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.not_found') return false
    throw error
  }
}

export const serviceRoutes: VersionedTable = {
  '/service/v1/inbound': { GET: listOf('inbound') },
  '/service/v1/outbound': { GET: listOf('outbound') },
  '/service/v1/schema/inbound': { GET: schema('inbound') },
  '/service/v1/schema/outbound': { GET: schema('outbound') },
  '/service/v1/inbound/:name': {
    GET: readOne('inbound'),
    PUT: putOne('inbound'),
    PATCH: patchOne('inbound'),
    DELETE: deleteOne('inbound'),
  },
  '/service/v1/outbound/:name': {
    GET: readOne('outbound'),
    PUT: putOne('outbound'),
    PATCH: patchOne('outbound'),
    DELETE: deleteOne('outbound'),
  },
  '/service/v1/outbound_queues': {
    GET: deed({
      operations: [listCallsOperation],
      async answer(asked) {
        const queues = Map.groupBy(await queuedStarts(asked), ({ faceData }) => memoryOf(faceData).service)
        return [...queues].map(([name, { length }]) => ({ service_name: name, length }))
      },
    }),
  },
  '/service/v1/outbound/:name/queue': {
    GET: deed({
      operations: [readServiceOperation, listCallsOperation],
      service: 'may',
      async answer(asked) {
        const name = await ownQueue(asked)
        return { service_name: name, length: (await queuedStarts(asked, name)).length }
      },
    }),
    DELETE: deed({
      operations: [readServiceOperation, endCallOperation],
      service: 'may',
      async answer(asked) {
        const name = await ownQueue(asked)
        const ended = (await queuedStarts(asked, name)).map(({ id }) => endQueued(asked, id))
        return { service_name: name, purged: (await Promise.all(ended)).filter(Boolean).length }
      },
    }),
  },
}
