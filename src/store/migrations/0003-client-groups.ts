// Groups of clients, and what a client is as a member of one.

import type { Migration } from './migration.ts'

export const clientGroups: Migration = {
  version: 3,
  name: 'client groups',
  up: ({ big, text }) => [
    `create table client_groups (
      id ${big} primary key, account_id ${big} not null, name ${text} not null, members ${big} not null,
      created_ms ${big} not null)`,
    'create unique index client_groups_name on client_groups (name)',
    'create index client_groups_account on client_groups (account_id, id)',

    `create table group_clients (
      client_id ${big} primary key, group_id ${big} not null, account_id ${big} not null, name ${text} not null,
      number_id ${big}, expires_ms ${big}, ended integer not null)`,
    'create unique index group_clients_name on group_clients (group_id, name)',
    'create unique index group_clients_number on group_clients (number_id) where number_id is not null',
    'create index group_clients_page on group_clients (group_id, client_id)',
    'create index group_clients_account on group_clients (account_id)',
  ],
}
