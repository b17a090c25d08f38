// messaging: see schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const messaging: Migration = {
  version: 4,
  name: 'messaging',
  up: () => [],
}
