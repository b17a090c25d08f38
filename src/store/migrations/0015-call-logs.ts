// Whose line a call was: the log that each user has of their own calls. See voice-schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const callLogs: Migration = {
  version: 15,
  name: 'call logs',
  up: ({ big }) => [
    `alter table calls add column user_id ${big}`,
    'alter table calls add column hidden integer not null default 0',
    'create index calls_user on calls (user_id, id) where user_id is not null',
  ],
}
