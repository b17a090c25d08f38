// The pair of tokens of a login (reference 3.2 and 3.3), and what a refresh does with the pair before. The new pair is
// derived from the refresh token that asked for it, so that a client which lost the answer gets the same one again.

import { createHmac } from 'node:crypto'
import type { Caller, CallerApp } from '#accounts/caller.ts'
import type { IssuedToken, TokenWanted } from '#accounts/tokens.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { randomToken } from '#values/secrets.ts'
import { grantsOf, lifetimesOf } from './applications.ts'

export type TokenRow = IssuedToken['row']

export const tokenPattern = /^RC1\.[0-9A-Za-z_-]{43}$/

export interface TokenDetail {
  readonly client?: string
  readonly endpoint?: string
  readonly accessS?: number
  readonly refreshS?: number
  /** Of an access token: the refresh token that it was traded for. */
  readonly replaces?: number
}

export const readTokenDetail = (row: TokenRow): TokenDetail => JSON.parse(row.detail) as TokenDetail

export interface Wishes {
  readonly accessTtl: string | undefined
  readonly refreshTtl: string | undefined
  readonly endpoint: string | undefined
}

const usualAccessS = 3600
const minAccessS = 600
const usualRefreshS = 604_800

/** Clamped, never refused: the SDK asks for -1 after a 401. */
export function accessSeconds(app: CallerApp, wish: string | undefined, before: number | undefined): number {
  const { maxAccessS, usual } = lifetimesOf(app)
  const asked = wish !== undefined && /^[0-9]{1,9}$/.test(wish) ? Number(wish) : 0
  const wanted = asked > 0 ? asked : (before ?? usualAccessS)
  return Math.min(maxAccessS, usual ? Math.max(minAccessS, wanted) : wanted)
}

/** 0 is no refresh token: asked for so, or the application may not have one. */
export function refreshSeconds(app: CallerApp, wish: string | undefined, before: number | undefined): number {
  if (!grantsOf(app).includes('refresh_token')) return 0
  const asked = wish !== undefined && /^-?[0-9]{1,9}$/.test(wish) ? Number(wish) : (before ?? usualRefreshS)
  return asked <= 0 ? 0 : Math.min(asked, lifetimesOf(app).maxRefreshS)
}

export function pairWanted(
  app: CallerApp,
  wishes: Wishes,
  before: TokenDetail = {},
  from?: { seed: string; id: number },
): TokenWanted[] {
  const accessS = accessSeconds(app, wishes.accessTtl, before.accessS)
  const refreshS = refreshSeconds(app, wishes.refreshTtl, before.refreshS)
  const endpoint = wishes.endpoint ?? before.endpoint ?? randomToken(11)
  const detail: TokenDetail = { client: app.clientId, endpoint, accessS, refreshS }
  const text = (kind: string) => `RC1.${from ? derived(from.seed, kind) : randomToken(43)}`
  const access: TokenWanted = {
    kind: 'access',
    lifeMs: accessS * 1000,
    detail: from ? { ...detail, replaces: from.id } : detail,
    text: text('access'),
  }
  if (refreshS === 0) return [access]
  return [access, { kind: 'refresh', lifeMs: refreshS * 1000, detail, text: text('refresh') }]
}

const derived = (seed: string, kind: string): string => createHmac('sha256', seed).update(kind).digest('base64url')

/** What the next pair is derived from: nobody without our key can tell. */
export const seedOf = (parts: FaceParts, refreshToken: string): string => parts.key.mac('ringcentral refresh', refreshToken)

/** A client that never saw the answer may ask again this long, as long as nobody used the new pair. */
export const graceMs = 60 * 60_000
const graceOnceUsedMs = 10_000

const settled = new Set<number>()
const maxSettled = 50_000

/** With the first use of a new access token its client is known to have it: the old refresh token ends soon. */
export function settleRefresh(parts: FaceParts, token: TokenRow): Promise<void> | undefined {
  if (!token.detail.includes('"replaces"') || settled.has(token.id)) return undefined
  const { replaces } = readTokenDetail(token)
  if (settled.size >= maxSettled) settled.clear()
  settled.add(token.id)
  return replaces === undefined ? undefined : parts.tokens.shorten(replaces, graceOnceUsedMs)
}

export interface TokenAnswer {
  readonly caller: Caller
  readonly app: CallerApp
  readonly scope: string
  readonly ownerId: string | undefined
  readonly sessionId: string
}

/** One second less than granted, as the vendor's server answers. */
export function tokenBody(issued: readonly IssuedToken[], nowMs: number, about: TokenAnswer): Record<string, unknown> {
  const [access, refresh] = issued
  const left = (token: IssuedToken) => Math.max(0, Math.ceil((token.row.expires_ms - nowMs) / 1000) - 1)
  return {
    access_token: access!.text,
    token_type: 'bearer',
    expires_in: left(access!),
    ...(refresh && { refresh_token: refresh.text, refresh_token_expires_in: left(refresh) }),
    scope: about.scope,
    ...(about.ownerId !== undefined && { owner_id: about.ownerId }),
    endpoint_id: readTokenDetail(access!.row).endpoint,
    session_id: about.sessionId,
  }
}
