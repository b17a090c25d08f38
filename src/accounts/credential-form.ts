// What a face's keys look like. Each face states its own; the core makes and keeps them all alike.

import { randomToken, type Key } from '#values/secrets.ts'
import type { Account } from './account.ts'

export interface CredentialOwner {
  readonly account: Account
  readonly userId: number | null
  readonly login: string | null
  readonly id: number
  /** Of a key that gets a new secret. */
  readonly publicId?: string
  /** What the face keeps with the key: some faces have several kinds of key. */
  readonly detail: Readonly<Record<string, unknown>>
}

export interface DetailFault {
  readonly field: string
  readonly problem: string
}

export interface CredentialForm {
  readonly face: string
  /** What a key's detail may not say; absent: the face's own door sees to it. */
  faults?(detail: Readonly<Record<string, unknown>>): readonly DetailFault[]
  /** Makes what the client shows and what it proves it with. `publicId` must be unique at the face; `key` serves ids derived from ours. */
  make(owner: CredentialOwner, key: Key): { publicId: string; secret: string }
  /** Keep the secret sealed, as the face shows it or computes with it later; else only its hash is kept. */
  readonly sealed: boolean | ((publicId: string) => boolean)
  /**
   * The secret of a key that follows its user's password: made anew, in the same commit, whenever the password changes.
   * Such a key has `followsPassword: true` in its detail, and does not count for `limitPerUser`.
   */
  readonly fromPassword?: (password: string) => string
  /** Keys one user may hold at this face, so that rotating by a second key is possible and hoarding is not. */
  readonly limitPerUser?: number
}

export function isSealed({ sealed }: CredentialForm, publicId: string): boolean {
  return typeof sealed === 'boolean' ? sealed : sealed(publicId)
}

export type CredentialForms = ReadonlyMap<string, CredentialForm>

/** Keys of our own API: `ok_` + public id, `_`, secret, shown once and written as one text. */
export const nativeKeyForm: CredentialForm = {
  face: 'api',
  make: () => ({ publicId: randomToken(12), secret: randomToken(32) }),
  sealed: false,
}

export const nativeKeyText = (publicId: string, secret: string): string => `ok_${publicId}_${secret}`

/** The two parts of a native key, or undefined when the text is not one. */
export function nativeKeyParts(text: string): { publicId: string; secret: string } | undefined {
  const parts = /^ok_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})$/.exec(text)
  return parts ? { publicId: parts[1]!, secret: parts[2]! } : undefined
}
