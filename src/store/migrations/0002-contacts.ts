// Contacts, the groups they belong to, and work on many of them.

import type { Migration } from './migration.ts'

export const contacts: Migration = {
  version: 2,
  name: 'contacts',
  up: ({ big, text, keyed }) => [
    `create table contacts (
      id ${big} primary key, account_id ${big} not null, first_name ${text} not null, last_name ${text} not null,
      external_id ${text} not null, country ${text} not null, addresses ${text} not null, attributes ${text} not null,
      search ${text} not null, created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
    'create index contacts_account on contacts (account_id, id)',

    `create table contact_addresses (
      account_id ${big} not null, kind ${text} not null, value ${text} not null, contact_id ${big} not null,
      primary key (account_id, kind, value))${keyed}`,

    `create table contact_groups (
      id ${big} primary key, account_id ${big} not null, name ${text} not null, description ${text} not null,
      blocked integer not null, members ${big} not null, created_ms ${big} not null, updated_ms ${big} not null,
      version integer not null)`,
    'create index contact_groups_account on contact_groups (account_id, id)',
    'create unique index contact_groups_name on contact_groups (account_id, name)',

    `create table contact_members (
      group_id ${big} not null, contact_id ${big} not null, account_id ${big} not null,
      primary key (group_id, contact_id))${keyed}`,
    'create index contact_members_contact on contact_members (contact_id, group_id)',
    'create index contact_members_account on contact_members (account_id)',

    `create table contact_batches (
      id ${big} primary key, account_id ${big} not null, kind ${text} not null, status ${text} not null,
      input ${text} not null, cursor ${big} not null, done ${big} not null, failed ${big} not null,
      actor ${text} not null, file_name ${text} not null, created_ms ${big} not null, updated_ms ${big} not null)`,
    'create index contact_batches_account on contact_batches (account_id, id)',
    `create index contact_batches_waiting on contact_batches (id) where status in ('queued', 'running')`,
  ],
}
