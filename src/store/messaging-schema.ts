// The tables of messaging, apart from the others for their number: messages with their segments, carriers and routes, and who
// opted out. See schema.ts for how columns are written.

export interface MessagingSchema {
  /** One row a message, both ways. Terminal once `ended_ms` stands. */
  messages: {
    id: number
    account_id: number
    /** out, in */
    direction: string
    /** sms, flash, mms, internal */
    kind: string
    /** Whose client sent it, or who set what the number does: fixes the form in which it is told. */
    face: string
    sender: string
    recipient: string
    /** Empty once redacted. */
    body: string
    /** auto, gsm7, ucs2: as wished until it is sent, then as it went. */
    coding: string
    segments: number
    /** scheduled, queued, sent, delivered, undelivered, failed, expired, canceled, unconfirmed, received */
    state: string
    /** Why it ended so, or why it waits; with its parameters as JSON, and the network's own words. */
    reason: string | null
    params: string | null
    cause: string | null
    error_id: string | null
    carrier_id: number | null
    attempts: number
    /** 0 first, 2 last */
    priority: number
    /** 1: the sender wants to know how it ended. */
    report: number
    /** Not before this. */
    due_ms: number | null
    /** Of no use after this. */
    deadline_ms: number | null
    /** When to look at it again. */
    wake_ms: number | null
    /** Whose balance pays; null: nobody's. */
    payer_id: number | null
    /** Held while it is queued, charged once it is sent. */
    price_micro: number
    currency: string
    batch_id: number | null
    client_ref: string
    /** JSON: url, method, fallback; null when nobody asked. */
    callback: string | null
    /** JSON: media, subject, maximum price, what was asked. */
    detail: string
    created_ms: number
    sent_ms: number | null
    ended_ms: number | null
    updated_ms: number
  }
  /** A message in the mailbox of one user: who sent it, or whose number it came to. Of one within the platform there are several. */
  mailbox: {
    /** The message's own for who sent it and for what came from a network. */
    id: number
    account_id: number
    user_id: number
    /** Of a group, its first. */
    message_id: number
    /** The batch whose messages are one to their sender. */
    batch_id: number | null
    /** The conversation: of the numbers that take part, or the first message of a thread within the platform. */
    thread: number
    /** out, in: as this user sees it */
    direction: string
    /** sms, flash, mms, internal */
    kind: string
    is_read: number
    /** kept, deleted, purged: what is deleted may be kept again, of what is purged only that there was something is left */
    place: string
    created_ms: number
    /** When its user last did something to it. */
    changed_ms: number
  }
  /** What the network calls each segment: how its receipts find their message. `ref` is the id in canonical form. */
  message_segments: {
    carrier_id: number
    ref: string
    message_id: number
    segment: number
    /** sent, or the state of its last receipt */
    state: string
    cause: string | null
    raw_ref: string
    at_ms: number
  }
  /** How many messages of a sender are queued: bounded in the write that adds one. */
  sender_queues: { account_id: number; sender: string; queued: number }
  /** Receipts that came before their message's id did, or whose id nobody knows. */
  parked_receipts: { id: number; carrier_id: number; ref: string; receipt: string; at_ms: number }
  /** Segments from the network that await the others. */
  inbound_parts: {
    carrier_id: number
    sender: string
    recipient: string
    reference: number
    total: number
    part: number
    body: string
    coding: string
    at_ms: number
  }
  message_batches: {
    id: number
    account_id: number
    client_ref: string
    accepted: number
    rejected: number
    created_ms: number
  }
  carriers: {
    id: number
    name: string
    /** loopback, smpp, mms-http */
    kind: string
    enabled: number
    /** JSON, what the kind needs. */
    detail: string
    secret_sealed: string | null
    created_ms: number
    updated_ms: number
    version: number
  }
  /** Which carrier takes what; the most telling match wins, then the lowest rank, then the lowest cost. */
  routes: {
    id: number
    /** null: any account; else it and those below it. */
    account_id: number | null
    /** Of the recipient, with +; empty: any. */
    prefix: string
    /** The sender it is for; empty: any. */
    sender: string
    /** sms, mms; empty: any */
    kind: string
    carrier_id: number
    rank: number
    cost_micro: number
    created_ms: number
    updated_ms: number
    version: number
  }
  /** What a customer's SMPP bind is to be told; gone once it has acknowledged it. */
  esme_deliveries: {
    id: number
    credential_id: number
    /** receipt, intermediate, message */
    kind: string
    /** null for a segment that never became part of a message. */
    message_id: number | null
    /** The id that the customer knows it by, where it is not the message's own. */
    shown_id: number | null
    /** Of the message; received for one that came in. */
    state: string
    reason: string | null
    /** JSON: sender and recipient where there is no message to read them from. */
    detail: string
    at_ms: number
  }
  /** Segments that a customer's bind submitted and that await the others. */
  esme_parts: {
    credential_id: number
    sender: string
    recipient: string
    reference: number
    total: number
    part: number
    /** What its submit was answered with. */
    id: number
    body: string
    /** JSON: the fields that it was submitted with. */
    detail: string
    at_ms: number
  }
  /** Who wants no messages from whom; sender `*`: from nobody of the account. */
  opt_outs: { account_id: number; recipient: string; sender: string; origin: string; at_ms: number }
}
