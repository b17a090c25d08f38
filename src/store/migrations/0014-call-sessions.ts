// Calls whose switching stands elsewhere and asks for routes and charging here, and what carriers are paid. See voice-schema.ts for what each
// column means.

import type { Migration } from './migration.ts'

export const callSessions: Migration = {
  version: 14,
  name: 'call sessions',
  up: ({ big, text }) => [
    `create table call_sessions (
      id ${big} primary key, account_id ${big} not null, face ${text} not null, caller ${text} not null, called ${text} not null,
      client_ref ${text} not null, state ${text} not null, routes ${text} not null, route_id ${big}, carrier_id ${big}, payer_id ${big},
      rate_micro ${big} not null, rate_per ${big} not null, charging_block ${text} not null, held_micro ${big} not null,
      price_micro ${big} not null, cost_micro ${big} not null, currency ${text} not null, sip_status integer,
      duration_seconds ${big}, note ${text} not null, created_ms ${big} not null, alerted_ms ${big}, connected_ms ${big}, ended_ms ${big},
      closed_ms ${big}, updated_ms ${big} not null)`,
    'create index call_sessions_account on call_sessions (account_id, id)',
    'create index call_sessions_open on call_sessions (created_ms) where ended_ms is null',
    `create table carrier_decks (carrier_id ${big} primary key, deck_id ${big} not null, updated_ms ${big} not null)`,
  ],
}
