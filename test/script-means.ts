// What a platform can do that speaks and understands every language but `xx`, for checks of scripts.

import { parseUri } from '#protocols/sip/uri.ts'
import { refuse } from '#reasons/refusal.ts'
import type { ScriptMeans } from '#voice/verbs/unfit.ts'

export const scriptMeans: ScriptMeans = {
  country: 'US',
  async requireSpoken({ language }) {
    if (language === 'xx') refuse('tts.language_invalid', { language })
  },
  requireHeard({ language = '' }) {
    if (language === 'xx') refuse('speech.language_invalid', { language })
  },
  requireAddress(uri) {
    if (!parseUri(uri)) refuse('destination.invalid', { destination: uri })
  },
}
