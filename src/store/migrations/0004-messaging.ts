// Messages with their segments, carriers and routes; who opted out; what came from the network and awaits its rest.
// See schema.ts for what each column means. A message pays for each index with every send, so there are few.

import type { Migration } from './migration.ts'

export const messaging: Migration = {
  version: 4,
  name: 'messaging',
  up({ big, text, keyed }) {
    return [
      `create table messages (
        id ${big} primary key, account_id ${big} not null, direction ${text} not null, kind ${text} not null,
        face ${text} not null, sender ${text} not null, recipient ${text} not null, body ${text} not null,
        coding ${text} not null, segments integer not null, state ${text} not null, reason ${text}, params ${text},
        cause ${text}, error_id ${text}, carrier_id ${big}, attempts integer not null, priority integer not null,
        report integer not null, due_ms ${big}, deadline_ms ${big}, wake_ms ${big}, payer_id ${big},
        price_micro ${big} not null, currency ${text} not null, batch_id ${big}, client_ref ${text} not null,
        callback ${text}, detail ${text} not null, created_ms ${big} not null, sent_ms ${big}, ended_ms ${big},
        updated_ms ${big} not null)`,
      'create index messages_account on messages (account_id, id)',
      // A queued message is its own job.
      `create index messages_queue on messages (carrier_id, account_id, priority, id) where state = 'queued'`,
      // When to look at it again: due, past its deadline, or without its receipt.
      'create index messages_wake on messages (wake_ms) where wake_ms is not null',
      'create index messages_error on messages (error_id) where error_id is not null',
      'create index messages_batch on messages (batch_id, id) where batch_id is not null',

      `create table message_segments (
        carrier_id ${big} not null, ref ${text} not null, message_id ${big} not null, segment integer not null,
        state ${text} not null, cause ${text}, raw_ref ${text} not null, at_ms ${big} not null,
        primary key (carrier_id, ref))${keyed}`,
      // Only messages of several segments ask for all of them.
      'create index message_segments_message on message_segments (message_id, segment) where segment > 0',

      `create table sender_queues (
        account_id ${big} not null, sender ${text} not null, queued ${big} not null,
        primary key (account_id, sender))${keyed}`,

      `create table parked_receipts (
        id ${big} primary key, carrier_id ${big} not null, ref ${text} not null, receipt ${text} not null, at_ms ${big} not null)`,
      'create index parked_receipts_ref on parked_receipts (carrier_id, ref)',
      'create index parked_receipts_at on parked_receipts (at_ms)',

      `create table inbound_parts (
        carrier_id ${big} not null, sender ${text} not null, recipient ${text} not null, reference integer not null,
        total integer not null, part integer not null, body ${text} not null, coding ${text} not null, at_ms ${big} not null,
        primary key (carrier_id, sender, recipient, reference, total, part))${keyed}`,
      'create index inbound_parts_at on inbound_parts (at_ms)',

      `create table message_batches (
        id ${big} primary key, account_id ${big} not null, client_ref ${text} not null, accepted integer not null,
        rejected integer not null, created_ms ${big} not null)`,
      'create index message_batches_account on message_batches (account_id, id)',

      `create table carriers (
        id ${big} primary key, name ${text} not null, kind ${text} not null, enabled integer not null, detail ${text} not null,
        secret_sealed ${text}, created_ms ${big} not null, updated_ms ${big} not null, version integer not null)`,
      'create unique index carriers_name on carriers (name)',

      `create table routes (
        id ${big} primary key, account_id ${big}, prefix ${text} not null, sender ${text} not null, kind ${text} not null,
        carrier_id ${big} not null, rank integer not null, cost_micro ${big} not null, created_ms ${big} not null,
        updated_ms ${big} not null, version integer not null)`,
      'create index routes_carrier on routes (carrier_id)',

      `create table opt_outs (
        account_id ${big} not null, recipient ${text} not null, sender ${text} not null, origin ${text} not null,
        at_ms ${big} not null, primary key (account_id, recipient, sender))${keyed}`,
      'create index opt_outs_sender on opt_outs (account_id, sender, recipient)',
    ]
  },
}
