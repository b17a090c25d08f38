// A client (a phone that registers) as the operations show it; its password is never shown again.

import Type, { type Static } from 'typebox'
import type { ClientRow } from '#store/clients.ts'
import { Id, Method, Moment } from '../fields.ts'

const Url = (description: string) => Type.Union([Type.String({ maxLength: 2048, description }), Type.Null()])

export const ClientDetail = Type.Object(
  {
    voiceUrl: Type.Optional(Url('Script that runs when the client places a call.')),
    voiceMethod: Type.Optional(Method('How it is fetched.')),
    voiceFallbackUrl: Type.Optional(Url('Where to go when the script cannot be had.')),
    voiceFallbackMethod: Type.Optional(Method('How the fallback is fetched.')),
    applicationId: Type.Optional(Type.Union([Id('application'), Type.Null()])),
    userId: Type.Optional(Type.Union([Id('user', 'The user whose phone it is: its calls stand in their log.'), Type.Null()])),
    pushEnabled: Type.Optional(Type.Boolean({ description: 'Whether calls wake the phone by push.' })),
  },
  { additionalProperties: false },
)

export const ClientView = Type.Object({
  id: Id('client'),
  accountId: Id('account'),
  login: Type.String({ description: 'User part of the SIP address.' }),
  name: Type.String(),
  enabled: Type.Boolean({ description: 'A disabled client cannot register.' }),
  detail: ClientDetail,
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function clientView(row: ClientRow): Static<typeof ClientView> {
  return {
    id: row.id,
    accountId: row.account_id,
    login: row.login,
    name: row.name,
    enabled: row.enabled === 1,
    detail: JSON.parse(row.detail) as Static<typeof ClientDetail>,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}
