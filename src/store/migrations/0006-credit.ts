// Prepaid balances with their ledger, what things cost (decks of rates), packages, and what was used on which day.
// See schema.ts for what each column means. The two tables that messages touch, balances and usage_days, have no
// index beside their key: a batch of messages pays for one row of each.

import type { Migration } from './migration.ts'

export const credit: Migration = {
  version: 6,
  name: 'credit',
  up({ engine, big, text, keyed }) {
    const id = engine === 'sqlite' ? 'id integer primary key autoincrement' : 'id bigserial primary key'
    return [
      `create table balances (
        account_id ${big} primary key, currency ${text} not null, balance_micro ${big} not null, held_micro ${big} not null,
        low_micro ${big}, state ${text} not null, created_ms ${big} not null, updated_ms ${big} not null)`,

      `create table transfers (
        ${id}, account_id ${big} not null, debit_book ${text} not null, credit_book ${text} not null,
        amount_micro ${big} not null, currency ${text} not null, kind ${text} not null, noun ${text} not null,
        noun_id ${big}, items integer not null, memo ${text} not null, at_ms ${big} not null)`,
      'create index transfers_account on transfers (account_id, id)',

      `create table rate_decks (
        id ${big} primary key, name ${text} not null, currency ${text} not null, created_ms ${big} not null,
        updated_ms ${big} not null, version integer not null)`,
      'create unique index rate_decks_name on rate_decks (name)',

      `create table rates (
        deck_id ${big} not null, service ${text} not null, direction ${text} not null, prefix ${text} not null,
        price_micro ${big} not null, per integer not null, first_block integer not null, next_block integer not null,
        primary key (deck_id, service, direction, prefix))${keyed}`,

      `create table account_decks (account_id ${big} primary key, deck_id ${big} not null, updated_ms ${big} not null)`,
      'create index account_decks_deck on account_decks (deck_id)',

      `create table packages (
        id ${big} primary key, name ${text} not null, price_micro ${big} not null, currency ${text} not null,
        credit_micro ${big} not null, valid_days integer, deck_id ${big}, offered integer not null,
        created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create unique index packages_name on packages (name)',

      `create table account_packages (
        account_id ${big} primary key, package_id ${big} not null, deck_id ${big}, bought_ms ${big} not null, expires_ms ${big})`,

      `create table usage_days (
        account_id ${big} not null, day integer not null, service ${text} not null, direction ${text} not null,
        currency ${text} not null, items ${big} not null, units ${big} not null, price_micro ${big} not null,
        primary key (account_id, day, service, direction, currency))${keyed}`,
    ]
  },
}
