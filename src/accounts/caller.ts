// Who asks, the same for every face: a door is only a way to prove it.

import type { Account } from './account.ts'
import type { Permission, Role } from './permissions.ts'

export interface CallerUser {
  readonly id: number
  readonly accountId: number
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly status: string
  /** What faces keep of a user: extension number, phone number, first name, language. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** The client application through which a user asks, with what it was granted. */
export interface CallerApp {
  readonly credentialId: number
  readonly clientId: string
  readonly name: string
  readonly permissions: ReadonlySet<Permission>
  readonly detail: Readonly<Record<string, unknown>>
}

export interface Caller {
  readonly face: string
  /** The account acted on: the caller's own, or one below it. */
  readonly account: Account
  /** The account the caller belongs to. */
  readonly home: Account
  readonly user: CallerUser | null
  readonly credentialId: number | null
  readonly app: CallerApp | null
  readonly permissions: ReadonlySet<Permission>
  /** Names the key in rate limits and metrics-free logs. */
  readonly keyName: string
}

/** The record of who did it, kept with each happening. */
export function actorOf(caller: Caller): { face: string; userId: number | null; credentialId: number | null } {
  return { face: caller.face, userId: caller.user?.id ?? null, credentialId: caller.credentialId }
}

/** Whether `account` is the caller's own or lies below it. */
export function reaches(caller: Caller, account: Account): boolean {
  return account.path.startsWith(caller.home.path)
}
