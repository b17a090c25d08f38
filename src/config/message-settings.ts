// Settings of messages and e-mails: where customers bind, how long segments wait, who takes e-mails.

import type { SmtpConfig } from '#email/smtp-sender.ts'
import { smppAddresses, smtp, type Address } from './allowed.ts'
import { integer, secret, type Setting, type SettingTable, type ValuesOf } from './setting.ts'

const usualSmpp: readonly Required<Address>[] = [{ host: '127.0.0.1', port: 2775, secure: false }]

export const messageSettings = {
  OFFHOOK_SMPP: {
    ...({ parse: smppAddresses, fallback: usualSmpp } satisfies Setting<readonly Required<Address>[]>),
    about: 'Where customers’ SMPP binds are taken, several separated by commas; `smpps://` for TLS, `off` for none.',
    usual: '127.0.0.1:2775',
    example: '0.0.0.0:2775,smpps://0.0.0.0:3550',
  },
  OFFHOOK_SEGMENT_WAIT_MS: {
    ...integer(900_000, 1000, 86_400_000),
    about: 'How long a segment from a network waits for the others of its message.',
    usual: '900000',
    example: '3600000',
    unit: 'ms',
  },
  OFFHOOK_SMTP: {
    ...secret(smtp),
    about:
      'The mail server that e-mails are handed to: `smtp://`, or `smtps://` for TLS from the start; user and password percent-encoded or left out; `?tls=` `required`, `offered` or `never`. A password goes over TLS only, unless the server is on this machine.',
    usual: '(none: e-mails are refused)',
    example: 'smtp://offhook:s3cret@mail.example.com:587',
  },
} satisfies SettingTable

export interface MessageConfig {
  /** Where customers' SMPP binds are taken; empty: nowhere. */
  readonly smpp: readonly Required<Address>[]
  /** Nobody asked for that address: where it is taken, the platform starts without. */
  readonly smppIsUsual: boolean
  /** How long a segment from a network waits for the others. */
  readonly segmentWaitMs: number
  /** The mail server that e-mails are handed to; undefined: none are taken. */
  readonly smtp: SmtpConfig | undefined
}

export const messageConfig = (set: ValuesOf<typeof messageSettings>): MessageConfig => ({
  smpp: set.OFFHOOK_SMPP,
  smppIsUsual: set.OFFHOOK_SMPP === usualSmpp,
  segmentWaitMs: set.OFFHOOK_SEGMENT_WAIT_MS,
  smtp: set.OFFHOOK_SMTP,
})
