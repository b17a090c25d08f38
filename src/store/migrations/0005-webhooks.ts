// webhooks: see schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const webhooks: Migration = {
  version: 5,
  name: 'webhooks',
  up: () => [],
}
