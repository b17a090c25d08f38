// Messages as their users see them. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const mailbox: Migration = {
  version: 11,
  name: 'mailbox',
  up: ({ big, text }) => [
    `create table mailbox (
      id ${big} primary key, account_id ${big} not null, user_id ${big} not null, message_id ${big} not null, batch_id ${big},
      thread ${big} not null, direction ${text} not null, kind ${text} not null, is_read integer not null,
      place ${text} not null, created_ms ${big} not null, changed_ms ${big} not null)`,
    'create index mailbox_user on mailbox (user_id, id)',
    'create index mailbox_message on mailbox (message_id)',
    'create index mailbox_batch on mailbox (batch_id) where batch_id is not null',
    'create index mailbox_thread on mailbox (thread, id)',
  ],
}
