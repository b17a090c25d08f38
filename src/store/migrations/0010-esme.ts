// What customers' SMPP binds are still to be told, and segments of theirs that await the others. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const esme: Migration = {
  version: 10,
  name: 'esme',
  up: ({ big, text, keyed }) => [
    `create table esme_deliveries (
      id ${big} primary key, credential_id ${big} not null, kind ${text} not null, message_id ${big}, shown_id ${big},
      state ${text} not null, reason ${text}, detail ${text} not null, at_ms ${big} not null)`,
    'create index esme_deliveries_credential on esme_deliveries (credential_id, id)',
    `create table esme_parts (
      credential_id ${big} not null, sender ${text} not null, recipient ${text} not null, reference integer not null,
      total integer not null, part integer not null, id ${big} not null, body ${text} not null, detail ${text} not null,
      at_ms ${big} not null, primary key (credential_id, sender, recipient, reference, total, part))${keyed}`,
    'create index esme_parts_at on esme_parts (at_ms)',
  ],
}
