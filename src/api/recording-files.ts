// `/recordings/<id>-<secret>.wav`: where whoever has the address hears a recording. The address is the whole proof; anything else, also a
// wrong secret, is not there.

import { orRefused } from '#operations/or-refused.ts'
import type { VoiceSeen } from '#operations/operation.ts'
import { bytesAnswer } from '#protocols/http/bytes-answer.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { refuse, type Refusal } from '#reasons/refusal.ts'
import type { Reader } from '#store/store.ts'

export interface RecordingFilesParts {
  readonly read: Reader
  readonly recordings: VoiceSeen['recordings']
  /** Puts a refusal in the words of whoever asked. */
  refused(refusal: Refusal, request: HttpRequest): HttpAnswer
}

const prefix = '/recordings'

export function recordingFilesMount({ read, recordings, refused }: RecordingFilesParts) {
  async function answer({ method, path, headers }: HttpRequest): Promise<HttpAnswer> {
    if (method !== 'GET' && method !== 'HEAD') refuse('api.method_not_allowed', { method, allowed: ['GET', 'HEAD'] })
    const row = await recordings.urls.rowOf(read, path.slice(prefix.length + 1))
    if (!row) refuse('recording.not_found', {})
    const content = await recordings.content(row)
    return bytesAnswer({ bytes: content, type: content.type, name: content.name }, headers['range'])
  }

  return { name: 'recordings', prefixes: [prefix], answer: orRefused(answer, refused), refused }
}
