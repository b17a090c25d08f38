// A contact, a group and a batch as the operations show them, and the fields that they take.

import Type, { type Static } from 'typebox'
import { contactFields, type ContactRow } from '#store/contacts.ts'
import type { ContactGroupRow } from '#store/contact-groups.ts'
import type { ShownBatchRow } from '#store/contact-batches.ts'
import { Id, Moment, OneOf, Optional } from '../fields.ts'

const addressKinds = ['phone', 'email', 'wechat', 'facebook', 'zalo', 'line', 'kakaotalk'] as const
export type AddressKind = (typeof addressKinds)[number]

const Handle = (what: string) => Optional(Type.String({ minLength: 1, maxLength: 128, description: what }))

export const Addresses = Type.Object(
  {
    phone: Optional(
      Type.String({
        minLength: 1,
        maxLength: 32,
        description: 'Telephone number: E.164, or national where the country is told.',
      }),
    ),
    email: Optional(Type.String({ minLength: 3, maxLength: 320, pattern: '^[^\\s@]+@[^\\s@]+$', description: 'e-mail address' })),
    wechat: Handle('User id at WeChat.'),
    facebook: Handle('User id at Facebook.'),
    zalo: Handle('User id at Zalo.'),
    line: Handle('User id at Line.'),
    kakaotalk: Handle('User id at KakaoTalk.'),
  },
  { additionalProperties: false, minProperties: 1, description: 'at least one address' },
)

export const contactProperties = {
  firstName: Optional(Type.String({ minLength: 1, maxLength: 200, description: 'First name.' })),
  lastName: Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Last name.' })),
  externalId: Optional(Type.String({ minLength: 1, maxLength: 50, description: "The contact's id in a system of the account." })),
  country: Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2 code of the country' })),
  addresses: Addresses,
  attributes: Optional(
    Type.Record(
      Type.String({ minLength: 1, maxLength: 100 }),
      Type.Union([Type.String({ maxLength: 2000 }), Type.Number(), Type.Boolean()]),
      {
        maxProperties: 50,
        description: 'What else is kept with the contact: at most 50 texts, numbers or truth values by name',
      },
    ),
  ),
}

export const ContactInput = Type.Object(contactProperties, { additionalProperties: false })
export type ContactGiven = Static<typeof ContactInput>

export const GroupIds = Type.Array(Id('group'), { maxItems: 10, description: 'Groups that the contact joins.' })

export const GroupView = Type.Object({
  id: Id('group'),
  name: Type.String(),
  description: Type.String(),
  blocked: Type.Boolean({ description: 'Its contacts are not to be reached.' }),
  contacts: Type.Integer({ description: 'How many contacts belong to it.' }),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function groupView(row: ContactGroupRow): Static<typeof GroupView> {
  const { id, name, description, members } = row
  return {
    id,
    name,
    description,
    blocked: row.blocked === 1,
    contacts: members,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}

export const ContactView = Type.Object({
  id: Id('contact'),
  ...contactProperties,
  attributes: Type.Record(Type.String(), Type.Unknown()),
  groups: Type.Array(GroupView),
  version: Type.Integer({ description: 'Grows with each change.' }),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function contactView(row: ContactRow, groups: readonly ContactGroupRow[]): Static<typeof ContactView> {
  const { attributes = {}, ...fields } = contactFields(row)
  return {
    id: row.id,
    ...fields,
    attributes: attributes as Record<string, unknown>,
    groups: groups.map(groupView),
    version: row.version,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}

export const batchKinds = ['create', 'delete', 'copy', 'move', 'delete_groups'] as const

export const BatchView = Type.Object({
  id: Id('batch'),
  kind: OneOf(batchKinds, 'What is done.'),
  status: OneOf(['queued', 'running', 'completed', 'failed'], 'How far it is.'),
  done: Type.Integer({ description: 'Rows done.' }),
  failed: Type.Integer({ description: 'Rows that could not be done.' }),
  fileName: Type.String({ description: 'Name of the file that came with it.' }),
  createdAt: Moment('When it was asked for.'),
  updatedAt: Moment('When it was last worked on.'),
})

export function batchView(row: ShownBatchRow): Static<typeof BatchView> {
  const { id, kind, status, done, failed } = row
  return {
    id,
    kind: kind as Static<typeof BatchView>['kind'],
    status: status as Static<typeof BatchView>['status'],
    done,
    failed,
    fileName: row.file_name,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}
