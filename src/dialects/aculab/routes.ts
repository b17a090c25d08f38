// What a route is, and the table that finds one: flat operations of one path segment, and versioned ones with real HTTP
// verbs. An unknown path and a wrong method are told apart.

import FindMyWay from 'find-my-way'
import type { Caller } from '#accounts/caller.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { ByteSource } from '#protocols/http/bytes-answer.ts'
import type { Operation } from '#operations/operation.ts'
import type { ServicePart, ServicePasswords } from './auth.ts'
import type { ConferenceChanges } from './conference-changes.ts'
import type { InstanceIds } from './instance-ids.ts'
import type { MessageRefs } from './message-refs.ts'
import type { ParameterTable, Values } from './parameters.ts'

/** What a deed works with, once the request passed its checks. */
export interface Asked<F = Readonly<Record<string, unknown>>> {
  readonly parts: FaceParts
  readonly passwords: ServicePasswords
  readonly refs: MessageRefs
  readonly instances: InstanceIds
  readonly conferenceChanges: ConferenceChanges
  readonly caller: Caller
  /** The outbound service that the caller proved to be. */
  readonly service: string | undefined
  readonly fields: F
  /** From the path. */
  readonly path: Readonly<Record<string, string | undefined>>
  /** The JSON body of a versioned operation, or the bytes of a file; undefined when there is none. */
  readonly body: unknown
  readonly idempotencyKey: string | undefined
  /** `If-None-Match: *` (RFC 9110 13.1.2): nothing that is there is to be replaced. */
  readonly createOnly: boolean
}

export interface Deed {
  readonly parameters: ParameterTable
  /** The core's operations it asks: their permissions, features and plans are checked before the fields. */
  readonly operations: readonly Pick<Operation<any, any>, 'name' | 'permission' | 'feature' | 'closedTo'>[]
  readonly service: ServicePart
  /** Costs money: not for an account whose trial is over (0900). */
  readonly charged?: boolean
  /** Carries personal data: 0013 over plain HTTP. */
  readonly secure: boolean
  /** Only for versioned operations: whether a JSON body is not taken, may or must come. */
  readonly json: 'none' | 'may' | 'must'
  /** The body is a file, whatever its type; parameters come in the query. */
  readonly takesBytes?: boolean
  /** Not part of this version: its parameters are not read. */
  readonly absent?: boolean
  /** Gives what is written as JSON, or a file. */
  answer(asked: Asked<any>): Promise<unknown>
}

/** An answer that is no JSON. */
export class SentFile {
  readonly file: { readonly bytes: Buffer | ByteSource; readonly type: string; readonly name: string }

  constructor(file: SentFile['file']) {
    this.file = file
  }
}

type Details<T extends ParameterTable> = Partial<Omit<Deed, 'parameters' | 'answer'>> & {
  readonly parameters?: T
  answer(asked: Asked<Values<T>>): Promise<unknown>
}

export const deed = <T extends ParameterTable = Record<never, never>>(details: Details<T>): Deed => ({
  parameters: {},
  operations: [],
  service: 'none',
  secure: false,
  json: 'none',
  ...details,
})

export interface Route {
  readonly flat: boolean
  readonly deeds: Readonly<Partial<Record<string, Deed>>>
  readonly methods: readonly string[]
}

export type DeedTable = Readonly<Record<string, Deed>>
/** Path (with `:name` parts) to method to deed. */
export type VersionedTable = Readonly<Record<string, Readonly<Record<string, Deed>>>>

const flatMethods = ['GET', 'POST']

export class Routes {
  readonly #flat = new Map<string, Route>()
  readonly #versioned = FindMyWay({ maxParamLength: 300 })

  constructor(flat: DeedTable, versioned: VersionedTable) {
    for (const [name, one] of Object.entries(flat)) {
      this.#flat.set(`/${name}`, { flat: true, deeds: { GET: one, POST: one }, methods: flatMethods })
    }
    for (const [path, deeds] of Object.entries(versioned)) {
      const route: Route = { flat: false, deeds, methods: Object.keys(deeds) }
      // Registered under one method: the route itself knows which it takes.
      this.#versioned.on('GET', path, () => undefined, route)
    }
  }

  find(path: string): { route: Route; params: Readonly<Record<string, string | undefined>> } | undefined {
    const flat = this.#flat.get(path)
    if (flat) return { route: flat, params: {} }
    const found = this.#versioned.find('GET', path)
    return found ? { route: found.store as Route, params: found.params } : undefined
  }
}

/** Versioned paths answer in JSON whatever the client accepts. */
export const isVersioned = (path: string): boolean => /^\/[a-z_]+\/v[0-9]+(?:\/|$)/.test(path)
