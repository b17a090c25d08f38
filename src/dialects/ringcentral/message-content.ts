// The content of a message: its text, or a file that it carries; whole or by one range.

import { readVoicemailOperation } from '#operations/mailbox/read-voicemail.ts'
import { readContentOperation } from '#operations/media/read-media.ts'
import { bytesAnswer, type SentFile } from '#protocols/http/bytes-answer.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { entryNamed } from './message-fields.ts'
import { one } from './query-fields.ts'

const dispositions = ['Inline', 'Attachment']

export async function readMessageContent(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const disposition = one(knock.query, 'contentDisposition')
  if (disposition !== undefined && !dispositions.includes(disposition)) {
    const parameter = 'contentDisposition'
    refuse('request.parameter_invalid', { parameter, value: disposition.slice(0, 100), expected: dispositions.join(' or ') })
  }
  const file = await fileNamed(room, knock)
  const name = one(knock.query, 'contentDispositionFilename') ?? file.name
  const answer = bytesAnswer({ ...file, name }, knock.request.headers['range'])
  // Shown within a page only when asked for so; what guards the page against it stays.
  const { headers } = answer
  if (disposition === 'Inline')
    headers['content-disposition'] = String(headers['content-disposition']).replace('attachment', 'inline')
  return answer
}

/** Gives resource.not_found, message.content_null. */
async function fileNamed(room: Room, knock: RingCentralKnock): Promise<SentFile> {
  const { caller } = knock.target!
  const named = knock.params['attachmentId']!
  const entry = await entryNamed(room, knock)
  if (entry.voicemail && room.ids.read('message', named) === entry.id)
    return room.parts.run(readVoicemailOperation, caller, { id: entry.id })
  const [message] = entry.messages
  if (message && room.ids.read('message', named) === entry.id)
    return { bytes: Buffer.from(message.text), type: 'text/plain', name: '' }
  const id = room.ids.read('attachment', named)
  if (id === undefined || !message?.media.includes(id)) attachmentUnknown(named)
  try {
    return await room.parts.run(readContentOperation, caller, { id })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') attachmentUnknown(named)
    throw error
  }
}

function attachmentUnknown(named: string): never {
  refuse('resource.not_found', { noun: 'attachment', parameter: 'attachmentId', id: named.slice(0, 40) })
}
