// The unsynchronised tables: what may be lost with the power and is never wrong. A file of their own on SQLite, UNLOGGED on
// PostgreSQL. The rest is in schema.ts, which says what holds for all.

export interface NotesSchema {
  refusals: {
    error_id: string
    account_id: number | null
    face: string
    reason: string
    /** JSON: parameters and further errors of the same request. */
    params: string
    method: string
    path: string
    status: number
    code: string
    source: string
    trace_id: string
    at_ms: number
  }
  /** One row a request of a delivery. */
  webhook_attempts: {
    delivery_id: number
    attempt: number
    /** 0: the URL itself, 1: its fallback. */
    step: number
    account_id: number
    at_ms: number
    took_ms: number
    method: string
    url: string
    address: string
    /** JSON: all that was sent. */
    headers: string
    status: number | null
    answer_headers: string
    /** The first of it. */
    answer_body: string
    reason: string | null
    detail: string
  }
  /** Bytes that went over the wire, of many messages in a row; see evidence.ts for their form. */
  evidence: { id: number; from_ms: number; to_ms: number; size_bytes: number; records: Uint8Array }
}
