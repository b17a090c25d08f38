// The wish to be forgotten, of one person in one account: its own job until it is done. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const privacy: Migration = {
  version: 9,
  name: 'privacy',
  up: ({ big, text }) => [
    `create table erasures (
      id ${big} primary key, account_id ${big} not null, kind ${text} not null, person_sealed ${text} not null,
      person_hash ${text} not null, status ${text} not null, place ${text} not null, cursor ${big} not null,
      erased ${big} not null, actor ${text} not null, created_ms ${big} not null, updated_ms ${big} not null)`,
    'create index erasures_account on erasures (account_id, id)',
    `create index erasures_queue on erasures (id) where status in ('queued', 'running')`,
  ],
}
