import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import { checkMedia, extensionOf, mediaTypes } from './media-types.ts'

const limits = { attachmentBytes: 1000 }
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')
const png = bytesOf('\x89PNG\r\n\x1a\n....')
const jpeg = bytesOf('\xff\xd8\xff\xe0....')

function reasonOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return error.reason
    throw error
  }
  return 'none'
}

/** A content with the mark of each type. */
const samples: Readonly<Record<string, Buffer>> = {
  'image/jpeg': jpeg,
  'image/png': png,
  'image/gif': bytesOf('GIF89a...'),
  'image/webp': bytesOf('RIFF\x10\0\0\0WEBPVP8 '),
  'image/bmp': bytesOf('BM......'),
  'image/tiff': bytesOf('II*\0....'),
  'image/svg+xml': bytesOf('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
  'video/3gpp': bytesOf('\0\0\0\x18ftyp3gp5....'),
  'video/quicktime': bytesOf('\0\0\0\x18ftypqt  ....'),
  'audio/mp4': bytesOf('\0\0\0\x18ftypM4A ....'),
  'audio/3gpp': bytesOf('\0\0\0\x18ftyp3gp5....'),
  'video/mp4': bytesOf('\0\0\0\x18ftypisom....'),
  'video/mpeg': bytesOf('\0\0\x01\xba....'),
  'video/x-msvideo': bytesOf('RIFF\x10\0\0\0AVI LIST'),
  'video/x-flv': bytesOf('FLV\x01....'),
  'video/x-ms-wmv': bytesOf('\x30\x26\xb2\x75\x8e\x66\xcf\x11....'),
  'video/webm': bytesOf('\x1a\x45\xdf\xa3....'),
  'audio/ogg': bytesOf('OggS....'),
  'video/ogg': bytesOf('OggS....'),
  'audio/wav': bytesOf('RIFF\x10\0\0\0WAVEfmt '),
  'audio/amr': bytesOf('#!AMR\n....'),
  'audio/mpeg': bytesOf('ID3\x03....'),
  'application/pdf': bytesOf('%PDF-1.7 ...'),
  'application/zip': bytesOf('PK\x03\x04....'),
  'application/gzip': bytesOf('\x1f\x8b\x08....'),
  'application/rtf': bytesOf('{\\rtf1 ...}'),
  'text/vcard': bytesOf('BEGIN:VCARD\r\nEND:VCARD\r\n'),
  'text/calendar': bytesOf('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'),
  'text/html': bytesOf('<p>x</p>'),
  'text/csv': bytesOf('a,b\n1,2\n'),
  'text/plain': bytesOf('x'),
}

test('each type takes its own content, by its declared type and by its name; no content of nothing', () => {
  assert.deepEqual(Object.keys(samples).toSorted(), mediaTypes.toSorted())
  for (const [type, bytes] of Object.entries(samples)) {
    assert.equal(checkMedia({ name: '', type: `${type.toUpperCase()}; charset=x`, bytes }, limits), type)
    assert.equal(checkMedia({ name: `file.${extensionOf(type)}`, type: undefined, bytes }, limits), type)
    const zeros = Buffer.alloc(20)
    assert.equal(
      reasonOf(() => checkMedia({ name: 'x', type, bytes: zeros }, limits)),
      'message.media_unusable',
      type,
    )
  }
})

test('a content that says what it is needs neither type nor name', () => {
  assert.equal(checkMedia({ name: '', type: 'application/octet-stream', bytes: png }, limits), 'image/png')
  assert.equal(checkMedia({ name: 'photo.jpg', type: '', bytes: png }, limits), 'image/png')
  assert.equal(checkMedia({ name: '', type: 'image/jpg', bytes: jpeg }, limits), 'image/jpeg')
})

test('what cannot be carried says why', () => {
  const told = (name: string, type: string | undefined, bytes: Buffer) =>
    reasonOf(() => checkMedia({ name, type, bytes }, limits))
  assert.equal(told('a.png', 'image/png', Buffer.alloc(0)), 'message.attachment_empty')
  assert.equal(told('a.png', 'image/png', Buffer.concat([png, Buffer.alloc(1000)])), 'message.attachment_too_large')
  assert.equal(told('a.smil', 'application/smil', bytesOf('<smil/>')), 'message.attachment_type_unsupported')
  assert.equal(told('a.exe', undefined, bytesOf('MZ\x90\0')), 'message.attachment_type_unsupported')
  assert.equal(told('a.png', 'image/png', jpeg), 'message.media_unusable')
})
