// Numbers over which two parties call each other: see voice-schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const maskings: Migration = {
  version: 21,
  name: 'maskings',
  up: ({ big, text }) => [
    `create table maskings (
      id ${big} primary key, account_id ${big} not null, face ${text} not null, number_id ${big} not null, number ${text} not null,
      party_a ${text} not null, party_b ${text} not null, record integer not null, callback ${text}, client_ref ${text} not null,
      expires_ms ${big}, ended_ms ${big}, created_ms ${big} not null, updated_ms ${big} not null)`,
    'create index maskings_account on maskings (account_id, id)',
    'create index maskings_open on maskings (number_id) where ended_ms is null',
    'create index maskings_ended on maskings (ended_ms) where ended_ms is not null',
    'create index maskings_expiry on maskings (expires_ms) where expires_ms is not null',
  ],
}
