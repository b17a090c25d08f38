// Who is told of events, and each telling until it has arrived or is given up. See schema.ts for what each column means.

import type { Migration } from './migration.ts'

export const webhooks: Migration = {
  version: 5,
  name: 'webhooks',
  up({ big, text }) {
    return [
      `create table webhook_endpoints (
        id ${big} primary key, account_id ${big} not null, face ${text} not null, kind ${text} not null, url ${text} not null,
        fallback_url ${text}, events ${text} not null, name ${text} not null, enabled integer not null, detail ${text} not null,
        secret_sealed ${text} not null, previous_sealed ${text}, previous_until_ms ${big}, expires_ms ${big},
        created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create index webhook_endpoints_account on webhook_endpoints (account_id, id)',
      'create index webhook_endpoints_expires on webhook_endpoints (expires_ms) where expires_ms is not null',

      `create table webhook_deliveries (
        id ${big} primary key, account_id ${big} not null, endpoint_id ${big}, face ${text} not null, kind ${text} not null,
        noun ${text} not null, noun_id ${big} not null, lane ${big} not null, queue ${big} not null, state ${text} not null,
        method ${text} not null, url ${text} not null, headers ${text} not null, body ${text} not null, fallback ${text},
        subject ${text}, error_id ${text}, loopback integer not null, attempts integer not null, attempts_before integer not null, due_ms ${big} not null,
        deadline_ms ${big} not null, status integer, reason ${text}, params ${text}, happened_ms ${big} not null,
        created_ms ${big} not null, ended_ms ${big})`,
      'create index webhook_deliveries_account on webhook_deliveries (account_id, id)',
      'create index webhook_deliveries_noun on webhook_deliveries (noun_id)',
      // What is still to be told, in its order; and what was given up, which somebody may want to see and repeat.
      `create index webhook_deliveries_queue on webhook_deliveries (queue, id) where state = 'pending'`,
      `create index webhook_deliveries_dead on webhook_deliveries (account_id, id) where state = 'failed'`,
    ]
  },
}
