// Settings of sound: its ports and threads, who speaks, who understands, and what is kept to be played again.

import { availableParallelism } from 'node:os'
import { saySettings, speechSettings } from '#media/provider-list.ts'
import type { SaySettings } from '#media/say.ts'
import type { SpeechSettings } from '#media/speech-provider.ts'
import { ipAddress, portRange } from './allowed.ts'
import { integer, optional, size, type SettingTable, type ValuesOf } from './setting.ts'

export const mediaSettings = {
  OFFHOOK_RTP_PORTS: {
    parse: portRange,
    fallback: { from: 20_000, to: 39_999 },
    about: 'Ports of media, two of each leg: RTP and RTCP.',
    usual: '20000-39999',
    example: '16384-32767',
  },
  OFFHOOK_RTP_HOST: {
    ...optional(ipAddress),
    about: 'Where media are bound.',
    usual: '(as the first address of SIP)',
    example: '192.0.2.10',
  },
  OFFHOOK_RTP_SILENCE_SECONDS: {
    ...integer(60, 0, 86_400),
    about:
      'A party that sends neither sound nor reports for so long is gone: its call ends with `call.media_lost`. 0 for never; on hold nothing is expected.',
    usual: '60',
    example: '20',
    unit: 's',
  },
  OFFHOOK_MEDIA_WORKERS: {
    ...integer(Math.max(1, availableParallelism() - 1), 1, 256),
    about: 'Threads that carry sound, made with the first call.',
    usual: '(the processor’s cores less one)',
    example: '4',
    unit: 'threads',
  },
  OFFHOOK_MEDIA_STREAMS: {
    ...integer(500, 1, 100_000),
    about:
      'Streams, one for each leg, that one thread takes at most; who comes beyond is refused with `platform.media_full`. Less is taken where its packets come late or its core is busy.',
    usual: '500',
    example: '300',
    unit: 'streams',
  },
  OFFHOOK_TTS: {
    parse: saySettings,
    fallback: saySettings('espeak'),
    hidden: true,
    about:
      'Who speaks: `name=url`, several separated by commas, the first is the usual one; after `#` the languages it is used for. `espeak` is the one in the box, `off` is none.',
    usual: 'espeak',
    example: 'acme=https://:s3cret@tts.example/speak#en+de,espeak',
  },
  OFFHOOK_SPEECH: {
    parse: speechSettings,
    fallback: speechSettings('off'),
    hidden: true,
    about: 'Who understands speech ([how to make one](recipes/speech-provider.md)); `off` is nobody.',
    usual: 'off',
    example: 'acme=wss://:s3cret@hear.example/',
  },
  OFFHOOK_CLIPS_BYTES: {
    ...size(512 * 1024 * 1024, 1024 * 1024, 2 ** 40),
    about: 'Sound that was fetched or spoken, kept decoded in the data directory to be played again.',
    usual: '512M',
    example: '4G',
    unit: 'bytes',
  },
} satisfies SettingTable

export interface MediaConfig {
  /** Ports of media, one for each stream. */
  readonly rtpPorts: { readonly from: number; readonly to: number }
  /** Where media are bound; undefined: as the first address of SIP. */
  readonly rtpHost: string | undefined
  /** A peer of whom nothing is heard for so long is gone, and its call over; 0: whatever it sends. */
  readonly rtpSilenceMs: number
  /** Threads for media. */
  readonly mediaWorkers: number
  /** Of one worker; docs/performance.md has what a core was measured to hold. */
  readonly mediaStreams: number
  /** Who makes speech of text. */
  readonly say: SaySettings
  /** Who understands speech. */
  readonly speech: SpeechSettings
  /** Of sound that was decoded or spoken, kept to be played again. */
  readonly clipsBytes: number
}

export const mediaConfig = (set: ValuesOf<typeof mediaSettings>): MediaConfig => ({
  rtpPorts: set.OFFHOOK_RTP_PORTS,
  rtpHost: set.OFFHOOK_RTP_HOST,
  rtpSilenceMs: set.OFFHOOK_RTP_SILENCE_SECONDS * 1000,
  mediaWorkers: set.OFFHOOK_MEDIA_WORKERS,
  mediaStreams: set.OFFHOOK_MEDIA_STREAMS,
  say: set.OFFHOOK_TTS,
  speech: set.OFFHOOK_SPEECH,
  clipsBytes: set.OFFHOOK_CLIPS_BYTES,
})
