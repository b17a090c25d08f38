// An application as the operations show it. Its detail says where scripts and callbacks are; a face's own further
// settings stand under `configuration`.

import Type, { type Static } from 'typebox'
import type { ApplicationRow } from '#store/applications.ts'
import { Id, Method, Moment, OneOf } from '../fields.ts'

const applicationKinds = ['', 'voice', 'sms', 'ussd', 'inbound', 'outbound'] as const

export const ApplicationKind = OneOf(
  applicationKinds,
  'What it answers; inbound and outbound are named services, the name unique per kind.',
)

const Url = (description: string) => Type.Union([Type.String({ maxLength: 2048, description }), Type.Null()])

export const ApplicationDetail = Type.Object(
  {
    scriptUrl: Type.Optional(Url('Where the script is fetched.')),
    scriptMethod: Type.Optional(Method('How the script is fetched.')),
    fallbackUrl: Type.Optional(Url('Where to go when the script cannot be had.')),
    fallbackMethod: Type.Optional(Method('How the fallback is fetched.')),
    statusUrl: Type.Optional(Url('Where status changes are told.')),
    statusMethod: Type.Optional(Method('How status changes are told.')),
    callerIdLookup: Type.Optional(Type.Boolean({ description: "Whether the caller's name is looked up." })),
    configuration: Type.Optional(Type.Unknown({ description: "A named service's configuration." })),
  },
  { additionalProperties: false },
)

export const ApplicationView = Type.Object({
  id: Id('application'),
  accountId: Id('account'),
  name: Type.String(),
  kind: ApplicationKind,
  detail: ApplicationDetail,
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function applicationView(row: ApplicationRow): Static<typeof ApplicationView> {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    kind: row.kind as Static<typeof ApplicationKind>,
    detail: JSON.parse(row.detail) as Static<typeof ApplicationDetail>,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}

/** Named services are unique by name in their kind. */
export const isNamedService = (kind: string): boolean => kind === 'inbound' || kind === 'outbound'
