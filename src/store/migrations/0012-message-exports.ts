// Jobs that find the messages of an export. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const messageExports: Migration = {
  version: 12,
  name: 'message exports',
  up: ({ big, text }) => [
    `create table message_exports (
      id ${big} primary key, account_id ${big} not null, status ${text} not null, wanted ${text} not null, row_limit integer not null,
      cursor ${big} not null, found integer not null, files ${text} not null, actor ${text} not null, created_ms ${big} not null,
      updated_ms ${big} not null, expires_ms ${big})`,
    `create index message_exports_open on message_exports (id) where status in ('queued', 'running')`,
    'create index message_exports_end on message_exports (expires_ms) where expires_ms is not null',
  ],
}
