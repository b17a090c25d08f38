// `/media/<token>`: where carriers fetch what messages carry. Whoever has the link may read; anything else is not there.

import type { MediaUrls } from '#messaging/media-urls.ts'
import { orRefused } from '#operations/or-refused.ts'
import { bytesAnswer } from '#protocols/http/bytes-answer.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { refuse, type Refusal } from '#reasons/refusal.ts'
import { readAnyMedia, readContent } from '#store/media.ts'
import type { Reader } from '#store/store.ts'

export interface MediaFilesParts {
  readonly read: Reader
  readonly urls: MediaUrls
  /** Puts a refusal in the words of whoever asked. */
  refused(refusal: Refusal, request: HttpRequest): HttpAnswer
}

const prefix = '/media'

export function mediaFilesMount({ read, urls, refused }: MediaFilesParts) {
  async function answer({ method, path, headers }: HttpRequest): Promise<HttpAnswer> {
    if (method !== 'GET' && method !== 'HEAD') refuse('api.method_not_allowed', { method, allowed: ['GET', 'HEAD'] })
    const id = urls.idOf(path.slice(prefix.length + 1))
    const row = id === undefined ? undefined : await readAnyMedia(read, id)
    const bytes = row && (await readContent(read, row.sha256))
    if (!row || !bytes) refuse('resource.not_found', { noun: 'media' })
    return bytesAnswer({ bytes, type: row.type, name: row.name }, headers['range'])
  }

  return {
    name: 'media',
    prefixes: [prefix],
    answer: orRefused(answer, refused),
    refused,
  }
}
