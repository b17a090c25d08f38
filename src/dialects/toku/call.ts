// One request at this face, as its steps come to know it, and what a route is made of: read, perform, write.

import type { TSchema } from 'typebox'
import type { Static } from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { faultsOf } from '#operations/field-faults.ts'
import type { Knock } from '#operations/knock.ts'
import type { Operation } from '#operations/operation.ts'
import type { SentFile } from '#protocols/http/bytes-answer.ts'
import { refuseAll, type Refusal } from '#reasons/refusal.ts'
import type { TokuIds } from './ids.ts'

/** Where a request has come to: it decides what a fault of ours is called. */
export type Phase = 'checks' | 'resource' | 'answer'

export type Fields = Readonly<Record<string, unknown>>

export interface TokuKnock extends Knock {
  /** At the token endpoint there is no token yet, and no `result`. */
  readonly atToken: boolean
  route: Route | undefined
  params: Readonly<Record<string, string>>
  query: Fields
  body: Fields
  /** The client's own id of the request, echoed. */
  referenceId: string | undefined
  input: unknown
  phase: Phase
}

export type Body = Record<string, unknown>

/** What a route may use, once the caller is known. */
export interface Call {
  readonly parts: FaceParts
  readonly ids: TokuIds
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly query: Fields
  readonly body: Fields
  readonly nowMs: number
  /** The client's name for what it asks to be made. */
  readonly idempotencyKey: string | undefined
  /** Checks fields before anything else is looked at: what is missing first, then what is wrong (reference section 15). */
  check(schema: TSchema, input: unknown, wording?: Wording): void
  /** Runs an operation as the caller. */
  ask<I extends TSchema, O extends TSchema>(operation: Operation<I, O>, input: unknown, options?: AskOptions): Promise<Static<O>>
}

export interface AskOptions extends Wording {
  /** Instead of the client's own, where one request makes several things. */
  readonly idempotencyKey?: string
}

export interface Wording {
  /** What this vendor calls our fields. */
  readonly names?: Readonly<Record<string, string>>
  readonly location?: 'payload' | 'parameter'
}

export interface Route<I = any, R = any> {
  readonly method: Method
  /** Below the face's prefix; find-my-way's form. */
  readonly path: string
  /** What the caller must be allowed to do. */
  readonly needs: readonly Pick<Operation, 'permission'>[]
  /** The vendor's fields, checked. */
  read(call: Call): I
  perform(call: Call, input: I): Promise<R>
  write(call: Call, result: R): Body
  /** The answer is a file instead, or a range of it. */
  file?(call: Call, result: R): SentFile
  /** Path below the prefix of what was made; told in Location. */
  made?(call: Call, result: R): string
  /** The methods it takes at present; told in Allow. */
  allows?(call: Call, result: R): readonly string[]
}

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'] as const
export type Method = (typeof methods)[number]

export function route<I, R>(one: Route<I, R>): Route<I, R> {
  return one
}

/** Gives every fault of the input, what is missing before what is wrong. */
export function checkFields(schema: TSchema, input: unknown, wording: Wording = {}): void {
  const faults = faultsOf(schema, input, wording)
  if (faults.length > 0) refuseAll(faults.toSorted((a, b) => rank(a) - rank(b)))
}

const rank = ({ reason }: Refusal): number => (reason === 'request.parameter_missing' ? 0 : 1)

/** Without the members that are undefined: an absent field is absent. */
export function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
