// The life of a number: its state, its term, who holds it; the addresses that regulation asks for, the rules of the
// operator, and the numbers that an account trusts. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const numberRules: Migration = {
  version: 7,
  name: 'number rules',
  up: ({ big, text, keyed }) => [
    `alter table numbers add column status ${text} not null default 'active'`,
    `alter table numbers add column expires_ms ${big}`,
    `alter table numbers add column reservation_id ${big}`,
    `alter table numbers add column reserved_by ${big}`,
    `alter table numbers add column reserved_until_ms ${big}`,
    `alter table numbers add column address_id ${big}`,
    `create unique index numbers_short on numbers (number) where form = 'short'`,
    'create index numbers_expires on numbers (expires_ms) where expires_ms is not null',
    'create index numbers_reservation on numbers (reservation_id) where reservation_id is not null',
    'create index numbers_reserved_by on numbers (reserved_by) where reserved_by is not null',
    'create index numbers_address on numbers (address_id) where address_id is not null',

    `create table addresses (
      id ${big} primary key, account_id ${big} not null, name ${text} not null, holder ${text} not null,
      country ${text} not null, region ${text} not null, city ${text} not null, street ${text} not null,
      postal_code ${text} not null, created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
    'create index addresses_account on addresses (account_id, id)',
    'create unique index addresses_name on addresses (account_id, name)',

    `create table number_rules (
      country ${text} not null, type ${text} not null, region ${text} not null, address ${text} not null,
      barred_callers ${text} not null, updated_ms ${big} not null, primary key (country, type, region))${keyed}`,

    `create table trusted_numbers (
      id ${big} primary key, account_id ${big} not null, number ${text} not null, created_ms ${big} not null)`,
    'create unique index trusted_numbers_number on trusted_numbers (account_id, number)',
    'create index trusted_numbers_account on trusted_numbers (account_id, id)',
  ],
}
