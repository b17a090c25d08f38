// The reasons whose slug begins with `play`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const playReasons = {
  'play.failed': {
    fault: 'unknown',
    retry: 'later',
    class: 'INTERNAL',
    http: 500,
    sip: 500,
    q850: 41,
    smpp: null,
    title: 'Media could not be played',
    detail: 'The media[ {url}] could not be played.',
    remedy: 'Retry and check that the media can be fetched.',
    params: { url: 'text?' },
  },
  'play.url_invalid': {
    fault: 'application',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 422,
    sip: 500,
    q850: 127,
    smpp: null,
    title: 'Media URL is empty or not valid',
    detail: 'The media URL[ {url}] is empty or not valid.',
    remedy: 'Give the well-formed address of the media.',
    params: { fault: 'text?', url: 'text?' },
  },
} as const satisfies Record<string, Reason>
