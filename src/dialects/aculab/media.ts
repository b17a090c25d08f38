// Files, reference section 10: the store `msg_media`, whose files messages carry by name, and the sounds of calls in the store `media` (see
// sound-files.ts). That of logs (`rest`) is not part of this version.
//
// Deleting is done when it is answered. The vendor does it later and gives a token to ask with; here the token tells of what
// has been done, for four hours, and needs no table.

import { createMediaOperation, largestMediaBytes } from '#operations/media/create-media.ts'
import { deleteMediaOperation } from '#operations/media/delete-media.ts'
import { listMediaOperation } from '#operations/media/list-media.ts'
import { findMediaOperation, readContentOperation } from '#operations/media/read-media.ts'
import { renameMediaOperation } from '#operations/media/rename-media.ts'
import { deleteRecordingOperation } from '#operations/recordings/delete-recording.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { readRecordingContentOperation } from '#operations/recordings/read-recording.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { sameHash, type Key } from '#values/secrets.ts'
import { stamp } from './formats.ts'
import { wholeList } from './paging.ts'
import { isSound, soundFile, soundFiles, writeSound } from './sound-files.ts'
import { choice, flag, must, text, type Parameter } from './parameters.ts'
import { deed, SentFile, type Asked, type Deed, type DeedTable } from './routes.ts'

type Store = 'MEDIA' | 'MSG_MEDIA' | 'REST'

const fileType = choice<Store>(
  new Map([
    ['media', 'MEDIA'],
    ['msg_media', 'MSG_MEDIA'],
    ['rest', 'REST'],
  ]),
  (given) => refusal('file.type_unknown', { fileType: `${given.slice(0, 40)} (the types are MEDIA, MSG_MEDIA and REST)` }),
)

const longestName = 200

/** Letters, digits and `. _ / @ - :`; no `..`, `//` or `/./`, and an extension. A slash begins the names of recordings alone. */
const nameForm = /^(?!\/(?!rest_api\/recordings\/))(?!.*(?:\.\.|\/\/|\/\.\/))[A-Za-z0-9._/@:-]*\.[A-Za-z0-9]+$/

/** Gives file.name_illegal (0401). */
export const readFileName = (text: string): string | Refusal =>
  nameForm.test(text) && text.length <= longestName ? text : refusal('file.name_illegal', { file: text.slice(0, 100) })

const fileName: Parameter<string> = { required: false, read: readFileName }

/** Gives file.prefix_has_slash (0415). */
const prefix: Parameter<string> = {
  required: false,
  read: (value) => (value.includes('/') ? refusal('file.prefix_has_slash', { prefix: value.slice(0, 100) }) : value),
}

const folder = text(/^[A-Za-z0-9._@:-]+(?:\/[A-Za-z0-9._@:-]+)*\/?$/, 'the name of a folder')

/** How long a file is to be kept: days, hours or minutes, and not none of them. Gives file.time_to_live_malformed (0412). */
const timeToLive: Parameter<string> = {
  required: false,
  read: (value) =>
    /^[1-9][0-9]{0,5}[dhm]$/.test(value) ? value : refusal('file.time_to_live_malformed', { value: value.slice(0, 40) }),
}

/** Whether it is about sounds. No logs are kept. */
function isOfSounds(store: Store, operation: string): boolean {
  if (store === 'REST') refuse('platform.not_implemented', { operation: `${operation} of ${store} files` })
  return store === 'MEDIA'
}

/** Gives file.parameter_missing (0016). */
const named = (name: string | undefined): string => name ?? refuse('file.parameter_missing', { parameter: 'filename' })

/** Gives file.not_found (0017). */
async function idOf({ parts, caller }: Asked, name: string): Promise<number> {
  try {
    return (await parts.run(findMediaOperation, caller, { name })).id
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') refuse('file.not_found', { file: name })
    throw error
  }
}

interface Wanted {
  readonly filename?: string | undefined
  readonly prefix?: string | undefined
  readonly foldername?: string | undefined
}

async function filesOf({ parts, caller }: Asked, wanted: Wanted) {
  const all = await wholeList((page) => parts.run(listMediaOperation, caller, page))
  return narrowed(
    all.filter(({ name }) => !isSound(name)),
    wanted,
  )
}

function narrowed<T extends { readonly name: string }>(all: readonly T[], { filename, prefix = '', foldername }: Wanted): T[] {
  const begin = foldername === undefined ? prefix : `${foldername.replace(/\/$/, '')}/${prefix}`
  return all.filter(({ name }) => {
    if (filename !== undefined) return name === filename
    return name !== '' && (name.startsWith(begin) || name.startsWith(`/${begin}`))
  })
}

const list: Deed = deed({
  parameters: { filetype: must(fileType), filename: fileName, prefix, foldername: folder },
  operations: [listMediaOperation, listRecordingsOperation],
  async answer(asked) {
    const { fields } = asked
    const files = isOfSounds(fields.filetype, 'file_list')
      ? narrowed(await soundFiles(asked), fields)
      : await filesOf(asked, fields)
    return Object.fromEntries(
      files.map(({ name, createdAt, sizeBytes, expiresAt }) => [
        name,
        {
          created_date: stamp(createdAt),
          size: sizeBytes,
          ...(expiresAt !== null && { expiry_date: stamp(expiresAt) }),
        },
      ]),
    )
  },
})

