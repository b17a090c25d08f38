// The first tables: accounts, who may enter, what they own, the log, and what keeps requests honest.
// Indexes on what is written often are few: each costs every insert.

import type { Migration } from './migration.ts'

export const foundation: Migration = {
  version: 1,
  name: 'foundation',
  up({ engine, big, text, keyed, unlogged }) {
    const seq = engine === 'sqlite' ? 'seq integer primary key autoincrement' : 'seq bigserial primary key'
    // See happenings.ts: cursors on PostgreSQL go by transaction, then seq.
    const tx = engine === 'sqlite' ? '' : 'tx xid8 not null default pg_current_xact_id(),'
    const statements = [
      `create table accounts (
        id ${big} primary key, parent_id ${big}, path ${text} not null, depth integer not null, name ${text} not null,
        status ${text} not null, kind ${text} not null, settings ${text} not null,
        created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create index accounts_parent on accounts (parent_id, id)',
      'create unique index accounts_path on accounts (path)',

      `create table users (
        id ${big} primary key, account_id ${big} not null, login ${text} not null, name ${text} not null,
        role ${text} not null, status ${text} not null, password_hash ${text}, totp_sealed ${text},
        totp_confirmed integer not null, detail ${text} not null,
        created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create unique index users_login on users (lower(login))',
      // The statement that logs a user in asks for the login as it stands, in lower case already.
      'create index users_login_exact on users (login)',
      'create index users_account on users (account_id, id)',

      `create table credentials (
        id ${big} primary key, account_id ${big} not null, user_id ${big}, face ${text} not null,
        public_id ${text} not null, secret_hash ${text} not null, secret_sealed ${text}, previous_hash ${text},
        previous_until_ms ${big}, name ${text} not null, permissions ${text}, status ${text} not null,
        detail ${text} not null, expires_ms ${big}, created_ms ${big} not null, updated_ms ${big} not null)`,
      'create unique index credentials_public on credentials (face, public_id)',
      'create index credentials_account on credentials (account_id, id)',
      'create index credentials_user on credentials (user_id)',

      `create table tokens (
        id ${big} primary key, account_id ${big} not null, user_id ${big} not null, credential_id ${big},
        face ${text} not null, kind ${text} not null, hash ${text} not null, family ${big} not null,
        detail ${text} not null, expires_ms ${big} not null, used_ms ${big}, created_ms ${big} not null)`,
      'create unique index tokens_hash on tokens (hash)',
      'create index tokens_family on tokens (family)',
      'create index tokens_user on tokens (user_id, id)',
      'create index tokens_credential on tokens (credential_id) where credential_id is not null',
      'create index tokens_account on tokens (account_id)',
      'create index tokens_expires on tokens (expires_ms)',

      `create table applications (
        id ${big} primary key, account_id ${big} not null, name ${text} not null, kind ${text} not null,
        detail ${text} not null, created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create index applications_account on applications (account_id, id)',
      'create index applications_name on applications (account_id, name)',

      `create table clients (
        id ${big} primary key, account_id ${big} not null, realm_id ${big} not null, login ${text} not null,
        name ${text} not null, password_sealed ${text} not null, enabled integer not null, detail ${text} not null,
        created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create unique index clients_login on clients (realm_id, login)',
      'create index clients_account on clients (account_id, id)',

      `create table numbers (
        id ${big} primary key, account_id ${big}, number ${text} not null, form ${text} not null,
        country ${text} not null, type ${text} not null, state ${text} not null, region ${text} not null,
        capabilities ${text} not null, application_id ${big}, face ${text} not null, name ${text} not null,
        detail ${text} not null, price_micro ${big} not null, currency ${text} not null, bought_ms ${big},
        updated_ms ${big} not null, version integer not null)`,
      `create unique index numbers_e164 on numbers (number) where form = 'e164'`,
      'create index numbers_number on numbers (number)',
      'create index numbers_account on numbers (account_id, id)',
      'create index numbers_application on numbers (application_id) where application_id is not null',
      'create index numbers_stock on numbers (country, type, id) where account_id is null',

      `create table aliases (
        face ${text} not null, kind ${text} not null, alias ${text} not null, id ${big} not null,
        primary key (face, kind, alias))${keyed}`,
      'create index aliases_id on aliases (id, face, kind)',

      `create table facets (
        face ${text} not null, noun ${text} not null, id ${big} not null, account_id ${big} not null,
        data ${text} not null, updated_ms ${big} not null, primary key (face, noun, id))${keyed}`,
      'create index facets_account on facets (account_id, face, noun, id)',

      `create table happenings (
        ${seq}, account_id ${big} not null, noun ${text} not null, noun_id ${big} not null,
        kind ${text} not null, actor ${text} not null, data ${text} not null, ${tx} at_ms ${big} not null)`,
      'create index happenings_account on happenings (account_id, seq)',
      // Ids are unique over all nouns, so the id alone finds the timeline.
      'create index happenings_noun on happenings (noun_id, seq)',

      `create table counters (account_id ${big} not null, noun ${text} not null, n ${big} not null,
        primary key (account_id, noun))${keyed}`,

      `create table idempotency (
        account_id ${big} not null, key_hash ${text} not null, fingerprint ${text} not null, outcome ${text} not null,
        created_ms ${big} not null, primary key (account_id, key_hash))${keyed}`,
      'create index idempotency_created on idempotency (created_ms)',

      `create table lockouts (
        subject ${text} primary key, failures integer not null, last_proof ${text} not null,
        locked_until_ms ${big} not null, updated_ms ${big} not null)${keyed}`,
      'create index lockouts_updated on lockouts (updated_ms)',

      `create ${unlogged}table rate_windows (
        bucket ${text} not null, window_ms ${big} not null, used ${big} not null,
        primary key (bucket, window_ms))${keyed}`,
      'create index rate_windows_window on rate_windows (window_ms)',

      `create table leases (
        thing ${text} primary key, node ${text} not null, epoch ${big} not null, expires_ms ${big} not null)${keyed}`,
    ]
    if (engine === 'postgres') {
      statements.push('create index happenings_tx on happenings (tx, seq)')
      // One dead row version a change: room on the page keeps the counter's updates off its index.
      statements.push('alter table counters set (fillfactor = 50)')
    }
    return statements
  },
}
