// Where nodes reach each other over SIP, and the flow that a phone has registered over (RFC 5626). See voice-schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const nodeAddresses: Migration = {
  version: 23,
  name: 'node addresses',
  up: ({ text }) => [
    `create table node_addresses (node ${text} primary key, sip ${text} not null)`,
    `alter table registrations add column flow ${text} not null default ''`,
  ],
}
