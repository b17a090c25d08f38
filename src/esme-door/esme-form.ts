// What a customer needs to bind: a system id and a password, made like any other key (face `smpp`), and what the key says about its
// binds. SMPP leaves 15 characters for the one and 8 for the other.

import type { CredentialForm } from '#accounts/credential-form.ts'
import { faultsOf, valuesOf, type CarrierSettings, type ValuesOf } from '#messaging/carrier-settings.ts'
import { randomToken } from '#values/secrets.ts'

export const esmeFace = 'smpp'

export const esmeForm: CredentialForm = {
  face: esmeFace,
  make: () => ({ publicId: randomToken(12), secret: randomToken(8) }),
  sealed: false,
}

/** What a key's detail may say. */
export const esmeTerms = {
  maxBinds: { type: 'integer', fallback: 10, min: 1, max: 1000, unit: '', about: 'Binds at a time.' },
  window: {
    type: 'integer',
    fallback: 500,
    min: 1,
    max: 5000,
    unit: 'PDUs',
    about: 'How many PDUs of a bind may be unanswered.',
  },
  throughput: {
    type: 'integer',
    fallback: 0,
    min: 0,
    max: 100_000,
    unit: 'messages a second',
    about: 'Over all binds; 0 is no limit.',
  },
  allowedSources: {
    type: 'text',
    fallback: '',
    pattern: /^([0-9a-fA-F:.]+(\/\d{1,3})?(,(?!$)|$))*$/,
    form: 'addresses and ranges, separated by commas',
    about: 'Where binds may come from; empty: anywhere the account allows.',
  },
  inbound: { type: 'boolean', fallback: true, about: 'Messages to the numbers of the account are told to these binds.' },
  alphabet: {
    type: 'choice',
    fallback: 'gsm7',
    choices: ['gsm7', 'latin1', 'ascii', 'utf8'],
    about: 'What data_coding 0 means in what is submitted.',
  },
  longMessages: { type: 'choice', fallback: 'udh8', choices: ['udh8', 'sar', 'payload'], about: 'How long messages are told.' },
} as const satisfies CarrierSettings

export type EsmeTerms = ValuesOf<typeof esmeTerms>

/** What the detail does not say, or says wrongly, has its default. */
export function termsOf(detail: Readonly<Record<string, unknown>>): EsmeTerms {
  const faulty = new Set(faultsOf(esmeTerms, detail).map(({ field }) => field))
  return valuesOf(esmeTerms, Object.fromEntries(Object.entries(detail).filter(([name]) => !faulty.has(name))))
}
