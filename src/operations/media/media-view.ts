// A file of the account's store, or an attachment of a message, as the operations show it. Its bytes are asked for apart.

import Type, { type Static } from 'typebox'
import { mediaTypes } from '#messaging/media-types.ts'
import type { MediaRow } from '#store/media.ts'
import { Id, Moment, OneOf } from '../fields.ts'

export const MediaView = Type.Object({
  id: Id('media'),
  accountId: Id('account'),
  name: Type.String({ description: 'Unique in the store unless empty.' }),
  type: OneOf(mediaTypes, 'Media type.'),
  sizeBytes: Type.Integer(),
  sha256: Type.String({ description: 'Of the content, in hex.' }),
  origin: OneOf(
    ['uploaded', 'fetched', 'received'],
    'How it came here. What messages bring from the network is received, and kept for 30 days.',
  ),
  createdAt: Moment('When it came here.'),
  expiresAt: Type.Union([Moment('When it is taken away.'), Type.Null()]),
})

export function mediaView(row: MediaRow): Static<typeof MediaView> {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    type: row.type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    origin: row.origin as Static<typeof MediaView>['origin'],
    createdAt: row.created_ms,
    expiresAt: row.expires_ms,
  }
}