const get: Deed = deed({
  parameters: { filetype: must(fileType), filename: fileName },
  operations: [findMediaOperation, readContentOperation, readRecordingContentOperation],
  async answer(asked) {
    const { filetype, filename } = asked.fields
    if (isOfSounds(filetype, 'file_get')) return (await soundFile(asked, named(filename))).read()
    const id = await idOf(asked, named(filename))
    return new SentFile(await asked.parts.run(readContentOperation, asked.caller, { id }))
  },
})

/** What is there under the name is replaced, unless `If-None-Match: *` forbids it. */
const write: Deed = deed({
  parameters: {
    filetype: must(fileType),
    filename: fileName,
    contenttype: text(/^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/, 'a content type'),
    encrypted: flag,
    ttl: timeToLive,
  },
  operations: [createMediaOperation],
  takesBytes: true,
  async answer(asked) {
    const { parts, caller, fields, body, createOnly, idempotencyKey } = asked
    const { filetype, filename, contenttype, encrypted, ttl } = fields
    const name = named(filename)
    if (filetype === 'REST') refuse('file.type_not_applicable', { fileType: filetype })
    if (filetype === 'MSG_MEDIA') {
      if (ttl !== undefined) refuse('file.time_to_live_not_applicable', { fileType: filetype })
      if (encrypted) refuse('file.encryption_not_allowed', { fileType: filetype })
    }
    if (isOfSounds(filetype, 'file_write')) {
      if (encrypted) refuse('platform.not_implemented', { operation: 'files that are encrypted' })
      return writeSound(asked, name, body as Buffer, ttl)
    }
    const { sizeBytes } = await parts.run(
      createMediaOperation,
      caller,
      {
        name,
        content: (body as Buffer).toString('base64'),
        replace: !createOnly,
        ...(contenttype !== undefined && { type: contenttype }),
      },
      { idempotencyKey, names: { name: 'filename', type: 'contenttype' } },
    )
    return { filename: name, size: sizeBytes }
  },
})

/**
 * Of files that messages carry. Sounds keep the names that scripts and recordings know them by: the vendor's error list has a function
 * that MEDIA files are not for (0406) beside the two parameters of this one (0403, 0404).
 */
const rename: Deed = deed({
  parameters: { filetype: must(fileType), from: fileName, to: fileName },
  operations: [findMediaOperation, renameMediaOperation],
  async answer(asked) {
    const { parts, caller, fields } = asked
    const { filetype } = fields
    if (filetype !== 'MSG_MEDIA') refuse('file.type_not_applicable', { fileType: filetype })
    const from = fields.from ?? refuse('file.parameter_missing', { parameter: 'from' })
    const to = fields.to ?? refuse('file.parameter_missing', { parameter: 'to' })
    const id = await idOf(asked, from)
    const { name } = await parts.run(renameMediaOperation, caller, { id, name: to }, { names: { name: 'to' } })
    return { filename: name }
  },
})

const tokenGoodForMs = 4 * 3_600_000
const tokenMac = (key: Key, account: number, text: string): string =>
  key.mac('aculab delete token', `${account} ${text}`).slice(0, 32)

const erase: Deed = deed({
  parameters: { filetype: must(fileType), filename: fileName, prefix, foldername: folder },
  operations: [deleteMediaOperation, deleteRecordingOperation],
  async answer(asked) {
    const { parts, caller, fields } = asked
    const { filename, prefix: begin, foldername } = fields
    const isOne = begin === undefined && foldername === undefined
    const removes: (() => Promise<unknown>)[] = []
    if (isOfSounds(fields.filetype, 'file_delete')) {
      const sounds = isOne ? [await soundFile(asked, named(filename))] : narrowed(await soundFiles(asked), fields)
      removes.push(...sounds.map(({ remove }) => remove))
    } else {
      const ids = isOne ? [await idOf(asked, named(filename))] : (await filesOf(asked, fields)).map(({ id }) => id)
      removes.push(...ids.map((id) => () => parts.run(deleteMediaOperation, caller, { id })))
    }
    for (const remove of removes) await remove()
    const done = `${parts.clock.nowMs().toString(36)}.${removes.length}`
    return { token: `${done}.${tokenMac(parts.key, caller.account.id, done)}` }
  },
})

const eraseProgress: Deed = deed({
  parameters: { token: must(text(/^[\x21-\x7e]{1,200}$/, 'a token')) },
  operations: [deleteMediaOperation],
  async answer({ parts, caller, fields }) {
    const [, done = '', atMs = '', count = '', mac = ''] =
      /^(([0-9a-z]{1,10})\.(\d{1,9}))\.([0-9a-f]{32})$/.exec(fields.token) ?? []
    const isOwn = sameHash(mac, tokenMac(parts.key, caller.account.id, done))
    const completedMs = Number.parseInt(atMs, 36)
    if (!isOwn || parts.clock.nowMs() - completedMs > tokenGoodForMs) refuse('file.token_invalid')
    return { status: 'completed', files_deleted: Number(count), completed_date: stamp(completedMs) }
  },
})

export const mediaOperations: DeedTable = {
  file_list: list,
  file_get: get,
  file_write: write,
  file_rename: rename,
  file_delete: erase,
  media_delete: erase,
  file_delete_progress: eraseProgress,
}

/** The body of an upload may be as long as a message may carry; then the core says that it is too large. */
export const uploadBytes = (path: string): number | undefined =>
  path.endsWith('/file_write') ? largestMediaBytes + 1 : undefined
