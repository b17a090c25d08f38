// Each attempt to deliver a webhook, as it went: unsynchronised, as the delivery itself says whether it has arrived.

import type { Migration } from './migration.ts'

export const webhookAttempts: Migration = {
  version: 2,
  name: 'webhook-attempts',
  up: ({ big, text, keyed, unlogged }) => [
    `create ${unlogged}table webhook_attempts (
      delivery_id ${big} not null, attempt integer not null, step integer not null, account_id ${big} not null,
      at_ms ${big} not null, took_ms integer not null, method ${text} not null, url ${text} not null,
      address ${text} not null, headers ${text} not null, status integer, answer_headers ${text} not null,
      answer_body ${text} not null, reason ${text}, detail ${text} not null,
      primary key (delivery_id, attempt, step))${keyed}`,
    'create index webhook_attempts_at on webhook_attempts (at_ms)',
  ],
}
