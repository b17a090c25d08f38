// The tables as Kysely sees them, the same on both engines. Ids and times are integers (bigint on PostgreSQL,
// read back as numbers), truth is 0 or 1, structured detail is JSON text. Migrations make what stands here.

import type { MessagingSchema } from './messaging-schema.ts'
import type { NotesSchema } from './notes-schema.ts'
import type { VoiceSchema } from './voice-schema.ts'

export interface Schema extends NotesSchema, MessagingSchema, VoiceSchema {
  accounts: {
    id: number
    /** null for the operator's own account, the root of all. */
    parent_id: number | null
    /** Ids of all ancestors and itself, `/1/5/9/`: what lies below an account is a prefix of it. */
    path: string
    depth: number
    name: string
    /** active, suspended, closed */
    status: string
    /** full, trial, developer */
    kind: string
    /** JSON: features switched on, limits, country, currency, timezone, language. */
    settings: string
    created_ms: number
    updated_ms: number
    version: number
  }
  users: {
    id: number
    account_id: number
    /** Lower-case e-mail address or login name, unique over all accounts. */
    login: string
    name: string
    /** administrator, developer, auditor */
    role: string
    /** active, inactive, unconfirmed */
    status: string
    /** scrypt, or null for a user who cannot log in with a password */
    password_hash: string | null
    /** Sealed TOTP seed, once enrolled. */
    totp_sealed: string | null
    totp_confirmed: number
    /** JSON: first name, extension number, phone number, language. */
    detail: string
    created_ms: number
    updated_ms: number
    version: number
  }
  /** What proves who somebody is at one face: a key, an auth token, a client application's secret. */
  credentials: {
    id: number
    account_id: number
    user_id: number | null
    face: string
    /** What the client shows in clear: key id, account sid, client id; unique with the face. */
    public_id: string
    secret_hash: string
    /** Present only where the secret must be shown or used again. */
    secret_sealed: string | null
    /** previous secret of a rotation, good until `previous_until_ms` */
    previous_hash: string | null
    previous_until_ms: number | null
    name: string
    /** JSON list of permissions, or null for those of the user's role. */
    permissions: string | null
    /** active, disabled */
    status: string
    /** JSON, what a face needs: grants, redirect URIs. */
    detail: string
    expires_ms: number | null
    created_ms: number
    updated_ms: number
  }
  /** Access tokens, refresh tokens, authorization codes, browser sessions; only their hash is kept. */
  tokens: {
    id: number
    account_id: number
    user_id: number
    credential_id: number | null
    face: string
    /** access, refresh, code, session */
    kind: string
    hash: string
    /** Ties the tokens of one login together, for revoking. */
    family: number
    detail: string
    expires_ms: number
    used_ms: number | null
    created_ms: number
  }
  applications: {
    id: number
    account_id: number
    name: string
    /** voice, sms, ussd, inbound, outbound, or empty */
    kind: string
    /** JSON: script URLs, methods, configuration. */
    detail: string
    created_ms: number
    updated_ms: number
    version: number
  }
  clients: {
    id: number
    account_id: number
    /** The root account under which the login is unique. */
    realm_id: number
    login: string
    name: string
    /** Sealed HA1 material. */
    password_sealed: string
    enabled: number
    detail: string
    created_ms: number
    updated_ms: number
    version: number
  }
  numbers: {
    id: number
    /** null while in stock */
    account_id: number | null
    /** E.164 with `+`, or a SIP number or pattern as it was given. */
    number: string
    /** e164, short (code), sip, pattern */
    form: string
    /** ISO 3166 alpha-2 */
    country: string
    /** local, tollfree, mobile, national */
    type: string
    state: string
    region: string
    /** JSON: voice, sms, mms, fax as booleans */
    capabilities: string
    application_id: number | null
    /** Which face set what the number does; fixes the form its webhooks take. */
    face: string
    name: string
    detail: string
    /** integer micro-units a month */
    price_micro: number
    currency: string
    bought_ms: number | null
    updated_ms: number
    version: number
    /**
     * active; inactive (its owner switched it off; in stock: not for sale); blocked (by the operator); expired (its term is
     * over, its owner may still renew it)
     */
    status: string
    /** When its term is over; null: rented until it is given back. */
    expires_ms: number | null
    /** Held for an account until then; a hold that is over holds nothing. */
    reservation_id: number | null
    reserved_by: number | null
    reserved_until_ms: number | null
    /** The regulation address it was bought with. */
    address_id: number | null
  }
  /** Where somebody lives or works, as regulation asks it of who rents a number. `name` is unique in the account. */
  addresses: {
    id: number
    account_id: number
    name: string
    /** Who lives or works there. */
    holder: string
    /** ISO 3166 alpha-2 */
    country: string
    /** As the region of the numbers that it is for: a city or the area of a code. */
    region: string
    city: string
    street: string
    postal_code: string
    created_ms: number
    updated_ms: number
    version: number
  }
  /** What the operator rules of numbers of a place; goes before what the platform knows by itself. `region` empty: all. */
  number_rules: {
    country: string
    type: string
    region: string
    /** none, local, national, worldwide */
    address: string
    /** JSON list: ordinary, cellular, payphone */
    barred_callers: string
    updated_ms: number
  }
  /** The whitelist: numbers that a trial account may reach. */
  trusted_numbers: { id: number; account_id: number; number: string; created_ms: number }
  contacts: {
    id: number
    account_id: number
    first_name: string
    last_name: string
    /** The id that the account's own system has for the contact. */
    external_id: string
    /** ISO 3166 alpha-2, or empty */
    country: string
    /** JSON: kind of address to address. */
    addresses: string
    /** JSON: what the account keeps with the contact, text by name. */
    attributes: string
    /** Names, external id and addresses in lower case, a line each. */
    search: string
    created_ms: number
    updated_ms: number
    version: number
  }
  /** An address is one contact's in the account. */
  contact_addresses: { account_id: number; kind: string; value: string; contact_id: number }
  contact_groups: {
    id: number
    account_id: number
    name: string
    description: string
    /** 1: its contacts are not to be reached. */
    blocked: number
    /** How many contacts belong to it. */
    members: number
    created_ms: number
    updated_ms: number
    version: number
  }
  contact_members: { group_id: number; contact_id: number; account_id: number }
  /** Work on many contacts, done after the answer; one in state `queued` is its own job. */
  contact_batches: {
    id: number
    account_id: number
    /** create, delete, copy, move, delete_groups */
    kind: string
    /** queued, running, completed, failed */
    status: string
    /** JSON: what to do; emptied when it is done. */
    input: string
    /** How far the work has come: an index of the input, or the last contact. */
    cursor: number
    done: number
    failed: number
    /** Who asked, JSON. */
    actor: string
    file_name: string
    created_ms: number
    updated_ms: number
  }
  /** Messages that an account wants in files; one in state `queued` is its own job. */
  message_exports: {
    id: number
    account_id: number
    /** queued, running, succeeded, empty, canceled */
    status: string
    /** JSON: which messages. */
    wanted: string
    /** At most so many; 0: all. */
    row_limit: number
    /** The last message that was looked at. */
    cursor: number
    found: number
    /** JSON: the last message of each file, and how many it has. */
    files: string
    /** Who asked, JSON. */
    actor: string
    created_ms: number
    updated_ms: number
    /** When it goes; null while it is not done. */
    expires_ms: number | null
  }
  /** A name space of logins: `name` is unique over all accounts. */
  client_groups: {
    id: number
    account_id: number
    name: string
    /** How many clients belong to it. */
    members: number
    created_ms: number
  }
  /** What a client is as a member of a group. */
  group_clients: {
    client_id: number
    group_id: number
    account_id: number
    name: string
    /** The number it calls from; one client's at most. */
    number_id: number | null
    expires_ms: number | null
    /** 1: for good. */
    ended: number
  }
  /** Pictures, sounds and other files that messages carry. A row is one use of a content; contents are kept once. */
  media: {
    id: number
    account_id: number
    /** The message it belongs to; null: only the account's store. */
    message_id: number | null
    /** Its place among the message's, from 0. */
    position: number
    /** 1: stands in the account's own store, where its name, if it has one, is unique. */
    listed: number
    name: string
    /** Media type in lower case, without parameters. */
    type: string
    size_bytes: number
    /** Of the content, hex. */
    sha256: string
    /** uploaded, fetched, received */
    origin: string
    created_ms: number
    /** Taken away after this moment; null: kept until it is deleted. */
    expires_ms: number | null
  }
  /** The bytes, once for all rows that have them; gone with the last of those. */
  media_contents: { sha256: string; refs: number; bytes: Uint8Array }
  emails: {
    id: number
    account_id: number
    face: string
    sender: string
    /** JSON: to, cc, bcc, each a list of addresses. */
    recipients: string
    subject: string
    body: string
    /** text/plain, text/html */
    type: string
    /** queued, sent, failed */
    state: string
    /** Why it failed or waits, and the mail server's own words. */
    reason: string | null
    cause: string | null
    attempts: number
    /** While queued: when it is tried. */
    wake_ms: number | null
    /** After this it is not tried again. */
    deadline_ms: number
    created_ms: number
    ended_ms: number | null
    updated_ms: number
  }
  /** Prepaid credit. An account without a row pays from the nearest above it that has one; with none up to the root, later. */
  balances: {
    account_id: number
    /** ISO 4217 */
    currency: string
    /** What the ledger sums up to: what may still be spent and what is held. */
    balance_micro: number
    /** For what is under way and not yet charged. */
    held_micro: number
    /** Less than this that may be spent is low credit; null: not told. */
    low_micro: number | null
    /** ok, low, exhausted: what was told last; told anew once credit has been added. */
    state: string
    created_ms: number
    updated_ms: number
  }
  /** The ledger: one row a movement between two books, never changed. Books: available, grants, revenue. */
  transfers: {
    /** Counts up. */
    id: number
    /** Whose balance it moved. */
    account_id: number
    /** Where it comes from and where it goes: what the account may spend grows by a credit of `available`. */
    debit_book: string
    credit_book: string
    amount_micro: number
    currency: string
    /** charge, topup, withdrawal, adjustment, allotment, package, bonus */
    kind: string
    /** What was paid for; messages are charged many in a row, so that theirs has no id. */
    noun: string
    noun_id: number | null
    /** How many things were paid for. */
    items: number
    memo: string
    at_ms: number
  }
  rate_decks: {
    id: number
    name: string
    currency: string
    created_ms: number
    updated_ms: number
    version: number
  }
  /** The longest prefix of the number counts. */
  rates: {
    deck_id: number
    /** sms, mms, call, number, verification ... */
    service: string
    /** out, in */
    direction: string
    /** Digits after the +; empty: the rest of the world. */
    prefix: string
    price_micro: number
    /** Units that the price is for: 1 message, 60 seconds. */
    per: number
    /** Units charged at least, and in which steps after these. */
    first_block: number
    next_block: number
  }
  /** Which deck an account and those below it pay by. */
  account_decks: { account_id: number; deck_id: number; updated_ms: number }
  /** Sold for a price: credit at once, and a deck of its own for a time. */
  packages: {
    id: number
    name: string
    price_micro: number
    currency: string
    credit_micro: number
    /** null: for good. */
    valid_days: number | null
    deck_id: number | null
    /** 1: may be bought. */
    offered: number
    created_ms: number
    updated_ms: number
    version: number
  }
  account_packages: {
    account_id: number
    package_id: number
    deck_id: number | null
    bought_ms: number
    expires_ms: number | null
  }
  /** What an account used on a day (days since 1970, UTC). */
  usage_days: {
    account_id: number
    day: number
    service: string
    direction: string
    currency: string
    items: number
    units: number
    price_micro: number
  }
  /** Who is told of an account's events. */
  webhook_endpoints: {
    id: number
    account_id: number
    /** In whose form it is told. */
    face: string
    /** push, or listener: then its deliveries are fetched. */
    kind: string
    /** Empty for a listener. */
    url: string
    fallback_url: string | null
    /** JSON list of events wanted: `message.delivered`, `message.*`, `*`. */
    events: string
    name: string
    enabled: number
    /** JSON: what its face keeps of it. */
    detail: string
    secret_sealed: string
    /** The secret before the last rotation, which signs as well until then. */
    previous_sealed: string | null
    previous_until_ms: number | null
    /** Gone after this. */
    expires_ms: number | null
    created_ms: number
    updated_ms: number
    version: number
  }
  /** One telling of one event at one URL. */
  webhook_deliveries: {
    id: number
    account_id: number
    /** null for a URL of a message, a number or an application. */
    endpoint_id: number | null
    face: string
    /** The event. */
    kind: string
    noun: string
    noun_id: number
    /** Hash of noun, id and URL: of those with the same one, the next waits for the one before. */
    lane: number
    /** Hash of account and origin: what fails together. */
    queue: number
    /** pending, delivered, failed, canceled, offered (to a listener) */
    state: string
    method: string
    url: string
    /** JSON, as rendered; an attempt may add a signature. */
    headers: string
    body: string
    /** JSON: the rendered request to the fallback URL. */
    fallback: string | null
    /** JSON: what the form wants to see again when there is an answer. */
    subject: string | null
    error_id: string | null
    loopback: number
    attempts: number
    /** How many of them were made before it was replayed. */
    attempts_before: number
    due_ms: number
    /** Given up after this. */
    deadline_ms: number
    /** Of the last answer. */
    status: number | null
    /** Why the last attempt failed, or what was wrong with the answer; with its parameters as JSON. */
    reason: string | null
    params: string | null
    happened_ms: number
    created_ms: number
    ended_ms: number | null
  }
  /** Who is to be forgotten; one in state `queued` is its own job. */
  erasures: {
    id: number
    account_id: number
    /** phone, email */
    kind: string
    /** Whom to look for; emptied when it is done. */
    person_sealed: string
    /** What stands in the person's place afterwards. */
    person_hash: string
    /** queued, running, completed */
    status: string
    /** How far it has come: a place of personal-data.ts, and where in it. */
    place: string
    cursor: number
    erased: number
    /** Who asked, JSON. */
    actor: string
    created_ms: number
    updated_ms: number
  }
  /** What a vendor dictates as an id, and what only one face sees. */
  aliases: { face: string; kind: string; alias: string; id: number }
  facets: { face: string; noun: string; id: number; account_id: number; data: string; updated_ms: number }
  happenings: {
    /** Grows without gaps that a reader could miss; see happenings.ts. */
    seq: number
    account_id: number
    noun: string
    noun_id: number
    /** Past tense: created, updated, closed. */
    kind: string
    /** JSON: who did it (user id, credential id, face). */
    actor: string
    data: string
    at_ms: number
  }
  counters: { account_id: number; noun: string; n: number }
  /** One row a key: the outcome of the first request, replayed for 24 hours. */
  idempotency: {
    account_id: number
    /** SHA-256 of face and key. */
    key_hash: string
    /** SHA-256 of operation and input. */
    fingerprint: string
    /** JSON of the output or the refusal, sealed when it shows a secret. */
    outcome: string
    created_ms: number
  }
  lockouts: { subject: string; failures: number; last_proof: string; locked_until_ms: number; updated_ms: number }
  rate_windows: { bucket: string; window_ms: number; used: number }
  leases: { thing: string; node: string; epoch: number; expires_ms: number }
  /** One row an operation that must be run on the node which has what it is about; only on PostgreSQL. */
  node_commands: {
    id: number
    /** Which is to run it, and which asks. */
    node: string
    asker: string
    /** asked; taken: being run; done: there is an answer; withdrawn: too late, and never to be run. */
    state: string
    /** JSON of operation, caller and input, sealed. */
    ask_sealed: string
    /** JSON of the output or the refusal, sealed. */
    answer_sealed: string | null
    created_ms: number
    /** Not to be begun after it. */
    deadline_ms: number
  }
  meta: { name: string; value: string }
}

export type Row<T extends keyof Schema> = Schema[T]
