// The tables of voice: calls, their recordings and conferences, and where phones are registered. See schema.ts for how columns are written.

export interface VoiceSchema {
  /** One row a leg: one party's side of a call. Terminal once `ended_ms` stands; nothing changes it after that. */
  calls: {
    id: number
    /** The id of the first leg: all legs that were ever connected by one script share it. */
    session_id: number
    /** The leg whose script dialled this one. */
    parent_id: number | null
    account_id: number
    /** in, out */
    direction: string
    /** inbound, api (placed by a request), dial (by a script) */
    origin: string
    /** Whose client placed it or set what the number does: fixes the form in which it is told. */
    face: string
    caller: string
    caller_name: string
    called: string
    forwarded_from: string
    /** The account's number in it, with +; empty for none. */
    number: string
    /** queued, ringing, answered, completed, busy, no_answer, failed, canceled */
    state: string
    /** Why it ended so; with its parameters as JSON, and the network's own words. */
    reason: string | null
    params: string | null
    cause: string | null
    error_id: string | null
    sip_status: number | null
    q850: number | null
    /** caller, callee, platform, application: who ended it. */
    ended_by: string | null
    carrier_id: number | null
    client_id: number | null
    /** The user who placed it, or whose number it is of. */
    user_id: number | null
    /** 1: that user has deleted it from their own log. */
    hidden: number
    number_id: number | null
    application_id: number | null
    /** The conference it is or was in. */
    conference_id: number | null
    /** The node that has it: when that node is gone, so is the call. */
    node: string
    /** Whose balance pays; null: nobody's. */
    payer_id: number | null
    /** Per unit of `charging_block`, as found when it began. */
    rate_micro: number
    /** first/next seconds, such as 60/1 */
    charging_block: string
    /** Held while it is up. */
    held_micro: number
    /** Charged at its end. */
    price_micro: number
    cost_micro: number
    currency: string
    /** Milliseconds between answer and end. */
    duration_ms: number | null
    client_ref: string
    /** JSON: status callbacks asked for with it. */
    callback: string | null
    /** JSON: ids in signalling, headers, script pages, limits, what the face keeps. */
    detail: string
    /** JSON: media figures of the leg and the verdict on them. */
    media: string | null
    created_ms: number
    ringing_ms: number | null
    answered_ms: number | null
    ended_ms: number | null
    updated_ms: number
  }
  recordings: {
    id: number
    account_id: number
    call_id: number | null
    session_id: number | null
    conference_id: number | null
    face: string
    /** recording, ready, failed, deleted, absent (nothing was said) */
    state: string
    reason: string | null
    /** call, dial, conference, api */
    source: string
    /** mixed, dual, heard */
    channels: string
    /** File under the data directory; empty once deleted. */
    file: string
    /** The file's key, sealed. */
    key_sealed: string
    duration_ms: number
    size_bytes: number
    /** Part of its public address: unguessable. */
    secret: string
    /** JSON: tag, transcription, trimmed. */
    detail: string
    callback: string | null
    created_ms: number
    ended_ms: number | null
    updated_ms: number
  }
  conferences: {
    id: number
    account_id: number
    face: string
    name: string
    /** waiting (nobody who starts it), running, completed, failed */
    state: string
    reason: string | null
    node: string
    detail: string
    created_ms: number
    started_ms: number | null
    ended_ms: number | null
    updated_ms: number
  }
  conference_members: {
    conference_id: number
    call_id: number
    account_id: number
    muted: number
    held: number
    start_on_enter: number
    end_on_exit: number
    joined_ms: number
    left_ms: number | null
    updated_ms: number
  }
  /** A conference that is to be: a name is kept for so many participants from one moment to another. */
  conference_reservations: {
    id: number
    account_id: number
    face: string
    name: string
    /** reserved, running, completed, cancelled; the first two until a loop says otherwise, so the times decide. */
    state: string
    /** At most, at once. */
    participants: number
    /** An inbound service: who comes too early is led there; empty: nobody is. */
    divert: string
    starts_ms: number
    ends_ms: number
    /** Stands once it is over or cancelled: the name is free. */
    ended_ms: number | null
    created_ms: number
    updated_ms: number
  }
  /** Two parties who call each other over a number of the account, and neither sees the other's. */
  maskings: {
    id: number
    account_id: number
    face: string
    /** The number that both dial, and see. */
    number_id: number
    number: string
    /** E.164, or `client:` and a login. */
    party_a: string
    party_b: string
    /** 1: their calls are recorded. */
    record: number
    /** JSON: where their calls and recordings are told. */
    callback: string | null
    client_ref: string
    /** From then on it binds nobody; null: until it is ended. */
    expires_ms: number | null
    ended_ms: number | null
    created_ms: number
    updated_ms: number
  }
  /** Where a client's phone can be reached: one contact of one registration (RFC 3261 10, RFC 5626). */
  registrations: {
    id: number
    client_id: number
    account_id: number
    contact: string
    /** RFC 5626: +sip.instance and reg-id; empty and 0 without. */
    instance: string
    reg_id: number
    call_id: string
    cseq: number
    /** udp, tcp, tls, ws, wss */
    transport: string
    /** `host:port` it really came from. */
    source: string
    /** JSON list of Path values. */
    path: string
    /** Preference of the contact, in thousandths: 1000 goes first. */
    q: number
    user_agent: string
    node: string
    /** Over which it came, as its node calls it. */
    flow: string
    expires_ms: number
    created_ms: number
    updated_ms: number
  }
  /** Of nodes that can be reached so by their fellows. */
  node_addresses: {
    node: string
    /** `host:port`, TCP. */
    sip: string
  }
  /** A call whose switching stands elsewhere: it asks for routes and charging here, step by step. */
  call_sessions: {
    id: number
    account_id: number
    face: string
    caller: string
    called: string
    client_ref: string
    /** offered, routed, alerting, connected, ended */
    state: string
    /** JSON: the routes that were offered, the best first, each with its carrier and what that takes. */
    routes: string
    /** Which of them is taken, and over whom it goes; null until it is confirmed. */
    route_id: number | null
    carrier_id: number | null
    /** Whose balance pays; null: nobody's. */
    payer_id: number | null
    /** Price of `rate_per` seconds. */
    rate_micro: number
    rate_per: number
    /** first/next seconds, such as 60/1 */
    charging_block: string
    held_micro: number
    /** Charged at its end, and what the carrier takes for it. */
    price_micro: number
    cost_micro: number
    currency: string
    sip_status: number | null
    /** As told at its end; null until then. */
    duration_seconds: number | null
    /** The client's own words in its record. */
    note: string
    created_ms: number
    alerted_ms: number | null
    connected_ms: number | null
    ended_ms: number | null
    /** From then on the record stays as it is. */
    closed_ms: number | null
    updated_ms: number
  }
  /** By which deck a carrier is paid. */
  carrier_decks: {
    carrier_id: number
    deck_id: number
    updated_ms: number
  }
  /** Each REFER that a script asked for. */
  refers: {
    id: number
    account_id: number
    call_id: number
    caller: string
    target: string
    sip_status: number | null
    notified_status: number | null
    created_ms: number
  }
}
