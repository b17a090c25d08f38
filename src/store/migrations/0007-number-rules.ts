// number rules: see schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const numberRules: Migration = {
  version: 7,
  name: 'number rules',
  up: () => [],
}
