// The doctor's look at speech: who makes it and who understands it. Asks no provider, as that may cost money.

import { SayEspeak } from '#media/say-espeak.ts'
import type { Config } from '#config/config.ts'
import type { Finding } from './finding.ts'

export function* examineSound({ say, speech }: Pick<Config, 'say' | 'speech'>): Generator<Finding> {
  const lacksPackage = say.withEspeak && !SayEspeak.isInstalled()
  const speaks = [...(say.withEspeak && !lacksPackage ? ['espeak'] : []), ...say.providers.map(({ name }) => name)]
  const remedy = lacksPackage
    ? 'Install the optional package @echogarden/espeak-ng-emscripten, or set OFFHOOK_TTS.'
    : 'Set OFFHOOK_TTS to espeak or to a provider.'
  if (speaks.length === 0) yield { what: 'text to speech', fine: true, says: 'nobody speaks: such texts are refused', remedy }
  else if (!speaks.includes(say.usual))
    yield { what: 'text to speech', fine: false, says: `${say.usual} is not installed`, remedy }
  else yield { what: 'text to speech', fine: true, says: speaks.join(', ') }
  const understands = speech.providers.map(({ name }) => name)
  if (understands.length > 0) yield { what: 'recognition', fine: true, says: understands.join(', ') }
  else {
    yield {
      what: 'recognition',
      fine: true,
      says: 'nobody understands speech: callers can press digits',
      remedy: 'Set OFFHOOK_SPEECH to a provider (docs/recipes/speech-provider.md).',
    }
  }
}
