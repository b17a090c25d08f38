// Media and e-mails: see schema.ts for what each column means. The bytes of media stand in the database and nowhere else,
// so that every node that shares it has them, a backup holds them, and a commit makes them durable.

import type { Migration } from './migration.ts'

export const media: Migration = {
  version: 8,
  name: 'media',
  up({ engine, big, text }) {
    const bytes = engine === 'sqlite' ? 'blob' : 'bytea'
    return [
      `create table media (
        id ${big} primary key, account_id ${big} not null, message_id ${big}, position integer not null,
        listed integer not null, name ${text} not null, type ${text} not null, size_bytes ${big} not null,
        sha256 ${text} not null, origin ${text} not null, created_ms ${big} not null)`,
      'create index media_account on media (account_id, id) where listed = 1',
      `create unique index media_name on media (account_id, name) where listed = 1 and name <> ''`,
      'create index media_message on media (message_id, position) where message_id is not null',
      `create index media_received on media (created_ms) where origin = 'received'`,

      // With a rowid on SQLite: long rows would make the tree of a table without one deep.
      `create table media_contents (sha256 ${text} primary key, refs ${big} not null, bytes ${bytes} not null)`,

      `create table emails (
        id ${big} primary key, account_id ${big} not null, face ${text} not null, sender ${text} not null,
        recipients ${text} not null, subject ${text} not null, body ${text} not null, type ${text} not null,
        state ${text} not null, reason ${text}, cause ${text}, attempts integer not null, wake_ms ${big},
        deadline_ms ${big} not null, created_ms ${big} not null, ended_ms ${big}, updated_ms ${big} not null)`,
      'create index emails_account on emails (account_id, id)',
      // A queued e-mail is its own job.
      `create index emails_queue on emails (wake_ms) where state = 'queued'`,
    ]
  },
}
