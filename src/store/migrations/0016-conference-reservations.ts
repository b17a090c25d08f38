// Reservations of conferences: see voice-schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const conferenceReservations: Migration = {
  version: 16,
  name: 'conference reservations',
  up: ({ big, text }) => [
    `create table conference_reservations (
      id ${big} primary key, account_id ${big} not null, face ${text} not null, name ${text} not null, state ${text} not null,
      participants integer not null, divert ${text} not null, starts_ms ${big} not null, ends_ms ${big} not null,
      ended_ms ${big}, created_ms ${big} not null, updated_ms ${big} not null)`,
    'create index conference_reservations_account on conference_reservations (account_id, id)',
    // One at a time of a name; and what begins or ends next.
    'create unique index conference_reservations_name on conference_reservations (account_id, name) where ended_ms is null',
    'create index conference_reservations_last on conference_reservations (account_id, name, ends_ms)',
    "create index conference_reservations_start on conference_reservations (starts_ms) where state = 'reserved'",
    'create index conference_reservations_end on conference_reservations (ends_ms) where ended_ms is null',
    'create index conference_reservations_ended on conference_reservations (ended_ms) where ended_ms is not null',
  ],
}
