// An operation: what one may ask for, written once. Routes, OpenAPI, the console's client and every dialect read it.

import type { Static, TSchema } from 'typebox'
import type { Router } from '#numbers/router.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Permission } from '#accounts/permissions.ts'
import type { Account } from '#accounts/account.ts'
import type { AskPolicy } from '#accounts/policy-hook.ts'
import type { Caller } from '#accounts/caller.ts'
import type { CredentialForms } from '#accounts/credential-form.ts'
import type { NextId } from '#values/ids.ts'
import type { Clock } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import type { Carriers } from '#messaging/carriers.ts'
import type { Conferences } from '#voice/conferences.ts'
import type { Recordings } from '#voice/recordings.ts'
import type { Trunks } from '#voice/trunks.ts'
import type { Handsets } from '#messaging/handsets.ts'
import type { Calls } from '#voice/calls.ts'
import type { CallChanges } from '#voice/change-call.ts'
import type { HandsetCalls } from '#voice/handset-calls.ts'
import type { Messaging } from '#messaging/messaging.ts'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import type { Reader, Write } from '#store/store.ts'
import type { Webhooks } from '#webhooks/webhooks.ts'

/** What is up on this node, as far as operations ask for it. */
export interface VoiceSeen {
  /** Absent where nothing is called: in commands beside the running platform. */
  readonly calls?: Pick<Calls, 'admit' | 'nodeFor' | 'ring' | 'find' | 'tracesOf' | 'ofAccount' | 'isElsewhere'> | undefined
  readonly changes?: CallChanges | undefined
  readonly conferences: Pick<Conferences, 'find'>
  readonly recordings: Pick<Recordings, 'urls' | 'content' | 'removeFile'>
}

/** Trunks as far as operations ask for them. */
export type TrunksSeen = Pick<Trunks, 'kinds' | 'stateOf' | 'get'>

/** What an operation's `run` may use. */
export interface Means {
  readonly caller: Caller
  readonly read: Reader
  /** Long reads, with a time limit. */
  readonly slow: Reader
  readonly notes: Reader
  /** Resolves when what was noted so far can be read. */
  readonly noted: () => Promise<void>
  /**
   * The operation's write. With an idempotency key it carries the key's claim, so that outcome and change are
   * one commit. `reveal` is joined to the result and kept sealed: a secret that only the first answer shows.
   */
  write<A, R>(write: Write<A, R>, input: A): Promise<R>
  write<A, R, V extends object>(write: Write<A, R>, input: A, reveal: V): Promise<R & V>
  /** Whether the write's result is that of an earlier request under the same key: nothing happened now. */
  replayed(): boolean
  readonly messaging: Messaging
  readonly carriers: Carriers
  readonly trunks: TrunksSeen
  /** The operator's routes, as they are known here. */
  readonly router: Pick<Router, 'routesFor'>
  readonly voice: VoiceSeen
  readonly handsets: Handsets
  readonly handsetCalls: HandsetCalls
  /** Requests to elsewhere, under guard. */
  readonly fetch: FetchGuarded
  readonly webhooks: Webhooks
  readonly credentialForms: CredentialForms
  readonly nextId: NextId
  readonly clock: Clock
  readonly key: Key
  /** Whether the operator has named a mail server. */
  readonly canSendEmail: () => boolean
  /** The operator's own say. Gives policy.session_blocked, policy.hook_failed. */
  readonly askPolicy: AskPolicy
}

export interface Operation<I extends TSchema = TSchema, O extends TSchema = TSchema> {
  /** `noun.deed`, also the operationId of OpenAPI. */
  readonly name: string
  readonly summary: string
  /** null: any authenticated caller may ask. */
  readonly permission: Permission | null
  /** A feature the account must have switched on. */
  readonly feature?: string
  /** Kinds of account that must upgrade before they may ask. */
  readonly closedTo?: readonly Account['kind'][]
  readonly input: I
  readonly output: O
  /** The reasons it may give besides those every operation may. */
  readonly reasons: readonly Slug[]
  /** True for what makes something new: an Idempotency-Key is honoured. */
  readonly creates?: boolean
  /** The native route: path parameters in braces are input fields, others come from query or body. */
  readonly route: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
    readonly path: string
    readonly status?: number
    /** The output is a file (`bytes`, `type`, `name`) and goes out as it is, not as JSON; Range is honoured. */
    readonly answers?: 'bytes'
    /** A body that is not JSON is a file: `content` as base64, `type` from its Content-Type, all else from the query. */
    readonly takes?: 'bytes'
  }
  run(means: Means, input: Static<I>): Promise<Static<O>>
  /**
   * For what is done where a call's legs are: the node that it must be run on; undefined for this one. It is run there as whoever asked
   * here, under their idempotency key, and its output or refusal is theirs.
   */
  runsOn?(means: Means, input: Static<I>): Promise<string | undefined>
  /**
   * For what is done to many things, of which other nodes may have some: those nodes. It is run there besides, each doing what is its own,
   * and `joined` makes one output of them all.
   */
  alsoOn?(means: Means, input: Static<I>): Promise<readonly string[]>
  joined?(outputs: readonly Static<O>[]): Static<O>
  /**
   * For what creates: the output from the result of its write. `run` ends with it, and the replay of an idempotency
   * key calls it with the kept result, without asking again what may have changed since.
   */
  shown?(means: Means, result: never): Static<O> | Promise<Static<O>>
}

/** What an operation with `runsOn` or `alsoOn` may give besides its own. */
export const otherNodeReasons = [
  'platform.node_lost',
  'platform.node_timed_out',
  'platform.node_outcome_unknown',
] as const satisfies readonly Slug[]

export function operation<I extends TSchema, O extends TSchema>(one: Operation<I, O>): Operation<I, O> {
  return one
}
