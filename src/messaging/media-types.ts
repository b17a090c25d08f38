// Which files a message may carry, and whether one is what it says it is: by the first bytes of its content, where its
// kind has a mark there. SMIL is not among them: how a message is laid out is the carrier's. Converts nothing.

import { isUtf8 } from 'node:buffer'
import { refuse } from '#reasons/refusal.ts'

type Mark = (bytes: Buffer) => boolean

const at =
  (offset: number, ...marks: readonly string[]): Mark =>
  (bytes) =>
    marks.some((mark) => bytes.subarray(offset, offset + mark.length).equals(Buffer.from(mark, 'latin1')))
const both =
  (...marks: readonly Mark[]): Mark =>
  (bytes) =>
    marks.every((mark) => mark(bytes))
const riff = (kind: string): Mark => both(at(0, 'RIFF'), at(8, kind))
const head = (bytes: Buffer): string => bytes.subarray(0, 1024).toString('latin1')
const says =
  (pattern: RegExp): Mark =>
  (bytes) =>
    pattern.test(head(bytes))
const text: Mark = (bytes) => isUtf8(bytes) && !bytes.includes(0)

// ISO/IEC 14496-12 4.3; QuickTime files of before it begin with another box.
const isoMedia = at(4, 'ftyp')

interface Kind {
  readonly type: string
  readonly extensions: readonly string[]
  /** Other names of the type. */
  readonly also?: readonly string[]
  readonly fits: Mark
  /** Whether a file that fits is of this kind, when nothing else tells. */
  readonly telling: boolean
}

const kind = (type: string, extensions: readonly string[], fits: Mark, also: readonly string[] = [], telling = true): Kind => ({
  type,
  extensions,
  fits,
  also,
  telling,
})

const kinds: readonly Kind[] = [
  kind('image/jpeg', ['jpg', 'jpeg'], at(0, '\xff\xd8\xff'), ['image/jpg', 'image/pjpeg']),
  kind('image/png', ['png'], at(0, '\x89PNG\r\n\x1a\n'), ['image/x-png']),
  kind('image/gif', ['gif'], at(0, 'GIF87a', 'GIF89a')),
  kind('image/webp', ['webp'], riff('WEBP')),
  kind('image/bmp', ['bmp'], at(0, 'BM'), ['image/x-ms-bmp', 'image/x-bmp']),
  kind('image/tiff', ['tif', 'tiff'], at(0, 'II*\0', 'MM\0*')),
  kind('image/svg+xml', ['svg'], both(text, says(/<svg[\s>]/)), ['image/svg']),
  kind('video/3gpp', ['3gp'], both(isoMedia, at(8, '3g'))),
  kind('video/quicktime', ['mov'], (bytes) => isoMedia(bytes) || at(4, 'moov', 'mdat', 'wide', 'free')(bytes), [], false),
  kind('audio/mp4', ['m4a'], isoMedia, ['audio/x-m4a', 'audio/m4a'], false),
  kind('audio/3gpp', ['3ga'], isoMedia, [], false),
  kind('video/mp4', ['mp4'], isoMedia),
  kind('video/mpeg', ['mpg', 'mpeg'], at(0, '\0\0\x01\xba', '\0\0\x01\xb3')),
  kind('video/x-msvideo', ['avi'], riff('AVI '), ['video/avi', 'video/msvideo']),
  kind('video/x-flv', ['flv'], at(0, 'FLV'), ['video/flv']),
  kind('video/x-ms-wmv', ['wmv'], at(0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11'), ['video/wmv']),
  kind('video/webm', ['webm'], at(0, '\x1a\x45\xdf\xa3')),
  kind('audio/ogg', ['ogg', 'oga'], at(0, 'OggS'), ['application/ogg']),
  kind('video/ogg', ['ogv'], at(0, 'OggS'), [], false),
  kind('audio/wav', ['wav', 'wave'], riff('WAVE'), ['audio/x-wav', 'audio/wave', 'audio/vnd.wave']),
  kind('audio/amr', ['amr'], at(0, '#!AMR')),
  // ISO/IEC 11172-3 2.4.1.3: eleven bits of one; most begin with an ID3 tag.
  kind('audio/mpeg', ['mp3'], (bytes) => at(0, 'ID3')(bytes) || (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0), [
    'audio/mp3',
    'audio/x-mpeg',
  ]),
  kind('application/pdf', ['pdf'], says(/%PDF-/)),
  kind('application/zip', ['zip'], at(0, 'PK\x03\x04', 'PK\x05\x06'), ['application/x-zip-compressed']),
  kind('application/gzip', ['gz'], at(0, '\x1f\x8b'), ['application/x-gzip']),
  kind('application/rtf', ['rtf'], at(0, '{\\rtf'), ['text/rtf']),
  kind('text/vcard', ['vcf'], both(text, says(/^\s*BEGIN:VCARD/i)), ['text/x-vcard', 'text/directory']),
  kind('text/calendar', ['ics'], both(text, says(/^\s*BEGIN:VCALENDAR/i))),
  kind('text/html', ['html', 'htm'], text, [], false),
  kind('text/csv', ['csv'], text, [], false),
  kind('text/plain', ['txt'], text, [], false),
]

const byType = new Map(kinds.flatMap((one) => [one.type, ...one.also!].map((type) => [type, one] as const)))
const byExtension = new Map(kinds.flatMap((one) => one.extensions.map((extension) => [extension, one] as const)))

/** Every media type taken, as it is kept. */
export const mediaTypes: readonly string[] = kinds.map(({ type }) => type)

/** Of a type that is taken; empty for others. */
export const extensionOf = (type: string): string => byType.get(type)?.extensions[0] ?? ''

/** Types by which a sender says that it does not know. */
const unsaid = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-www-form-urlencoded'])

export interface MediaFile {
  readonly name: string
  /** As declared, parameters and all; undefined or a general type: it is found out. */
  readonly type: string | undefined
  readonly bytes: Buffer
}

export interface MediaLimits {
  readonly attachmentBytes: number
  /** Of all attachments of a message. */
  readonly messageMediaBytes: number
}

/**
 * The type under which a file is kept. Gives message.attachment_empty, message.attachment_too_large,
 * message.attachment_type_unsupported, and message.media_unusable when the content is not of its declared type.
 */
export function checkMedia({ name, type, bytes }: MediaFile, { attachmentBytes }: Pick<MediaLimits, 'attachmentBytes'>): string {
  if (bytes.length === 0) refuse('message.attachment_empty', name === '' ? {} : { attachment: name.slice(0, 200) })
  if (bytes.length > attachmentBytes) refuse('message.attachment_too_large', { limitBytes: attachmentBytes })
  const declared = (type ?? '').split(';')[0]!.trim().toLowerCase()
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const known = unsaid.has(declared) ? guessed(extension, bytes) : byType.get(declared)
  if (!known) refuse('message.attachment_type_unsupported', { type: declared.slice(0, 100) || extension || 'unknown' })
  if (!known.fits(bytes))
    refuse(
      'message.media_unusable',
      { media: name.slice(0, 200) || known.type },
      { evidence: `its content is not ${known.type}` },
    )
  return known.type
}

function guessed(extension: string, bytes: Buffer): Kind | undefined {
  const named = byExtension.get(extension)
  return named?.fits(bytes) ? named : kinds.find((one) => one.telling && one.fits(bytes))
}
