// media: see schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const media: Migration = {
  version: 8,
  name: 'media',
  up: () => [],
}
