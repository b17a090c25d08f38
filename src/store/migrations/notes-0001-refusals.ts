// The unsynchronised tables: a file of their own on SQLite, UNLOGGED on PostgreSQL.

import type { Migration } from './migration.ts'

export const refusals: Migration = {
  version: 1,
  name: 'refusals',
  up: ({ big, text, unlogged }) => [
    `create ${unlogged}table refusals (
      error_id ${text} primary key, account_id ${big}, face ${text} not null, reason ${text} not null,
      params ${text} not null, method ${text} not null, path ${text} not null, status integer not null,
      code ${text} not null, source ${text} not null, trace_id ${text} not null, at_ms ${big} not null)`,
    'create index refusals_account on refusals (account_id, at_ms, error_id)',
    'create index refusals_at on refusals (at_ms)',
  ],
}
