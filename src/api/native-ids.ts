// Ids of the native API: a prefix that says what it is, then 32 hex digits. Cursors and moments have their forms here too.

import type { Noun } from '#operations/fields.ts'
import { BlockIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

const prefixes: Record<Noun, string> = {
  account: 'acc',
  user: 'usr',
  key: 'key',
  application: 'app',
  client: 'cli',
  clientGroup: 'cgr',
  number: 'num',
  reservation: 'res',
  address: 'adr',
  contact: 'con',
  group: 'grp',
  batch: 'bat',
  happening: 'hap',
  endpoint: 'whe',
  delivery: 'whd',
  erasure: 'era',
  transfer: 'tra',
  rateDeck: 'rdk',
  package: 'pkg',
  media: 'med',
  message: 'msg',
  messageBatch: 'mba',
  messageExport: 'mex',
  mailboxEntry: 'mbx',
  thread: 'thr',
  carrier: 'car',
  route: 'rou',
  email: 'eml',
  call: 'cal',
  recording: 'rec',
  conference: 'cnf',
  conferenceReservation: 'cnr',
  refer: 'ref',
  registration: 'reg',
  callSession: 'cse',
  masking: 'msk',
} as Record<Noun, string>

/** Names of the store's tables, as happenings carry them, to nouns. */
const nounOfTable: Record<string, Noun> = {
  accounts: 'account',
  users: 'user',
  credentials: 'key',
  applications: 'application',
  clients: 'client',
  client_groups: 'clientGroup',
  numbers: 'number',
  number_reservations: 'reservation',
  addresses: 'address',
  contacts: 'contact',
  contact_groups: 'group',
  contact_batches: 'batch',
  webhook_endpoints: 'endpoint',
  webhook_deliveries: 'delivery',
  erasures: 'erasure',
  balances: 'account',
  rate_decks: 'rateDeck',
  packages: 'package',
  account_packages: 'package',
  media: 'media',
  messages: 'message',
  message_batches: 'messageBatch',
  message_exports: 'messageExport',
  mailbox: 'mailboxEntry',
  carriers: 'carrier',
  routes: 'route',
  emails: 'email',
  calls: 'call',
  recordings: 'recording',
  conferences: 'conference',
  conference_reservations: 'conferenceReservation',
  refers: 'refer',
  registrations: 'registration',
  call_sessions: 'callSession',
  maskings: 'masking',
}

export class NativeIds {
  readonly #blocks: BlockIds

  constructor(key: Key) {
    this.#blocks = new BlockIds(key, 'api')
  }

  show(noun: Noun, id: number): string {
    return `${prefixes[noun]}_${this.#blocks.hex(noun, id)}`
  }

  /** An id of a happening's noun, which is named like its table. */
  showOf(table: string, id: number): string {
    const noun = nounOfTable[table]
    return noun ? this.show(noun, id) : this.#blocks.hex(table, id)
  }

  read(noun: Noun, text: string): number | undefined {
    const prefix = `${prefixes[noun]}_`
    return text.startsWith(prefix) ? this.#blocks.fromHex(noun, text.slice(prefix.length)) : undefined
  }

  showCursor(id: number): string {
    return this.#blocks.hex('cursor', id)
  }

  readCursor(text: string): number | undefined {
    return this.#blocks.fromHex('cursor', text)
  }

  pattern(noun: Noun): string {
    return `^${prefixes[noun]}_[0-9a-f]{32}$`
  }
}
