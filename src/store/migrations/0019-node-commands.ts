// What one node asks of another that has the call or the conference which it is about. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const nodeCommands: Migration = {
  version: 19,
  name: 'node commands',
  up: ({ big, text }) => [
    `create table node_commands (
      id ${big} primary key, node ${text} not null, asker ${text} not null, state ${text} not null, ask_sealed ${text} not null,
      answer_sealed ${text}, created_ms ${big} not null, deadline_ms ${big} not null)`,
    `create index node_commands_asked on node_commands (node, id) where state = 'asked'`,
    'create index node_commands_created on node_commands (created_ms)',
  ],
}
