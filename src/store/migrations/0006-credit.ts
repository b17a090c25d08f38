// credit: see schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const credit: Migration = {
  version: 6,
  name: 'credit',
  up: () => [],
}
