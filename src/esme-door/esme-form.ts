// What a customer needs to bind: a system id and a password, made like any other key (face `smpp`), and what the key says about its
// binds. SMPP leaves 15 characters for the one and 8 for the other.

import { isIpRange } from '#accounts/allowed-sources.ts'
import type { CredentialForm, DetailFault } from '#accounts/credential-form.ts'
import { faultsOf, valuesOf, type CarrierSettings, type Detail, type ValuesOf } from '#values/carrier-settings.ts'
import { randomToken } from '#values/secrets.ts'

export const esmeFace = 'smpp'

export const esmeForm: CredentialForm = {
  face: esmeFace,
  faults: esmeFaults,
  make: () => ({ publicId: randomToken(12), secret: randomToken(8) }),
  sealed: false,
}

/** What a key's detail may say. */
const esmeTerms = {
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
    pattern: /^[0-9a-fA-F:./,]*$/,
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

/** Each address and range of a list. */
export const sourcesOf = ({ allowedSources }: Pick<EsmeTerms, 'allowedSources'>): string[] =>
  allowedSources === '' ? [] : allowedSources.split(',')

function esmeFaults(detail: Detail): DetailFault[] {
  const faults = faultsOf(esmeTerms, detail)
  if (faults.length > 0 || sourcesOf(termsOf(detail)).every(isIpRange)) return faults
  return [{ field: 'allowedSources', problem: `must be ${esmeTerms.allowedSources.form}` }]
}

/** Of a detail without faults; what it does not say has its default. */
export const termsOf = (detail: Detail): EsmeTerms => valuesOf(esmeTerms, detail)
