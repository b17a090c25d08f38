// The codec of a name.

import type { CodecName } from './codec-name.ts'
import { G711 } from './g711.ts'
import { G722 } from './g722.ts'
import { Opus } from './opus.ts'
import type { SpeechCodec } from './speech-codec.ts'

/** To be closed when the stream is. Opus loads its library with the first one. */
export function openCodec(name: CodecName): SpeechCodec {
  if (name === 'G722') return new G722()
  return name === 'opus' ? new Opus() : new G711(name)
}
