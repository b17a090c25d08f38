// What this face knows of one request, and what its resources work with.

import type { Caller } from '#accounts/caller.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Knock } from '#operations/knock.ts'
import type { Operation } from '#operations/operation.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Fields } from './fields.ts'
import type { Sids } from './ids.ts'

export interface Means {
  readonly parts: FaceParts
  readonly sids: Sids
}

/** One request, its checks passed: what a resource reads and writes with. */
export interface Ask {
  readonly means: Means
  /** The caller, acting on the account that the path names. */
  readonly caller: Caller
  /** The caller, acting on its own account. */
  readonly self: Caller
  /** The sid of the account that the path names. */
  readonly accountSid: string
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly fields: Fields
  readonly json: boolean
  readonly idempotencyKey: string | undefined
}

export interface Route {
  readonly operation: Pick<Operation, 'permission' | 'feature'>
  /** How the vendor calls what is asked for: the parts of its permission (reference 2.2). */
  readonly deed: 'Create' | 'Read' | 'Modify' | 'Delete'
  readonly resource: string
  /** Newer resources take JSON bodies too. */
  readonly takesJson?: boolean
  /** Names whose value may be an array of texts in JSON. */
  readonly lists?: readonly string[]
  /** Answers in JSON, whatever was asked for (reference 20). */
  readonly jsonOnly?: boolean
  /** An account that is still uninitialized may ask for it (reference 2.1). */
  readonly beforeActive?: boolean
  /** A missing parameter is 412 here (reference 5). */
  readonly precondition?: boolean
  /** What number cannot be had or changed is told by its bare code (reference 9.1). */
  readonly provisionsNumber?: boolean
  /** Of a call that is up: an unknown one is 406 here, one that has ended 410 (reference 13.3 and 15). */
  readonly changesCall?: boolean
  perform(ask: Ask): Promise<HttpAnswer>
}

export interface RestcommKnock extends Knock {
  readonly json: boolean
  /** Without the face's prefix and without suffixes. */
  readonly path: string
  route: Route | undefined
  params: Readonly<Record<string, string>>
  fields: Fields | undefined
  /** What a browser asks before it asks: answered without a login. */
  preflight: readonly string[] | undefined
  /** The sound of a recording: heard without a login (reference 17). */
  sound: boolean
}
