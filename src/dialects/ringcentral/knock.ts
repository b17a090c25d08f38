// One request at this face, as its steps come to know it, and what every route may use.

import type { Caller, CallerApp } from '#accounts/caller.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Knock } from '#operations/knock.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Pairs } from '#protocols/http/query.ts'
import type { RingCentralIds } from './ids.ts'
import type { ApplicationPermission, UserPermission } from './permissions.ts'
import type { GroupState, RateGroup } from './rate-groups.ts'

export interface Room {
  readonly parts: FaceParts
  readonly ids: RingCentralIds
}

/** Whom the path names, once resolved. */
export interface Target {
  /** Acts on the account of the path. */
  readonly caller: Caller
  /** Of the path, else the caller's own; undefined where the path names none. */
  readonly userId: number | undefined
}

export interface RingCentralKnock extends Knock {
  /** What stands before `/restapi` in the path. */
  readonly base: string
  /** After tunnelling. */
  method: string
  route: Route | undefined
  params: Readonly<Record<string, string | undefined>>
  query: Pairs
  /** Client application that proved itself at a token endpoint, or that a page is for. */
  app: CallerApp | undefined
  /** Merged parameters of an OAuth request. */
  form: ReadonlyMap<string, string>
  group: GroupState | undefined
  target: Target | undefined
  body: unknown
  /** Whether a token was shown, for the challenge of a 401. */
  tokenShown: boolean
  /** Renders a refusal as a page; set by what is seen in a browser. */
  page: ((message: string, status: number, code: string) => HttpAnswer) | undefined
}

/** What must be proven: nothing, a client application, or a user's token. `page` is for browsers. */
export type Door = 'open' | 'client' | 'page' | 'user'

export interface Route {
  readonly method: string
  /** After `/restapi`. */
  readonly path: string
  readonly door: Door
  readonly group?: RateGroup
  readonly app?: ApplicationPermission
  readonly user?: UserPermission
  /** An account feature that must be switched on. */
  readonly feature?: string
  /** Who may name another extension in the path: anyone, an administrator for private data, an administrator to change it. */
  readonly others?: 'anyone' | 'private' | 'administrator'
  /** What body is read before the fields are looked at; by default none is. */
  readonly body?: 'json' | 'optional' | 'raw'
  /** The path parameter that may hold several ids. */
  readonly batch?: string
  /** How many at the most, where it is not the usual number. */
  readonly mostIds?: number
  /** The vendor's API has it at this path; here it is answered with its documented no. */
  readonly absent?: boolean
  readonly perform: (room: Room, knock: RingCentralKnock) => Promise<HttpAnswer>
}

/** Where a canonical uri begins. */
export const apiUri = (room: Room, knock: Pick<RingCentralKnock, 'base'>, path = ''): string =>
  `${room.parts.settings.publicUrl()}${knock.base}/restapi/v1.0${path}`

export function json(value: unknown, status = 200): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}
