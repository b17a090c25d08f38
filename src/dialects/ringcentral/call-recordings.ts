// A recording of a call, and its sound, whole or by one range (reference section 8). The sound is a WAV, and is told to be one.

import { readRecordingContentOperation, readRecordingOperation } from '#operations/recordings/read-recording.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { recordingType } from './call-record.ts'
import { accountUri } from './extension-view.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { bytesAnswer } from '#protocols/http/bytes-answer.ts'

function unknown(named: string): never {
  refuse('resource.not_found', { noun: 'recording', parameter: 'recordingId', id: named.slice(0, 40) })
}

/** What is gone, or was never written, is not there. */
const gone = new Set(['recording.not_found', 'recording.deleted', 'recording.file_missing'])

async function ifThere<T>(named: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Refusal && gone.has(error.reason)) return unknown(named)
    throw error
  }
}

export async function readCallRecording(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const named = knock.params['recordingId']!
  const id = room.ids.read('recording', named) ?? unknown(named)
  const recording = await ifThere(named, room.parts.run(readRecordingOperation, caller, { id }))
  if (recording.state !== 'ready') unknown(named)
  const uri = `${accountUri(room, knock, caller.account.id)}/recording/${named}`
  return json({
    uri,
    id: named,
    contentUri: `${uri}/content`,
    contentType: 'audio/wav',
    duration: Math.round(recording.durationMs / 1000),
    type: recordingType(recording),
  })
}

export async function readCallRecordingContent(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const named = knock.params['recordingId']!
  const id = room.ids.read('recording', named) ?? unknown(named)
  const file = await ifThere(named, room.parts.run(readRecordingContentOperation, knock.target!.caller, { id }))
  return bytesAnswer(file, knock.request.headers['range'])
}
