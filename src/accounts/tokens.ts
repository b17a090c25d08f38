// Tokens issued after a login: access and refresh tokens, authorization codes, sessions. The text is shown once; only its
// hash is kept. Tokens of one login share a family, and end together.

import { exchangeToken, issueTokens, readToken, revokeFamily, shortenToken, type TokenRow } from '#store/tokens.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { hashToken, randomToken } from '#values/secrets.ts'
import { actorOf, type Caller } from './caller.ts'

export interface TokenWanted {
  /** access, refresh, code, session */
  readonly kind: string
  readonly lifeMs: number
  /** What the face keeps with it. */
  readonly detail?: object
  /** The token's text; 43 random characters unless a face dictates its form. */
  readonly text?: string
}

export interface IssuedToken {
  readonly text: string
  readonly row: TokenRow
}

export class Tokens {
  readonly #store: Store
  readonly #clock: Clock
  readonly #nextId: NextId

  constructor(store: Store, clock: Clock, nextId: NextId) {
    this.#store = store
    this.#clock = clock
    this.#nextId = nextId
  }

  /**
   * Tokens of one login, in the order wanted. `keep` bounds the logins that one user has through one application; the
   * oldest end. `family` adds to an earlier login.
   */
  async issue(
    caller: Caller,
    wanted: readonly TokenWanted[],
    options: { keep?: number; family?: number } = {},
  ): Promise<IssuedToken[]> {
    const issued = this.#make(caller, wanted, options.family ?? this.#nextId())
    await this.#store.write(issueTokens, {
      rows: issued.map((one) => one.row),
      ...(options.keep !== undefined && { keep: options.keep }),
    })
    return issued
  }

  /**
   * Trades a code or refresh token for new ones of the same family; undefined when it was used before. `graceMs` keeps
   * the old one good that long; `endOthers` ends every other token of the family.
   */
  async exchange(
    caller: Caller,
    old: TokenRow,
    wanted: readonly TokenWanted[],
    { graceMs = 0, endOthers = false }: { graceMs?: number; endOthers?: boolean } = {},
  ): Promise<IssuedToken[] | undefined> {
    const issued = this.#make(caller, wanted, old.family)
    const rows = issued.map((one) => one.row)
    const { exchanged } = await this.#store.write(exchangeToken, {
      id: old.id,
      family: old.family,
      rows,
      now: this.#clock.nowMs(),
      graceMs,
      endOthers,
    })
    return exchanged ? issued : undefined
  }

  /** Lets a token end no later than `lifeMs` from this moment. */
  async shorten(id: number, lifeMs: number): Promise<void> {
    await this.#store.write(shortenToken, { id, expires: this.#clock.nowMs() + lifeMs })
  }

  /** The token's row whatever its age, or undefined when none of that face and kind has the text. */
  async find(face: string, kind: string, text: string): Promise<TokenRow | undefined> {
    const row = await readToken(this.#store, hashToken(text))
    return row?.face === face && row.kind === kind ? row : undefined
  }

  /** Ends every token of the login that this one belongs to. */
  async revoke(row: TokenRow, caller?: Caller): Promise<void> {
    const actor = caller ? actorOf(caller) : { face: row.face, userId: row.user_id, credentialId: row.credential_id }
    await this.#store.write(revokeFamily, {
      family: row.family,
      accountId: row.account_id,
      userId: row.user_id,
      actor,
      now: this.#clock.nowMs(),
    })
  }

  #make(caller: Caller, wanted: readonly TokenWanted[], family: number): IssuedToken[] {
    const now = this.#clock.nowMs()
    return wanted.map(({ kind, lifeMs, detail, text = randomToken(43) }) => ({
      text,
      row: {
        id: this.#nextId(),
        account_id: caller.home.id,
        user_id: caller.user?.id ?? 0,
        credential_id: caller.app?.credentialId ?? caller.credentialId,
        face: caller.face,
        kind,
        hash: hashToken(text),
        family,
        detail: JSON.stringify(detail ?? {}),
        expires_ms: now + lifeMs,
        used_ms: null,
        created_ms: now,
      },
    }))
  }
}
