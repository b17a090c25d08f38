// What is known of one request at this face, and what a route is: read, ask operations, write.

import type { Permission } from '#accounts/permissions.ts'
import type { Caller } from '#accounts/caller.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Knock } from '#operations/knock.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Ids } from './ids.ts'

/** Which envelope a refusal takes: reference section 4. */
export type Shape = 'connect' | 'voice_config' | 'voice_numbers' | 'voice_calls'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface Route {
  readonly method: Method
  /** After the face's prefix; parameters in braces. */
  readonly path: string
  /** null: nobody needs to say who they are. */
  readonly permission: Permission | null
  readonly shape?: Shape
  /** A file comes with it: multipart instead of JSON. */
  readonly upload?: boolean
  answer(visit: Visit): Promise<HttpAnswer>
}

export interface EightKnock extends Knock {
  route: Route | undefined
  params: Readonly<Record<string, string>>
  query: ReadonlyMap<string, string>
  body: unknown
}

/** What a route works with. The caller is already the one that acts on the account or sub-account of the path. */
export interface Visit {
  readonly parts: FaceParts
  readonly ids: Ids
  readonly caller: Caller
  readonly knock: EightKnock
  readonly params: Readonly<Record<string, string>>
  readonly query: ReadonlyMap<string, string>
  readonly body: unknown
  readonly idempotencyKey: string | undefined
}
