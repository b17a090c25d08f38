// The action that records what is said, and the ciphers of recordings (reference sections 8.4 and 8.5).

import type { RecordCall } from '#voice/verbs/verb.ts'
import type { Members } from './action-fields.ts'

/** AES-CBC with a key of 128, 192 or 256 bits. The key is the application's and is never kept. */
export function readCipher(of: Members, name: string): RecordCall['cipher'] {
  const cipher = of.object(name)
  if (!cipher) return undefined
  const type = cipher.choice('type', ['aescbc'], 'aescbc')
  const form = { form: /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i, expected: '32, 48 or 64 hexadecimal digits' }
  const key = cipher.has('key') ? cipher.text('key', form) : cipher.missing('key')
  const vector = { form: /^[0-9a-f]{32}$/i, expected: '32 hexadecimal digits' }
  const iv = cipher.has('initialisation_vector')
    ? cipher.text('initialisation_vector', vector)
    : cipher.missing('initialisation_vector')
  cipher.done()
  return key !== undefined && iv !== undefined ? { type, key, iv } : undefined
}

export function record(of: Members): Omit<RecordCall, 'tag' | 'at'> {
  const then = of.reading.isV1 ? of.page('next_page') : of.mustPage('next_page')
  const finishOn = of.digits('barge_in_digits', '#')
  const mostMs = of.integer('seconds_max_duration', 60, 0, 86_400) * 1000
  const silenceMs = of.integer('milliseconds_max_silence', 3000, 0, 3_600_000)
  const firstMs = of.integer('milliseconds_max_initial_silence', 0, 0, 3_600_000)
  of.choice('format', ['alaw', 'ulaw'], 'ulaw')
  const cipher = readCipher(of, 'encryption_cipher')
  const beep = of.flag('beep_on_start', false)
  return {
    verb: 'record',
    channels: 'heard',
    mostMs,
    silenceMs,
    firstSilenceMs: firstMs === 0 ? silenceMs : firstMs,
    finishOn,
    beep,
    trim: false,
    thenWhenEmpty: true,
    ...(cipher && { cipher }),
    ...(then && { then }),
  }
}
