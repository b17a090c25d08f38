// Calls, recordings, conferences and registrations: see voice-schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const voice: Migration = {
  version: 13,
  name: 'voice',
  up({ big, text }) {
    return [
      `create table calls (
        id ${big} primary key, session_id ${big} not null, parent_id ${big}, account_id ${big} not null,
        direction ${text} not null, origin ${text} not null, face ${text} not null, caller ${text} not null,
        caller_name ${text} not null, called ${text} not null, forwarded_from ${text} not null, number ${text} not null,
        state ${text} not null, reason ${text}, params ${text}, cause ${text}, error_id ${text}, sip_status integer,
        q850 integer, ended_by ${text}, carrier_id ${big}, client_id ${big}, number_id ${big}, application_id ${big},
        conference_id ${big}, node ${text} not null, payer_id ${big}, rate_micro ${big} not null,
        charging_block ${text} not null, held_micro ${big} not null, price_micro ${big} not null,
        cost_micro ${big} not null, currency ${text} not null, duration_ms ${big}, client_ref ${text} not null,
        callback ${text}, detail ${text} not null, media ${text}, created_ms ${big} not null, ringing_ms ${big},
        answered_ms ${big}, ended_ms ${big}, updated_ms ${big} not null)`,
      'create index calls_account on calls (account_id, id)',
      'create index calls_session on calls (session_id)',
      // Those that are up: closed by whoever finds that their node is gone.
      'create index calls_open on calls (node) where ended_ms is null',
      // What is kept for so long only, oldest first.
      'create index calls_error on calls (error_id) where error_id is not null',
      'create index calls_ended on calls (account_id, ended_ms) where ended_ms is not null',

      `create table recordings (
        id ${big} primary key, account_id ${big} not null, call_id ${big}, session_id ${big}, conference_id ${big},
        face ${text} not null, state ${text} not null, reason ${text}, source ${text} not null, channels ${text} not null,
        file ${text} not null, key_sealed ${text} not null, duration_ms ${big} not null, size_bytes ${big} not null,
        secret ${text} not null, detail ${text} not null, callback ${text}, created_ms ${big} not null, ended_ms ${big},
        updated_ms ${big} not null)`,
      'create index recordings_account on recordings (account_id, id)',
      'create index recordings_call on recordings (call_id) where call_id is not null',
      'create index recordings_session on recordings (session_id) where session_id is not null',

      `create table conferences (
        id ${big} primary key, account_id ${big} not null, face ${text} not null, name ${text} not null,
        state ${text} not null, reason ${text}, node ${text} not null, detail ${text} not null,
        created_ms ${big} not null, started_ms ${big}, ended_ms ${big}, updated_ms ${big} not null)`,
      'create index conferences_account on conferences (account_id, id)',
      // One at a time of a name.
      'create unique index conferences_open on conferences (account_id, name) where ended_ms is null',

      `create table conference_members (
        conference_id ${big} not null, call_id ${big} not null, account_id ${big} not null, muted integer not null,
        held integer not null, start_on_enter integer not null, end_on_exit integer not null,
        joined_ms ${big} not null, left_ms ${big}, updated_ms ${big} not null, primary key (conference_id, call_id))`,
      'create index conference_members_call on conference_members (call_id)',

      `create table registrations (
        id ${big} primary key, client_id ${big} not null, account_id ${big} not null, contact ${text} not null,
        instance ${text} not null, reg_id integer not null, call_id ${text} not null, cseq ${big} not null,
        transport ${text} not null, source ${text} not null, path ${text} not null, q integer not null, user_agent ${text} not null,
        node ${text} not null, expires_ms ${big} not null, created_ms ${big} not null, updated_ms ${big} not null)`,
      'create unique index registrations_contact on registrations (client_id, contact)',
      // A phone says its name and perhaps no domain.
      'create index clients_by_login on clients (login)',
      'create index registrations_expiry on registrations (expires_ms)',

      `create table refers (
        id ${big} primary key, account_id ${big} not null, call_id ${big} not null, caller ${text} not null,
        target ${text} not null, sip_status integer, notified_status integer, created_ms ${big} not null)`,
      'create index refers_account on refers (account_id, id)',
    ]
  },
}
