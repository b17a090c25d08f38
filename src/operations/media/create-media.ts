import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { checkMedia } from '#messaging/media-types.ts'
import { refuse } from '#reasons/refusal.ts'
import { createMedia, sha256Of, type MediaKept, type MediaRow } from '#store/media.ts'
import { Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { expiryOf } from './keep-for.ts'
import { mediaView, MediaView } from './media-view.ts'

function shown({ caller }: Means, { outcome, row }: { outcome: MediaKept; row: MediaRow }): Static<typeof MediaView> {
  if (outcome === 'full')
    refuse('resource.limit_reached', { noun: 'bytes of media', limit: caller.account.settings.limits.mediaStoreBytes })
  if (outcome !== 'kept') refuse('resource.value_not_unique', { parameter: 'name', value: row.name })
  return mediaView(row)
}

/** No larger than what any message may carry; base64 makes it four thirds. */
export const largestMediaBytes = 2_000_000

export const MediaName = Type.String({
  maxLength: 200,
  pattern: '^(?!/)(?!.*(?://|/$))[^\\x00-\\x1f\\x7f\\\\]*$',
  description: 'Unique in the store; slashes divide folders.',
})

/** Puts a file into the account's store, to be sent with messages by its id or its name. */
export const createMediaOperation = operation({
  name: 'media.create',
  summary: 'Store a media file; its bytes may be the body, with its name in the query',
  permission: 'media.write',
  input: Type.Object(
    {
      content: Type.String({
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        maxLength: Math.ceil(largestMediaBytes / 3) * 4,
        description: 'The bytes, as base64.',
      }),
      name: Optional(MediaName),
      type: Optional(Type.String({ maxLength: 200, description: 'Media type; found out from the content unless told.' })),
      keepFor: Optional(
        Type.String({
          pattern: '^[1-9][0-9]{0,5}[dhm]$',
          description:
            'How long it is kept, in days, hours or minutes, such as 12h: at most 30 days. Until it is deleted unless told.',
        }),
      ),
      replace: Optional(Type.Boolean({ description: 'Take the place of the file that has the name.' })),
    },
    { additionalProperties: false },
  ),
  output: MediaView,
  reasons: [
    'account.not_active',
    'file.time_to_live_too_long',
    'message.attachment_empty',
    'message.attachment_too_large',
    'message.attachment_type_unsupported',
    'message.media_unusable',
    'resource.value_not_unique',
    'resource.limit_reached',
  ],
  creates: true,
  route: { method: 'POST', path: '/media', status: 201, takes: 'bytes' },
  async run(means, { content, name = '', type, keepFor, replace = false }) {
    const { caller, nextId, clock } = means
    const { account } = caller
    const { limits } = account.settings
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const now = clock.nowMs()
    const expires_ms = keepFor === undefined ? null : expiryOf(keepFor, now)
    const bytes = Buffer.from(content, 'base64')
    const row: MediaRow = {
      id: nextId(),
      account_id: account.id,
      message_id: null,
      position: 0,
      listed: 1,
      name,
      type: checkMedia({ name, type, bytes }, limits),
      size_bytes: bytes.length,
      sha256: sha256Of(bytes),
      origin: 'uploaded',
      created_ms: now,
      expires_ms,
    }
    const mostBytes = limits.mediaStoreBytes
    return shown(means, await means.write(createMedia, { media: { row, bytes }, replace, mostBytes, actor: actorOf(caller) }))
  },
  shown,
})
