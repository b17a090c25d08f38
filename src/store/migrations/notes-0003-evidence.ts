// What went over the wire, for the timelines of messages: many records packed into a row, so that keeping them costs a write
// now and then and no index entry each.

import type { Migration } from './migration.ts'

export const evidence: Migration = {
  version: 3,
  name: 'evidence',
  up: ({ engine, big, unlogged }) => [
    `create ${unlogged}table evidence (
      id ${big} primary key, from_ms ${big} not null, to_ms ${big} not null, size_bytes integer not null,
      records ${engine === 'sqlite' ? 'blob' : 'bytea'} not null)`,
    // With the size, so that the sum of all reads no row.
    'create index evidence_to on evidence (to_ms, size_bytes)',
  ],
}
