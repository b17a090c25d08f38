// Signing in and out of the native API, and who one is. Not operations: before signing in there is no caller to ask.

import Type, { type TSchema } from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import { signIn, type SignInParts } from '#accounts/sign-in.ts'
import { permissions } from '#accounts/permissions.ts'
import { OneOf } from '#operations/fields.ts'
import { faultsOf } from '#operations/field-faults.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { bearerToken } from '#protocols/http/authorization.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { refuse, refuseAll } from '#reasons/refusal.ts'
import { jsonAnswer } from './json-answer.ts'
import type { NativeIds } from './native-ids.ts'

interface SessionKnock {
  readonly request: HttpRequest
  readonly caller: Caller | undefined
  readonly fields: Record<string, unknown>
}

export interface SessionRoute {
  readonly name: string
  readonly summary: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly status: number
  /** Asked without proving who one is. */
  readonly open: boolean
  readonly input: TSchema
  readonly output: TSchema
  readonly reasons: readonly Slug[]
  answer(knock: SessionKnock): Promise<HttpAnswer>
}

const SignInBody = Type.Object(
  {
    login: Type.String({ minLength: 1, maxLength: 200, description: 'E-mail address or login name.' }),
    password: Type.String({ minLength: 1, maxLength: 200, description: 'Password.' }),
    code: Type.Optional(Type.String({ maxLength: 10, description: 'Second factor, six digits, where one is enrolled.' })),
  },
  { additionalProperties: false },
)

const Session = Type.Object({
  token: Type.String({ description: 'To be sent as a bearer token; shown once.' }),
  expiresAt: Type.String({ format: 'date-time' }),
})

const WhoAmI = Type.Object({
  accountId: Type.String(),
  accountName: Type.String(),
  userId: Type.Union([Type.String(), Type.Null()]),
  login: Type.Union([Type.String(), Type.Null()]),
  role: Type.Union([Type.String(), Type.Null()]),
  permissions: Type.Array(OneOf(permissions, 'A permission.')),
})

const Nothing = Type.Object({}, { additionalProperties: false })

export function sessionRoutes(parts: Pick<FaceParts, 'tokens'>, signInParts: SignInParts, ids: NativeIds): SessionRoute[] {
  return [
    {
      name: 'sessions.create',
      summary: 'Sign in with login and password',
      method: 'POST',
      path: '/sessions',
      status: 201,
      open: true,
      input: SignInBody,
      output: Session,
      reasons: [
        'auth.credentials_invalid',
        'auth.locked',
        'auth.source_locked',
        'auth.mfa_required',
        'auth.second_factor_invalid',
        'auth.account_state_forbids_login',
      ],
      async answer({ request, fields }) {
        const faults = faultsOf(SignInBody, fields)
        if (faults.length > 0) refuseAll(faults)
        const { login, password, code } = fields as { login: string; password: string; code?: string }
        const { text, row } = await signIn(signInParts, { face: 'api', login, password, code, source: request.source })
        return jsonAnswer(201, { token: text, expiresAt: new Date(row.expires_ms).toISOString() })
      },
    },
    {
      name: 'sessions.delete',
      summary: 'Sign out',
      method: 'DELETE',
      path: '/sessions/current',
      status: 200,
      open: false,
      input: Nothing,
      output: Type.Object({ done: Type.Boolean() }),
      reasons: ['resource.not_found'],
      async answer({ request, caller }) {
        const row = await parts.tokens.find('api', 'session', bearerToken(request.headers['authorization']) ?? '')
        if (!row) refuse('resource.not_found', { noun: 'session' })
        await parts.tokens.revoke(row, caller)
        return jsonAnswer(200, { done: true })
      },
    },
    {
      name: 'whoami',
      summary: 'Who one is, and what one may do',
      method: 'GET',
      path: '/whoami',
      status: 200,
      open: false,
      input: Nothing,
      output: WhoAmI,
      reasons: [],
      async answer({ caller }) {
        const { account, user } = caller!
        return jsonAnswer(200, {
          accountId: ids.show('account', account.id),
          accountName: account.name,
          userId: user && ids.show('user', user.id),
          login: user?.login ?? null,
          role: user?.role ?? null,
          permissions: [...caller!.permissions],
        })
      },
    },
  ]
}
