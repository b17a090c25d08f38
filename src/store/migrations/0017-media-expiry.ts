// Files of an account's store that are kept for a time: see schema.ts for what the column means.

import type { Migration } from './migration.ts'

export const mediaExpiry: Migration = {
  version: 17,
  name: 'media expiry',
  up: ({ big }) => [
    `alter table media add column expires_ms ${big}`,
    'create index media_expiry on media (expires_ms) where expires_ms is not null',
  ],
}
