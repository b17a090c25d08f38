// One of every noun in an account, and how every operation is asked: what the walks over all operations stand on. An
// operation that is not known here makes them fail, as does a field with an id that no question of theirs carries.

import assert from 'node:assert/strict'
import { allOperations } from '#operations/all.ts'
import type { Operation } from '#operations/operation.ts'
import { createCall } from '#store/call-life.ts'
import { createCallSession } from '#store/call-sessions.ts'
import { freshCall } from '#store/calls.ts'
import { joinConference, openConference } from '#store/conferences.ts'
import { createMasking } from '#store/maskings.ts'
import { createRecording, endRecording } from '#store/recordings.ts'
import { register } from '#store/registrations.ts'
import { createRefer } from '#store/refers.ts'
import type { Asked, House, Told } from './house.ts'

/** Ids as the native API shows them, and the texts by which some things are found. */
export interface Nouns {
  readonly account: string
  readonly user: string
  readonly key: string
  readonly application: string
  readonly client: string
  readonly number: string
  readonly reservation: string
  readonly address: string
  readonly contact: string
  readonly group: string
  readonly batch: string
  readonly errorId: string
  readonly login: string
  readonly numberText: string
  readonly addressName: string
  readonly trusted: string
  readonly service: string
  readonly clientGroup: string
  readonly member: string
  readonly endpoint: string
  readonly delivery: string
  /** Decks, packages, carriers and routes are the operator's: of these nobody has one. */
  readonly rateDeck: string
  readonly package: string
  readonly carrier: string
  readonly route: string
  readonly media: string
  readonly mediaName: string
  readonly email: string
  /** A number whose owner wants no messages. */
  readonly optedOut: string
  readonly erasure: string
  readonly message: string
  readonly messageBatch: string
  readonly messageExport: string
  readonly mailboxEntry: string
  readonly thread: string
  readonly conference: string
  readonly conferenceReservation: string
  readonly recording: string
  readonly refer: string
  readonly callSession: string
  readonly masking: string
  /** Who is in the conference, and recorded. */
  readonly call: string
}

export interface Owner {
  /** A word in the name of all that is the account's. */
  readonly mark: string
  readonly accountId: number
  /** Native id of the account itself. */
  readonly account: string
  /** The administrator's key. */
  readonly key: string
  /** `account` in it is a sub-account. */
  readonly nouns: Nouns
  readonly subAccountId: number
}

async function made(house: House, key: string, path: string, body: object, account?: string): Promise<any> {
  const told = await house.ask('POST', path, { key, body, account })
  assert.ok(told.status < 300, `${path}: ${told.text}`)
  return told.json
}

const password = 'Correct-Horse-7'

/** An account below the operator with an administrator who has a key, and one of every noun. */
export async function openAccount(house: House, mark: string, region: string): Promise<Owner> {
  const above = house.operator.key
  const account = (await made(house, above, '/accounts', { name: `${mark} account` })).id as string
  await made(house, above, '/balances', { accountId: account, currency: 'USD' })
  const credit = { accountId: account, kind: 'topup', amountMicro: 100_000_000, currency: 'USD' }
  await made(house, above, '/credit-transfers', credit)
  const admin = await made(
    house,
    above,
    '/users',
    { login: `${mark}-admin@example.com`, role: 'administrator', password },
    account,
  )
  const { token } = await made(house, '', '/sessions', { login: admin.login, password })
  const { key } = await made(house, token, '/keys', { name: `${mark} key` })
  const sub = await made(house, key, '/accounts', { name: `${mark} sub` })
  const user = await made(house, key, '/users', { login: `${mark}-user@example.com`, name: `${mark} user`, password })
  const other = await made(house, key, '/keys', { name: `${mark} other`, userId: user.id })
  const service = await made(house, key, '/applications', { name: `${mark}-service`, kind: 'inbound' })
  const client = await made(house, key, '/clients', { login: `${mark}-phone`, password })
  const clientGroup = await made(house, key, '/client-groups', { name: `${mark}-group` })
  const member = await made(house, key, `/client-groups/${clientGroup.name}/members`, { name: `${mark}-member`, password })
  const bought = await made(house, key, '/numbers', { country: 'US', type: 'local', region, name: `${mark} number` })
  const number = bought.items[0]
  const held = await made(house, key, '/number-reservations', { country: 'US', type: 'local', region })
  const address = await made(house, key, '/addresses', {
    name: `${mark} home`,
    holder: mark,
    country: 'DE',
    region: 'Berlin',
    street: '1 Street',
  })
  // One more for each account, so that no two trust the same number.
  const trusted = `+4917${String(house.parts.nextId()).slice(-8)}`
  assert.equal((await house.ask('PUT', `/trusted-numbers/${encodeURIComponent(trusted)}`, { key })).status, 200)
  const group = await made(house, key, '/contact-groups', { name: `${mark} group` })
  const { contact } = await made(house, key, '/contacts', {
    firstName: mark,
    addresses: { email: `${mark}@example.com` },
    groups: [group.id],
  })
  const endpoint = await made(house, key, '/webhook-endpoints', {
    url: `https://${mark}.example.com/hook`,
    events: ['message.delivered'],
    name: mark,
  })
  const told = await made(house, key, `/webhook-endpoints/${endpoint.id}/test`, {})
  const batch = await made(house, key, '/contact-batches', { kind: 'create', contacts: [] })
  const optOut = await made(house, key, '/opt-outs', { to: `+1212555${String(house.parts.nextId()).slice(-4)}` })
  const media = await made(house, key, '/media', { name: `${mark}.txt`, content: Buffer.from(mark).toString('base64') })
  const email = await made(house, key, '/emails', {
    from: `${mark}@example.com`,
    to: ['kim@example.com'],
    subject: mark,
    body: mark,
  })
  const erasure = await made(house, key, '/privacy/erasures', { email: 'nobody@example.com' })
  const message = { from: number.number, to: '+13105550101', text: mark }
  const sent = await made(house, key, '/messages', message)
  const sentBatch = await made(house, key, '/message-batches', { messages: [message], reference: mark })
  await made(house, key, '/internal-messages', { to: [user.id], text: mark })
  const mailbox = await house.ask('GET', `/users/${user.id}/mailbox`, { key })
  const [entry] = mailbox.json.items
  const messageExport = await made(house, key, '/message-exports', {})
  const conferenceReservation = await made(house, key, '/conference-reservations', {
    name: mark,
    participants: 10,
    durationMinutes: 60,
    startsAt: new Date(house.parts.clock.nowMs() + 3_600_000).toISOString(),
  })
  const refused = await house.ask('GET', '/users/nobody', { key })
  const { conference, recording, call, refer } = await recordedConference(house, house.ids.read('account', account)!)
  await registered(house, house.ids.read('account', account)!, house.ids.read('client', client.id)!, mark)
  await house.store.noted()
  return {
    mark,
    account,
    accountId: house.ids.read('account', account)!,
    subAccountId: house.ids.read('account', sub.id)!,
    key,
    nouns: {
      account: sub.id,
      user: user.id,
      key: other.id,
      application: service.id,
      client: client.id,
      number: number.id,
      reservation: held.id,
      address: address.id,
      contact: contact.id,
      group: group.id,
      batch: batch.id,
      endpoint: endpoint.id,
      delivery: told.deliveries[0],
      errorId: refused.json.errorId,
      login: user.login,
      numberText: number.number,
      addressName: address.name,
      trusted,
      service: service.name,
      clientGroup: clientGroup.name,
      member: member.name,
      rateDeck: house.ids.show('rateDeck', house.parts.nextId()),
      package: house.ids.show('package', house.parts.nextId()),
      carrier: house.ids.show('carrier', house.parts.nextId()),
      route: house.ids.show('route', house.parts.nextId()),
      media: media.id,
      mediaName: media.name,
      email: email.id,
      optedOut: optOut.to,
      erasure: erasure.id,
      message: sent.id,
      messageBatch: sentBatch.batch.id,
      messageExport: messageExport.id,
      mailboxEntry: entry.id,
      thread: entry.thread,
      conference: house.ids.show('conference', conference),
      conferenceReservation: conferenceReservation.id,
      recording: house.ids.show('recording', recording),
      refer: house.ids.show('refer', refer),
      masking: house.ids.show('masking', await maskedParties(house, house.ids.read('account', account)!)),
      callSession: house.ids.show('callSession', await switchedCall(house, house.ids.read('account', account)!)),
      call: house.ids.show('call', call),
    },
  }
}

/** As if the client's phone had registered, by a program of that name. */
async function registered(house: House, accountId: number, clientId: number, mark: string): Promise<void> {
  const [now, callId, cseq] = [house.parts.clock.nowMs(), crypto.randomUUID(), 1] as const
  const whose = { id: house.parts.nextId(), client_id: clientId, account_id: accountId, call_id: callId, cseq }
  const where = {
    contact: 'sip:phone@192.0.2.1',
    instance: '',
    reg_id: 0,
    transport: 'udp',
    source: '192.0.2.1:5060',
    path: '[]',
    flow: '',
  }
  const times = { expires_ms: now + 3_600_000, created_ms: now, updated_ms: now }
  const row = { ...whose, ...where, q: 1000, user_agent: mark, node: 'test', ...times }
  await house.store.write(register, { clientId, accountId, callId, cseq, rows: [row], removed: [], most: 10, now })
}

/** As if a number of the account put two parties through to each other. */
async function maskedParties(house: House, accountId: number): Promise<number> {
  const [id, numberId] = [house.parts.nextId(), house.parts.nextId()] as const
  const now = house.parts.clock.nowMs()
  const parties = { party_a: '+12125550125', party_b: '+12125550126', number_id: numberId, number: '+12125550127' }
  const rest = { face: 'api', record: 0, callback: null, client_ref: '', expires_ms: null, ended_ms: null }
  const row = { id, account_id: accountId, ...parties, ...rest, created_ms: now, updated_ms: now }
  const numbers = [{ id: numberId, number: parties.number }]
  await house.store.write(createMasking, { row, numbers, asked: null, actor: { face: 'api' } })
  return id
}

/** As if somebody had been recorded in a conference: what no request makes. */
async function recordedConference(house: House, accountId: number) {
  const [conference, recording, call] = [house.parts.nextId(), house.parts.nextId(), house.parts.nextId()] as const
  const now = house.parts.clock.nowMs()
  const actor = { face: 'api' }
  const times = { created_ms: now, ended_ms: null, updated_ms: now }
  const row = { id: conference, account_id: accountId, face: 'api', name: 'standup', state: 'running', reason: null }
  await house.store.write(openConference, { row: { ...row, ...times, node: 'test', detail: '{}', started_ms: now }, actor })
  const seat = { muted: 0, held: 0, start_on_enter: 1, end_on_exit: 0, joined_ms: now, left_ms: null, updated_ms: now }
  await house.store.write(joinConference, {
    row: { conference_id: conference, call_id: call, account_id: accountId, ...seat },
    actor,
  })
  const leg = {
    direction: 'in',
    origin: 'inbound',
    face: 'api',
    caller: '+12125550123',
    called: '+12125550199',
    state: 'answered',
  }
  const whose = {
    id: call,
    session_id: call,
    account_id: accountId,
    node: 'test',
    created_ms: now,
    answered_ms: now,
    updated_ms: now,
  }
  await house.store.write(createCall, { row: { ...freshCall, ...leg, ...whose }, actor })
  const of = { call_id: call, session_id: call, conference_id: conference, source: 'conference', channels: 'mixed' }
  const file = { file: '', key_sealed: '', secret: 'x'.repeat(32), duration_ms: 0, size_bytes: 0, detail: '{}', callback: null }
  const made = { id: recording, account_id: accountId, face: 'api', state: 'recording', reason: null }
  await house.store.write(createRecording, { row: { ...made, ...of, ...file, ...times }, actor })
  const end = { id: recording, account: accountId, state: 'ready', reason: null, durationMs: 1000, sizeBytes: 16_044 } as const
  await house.store.write(endRecording, { ...end, actor, now })
  const refer = house.parts.nextId()
  const asked = { account_id: accountId, call_id: call, caller: '+12125550123', target: 'sip:desk@pbx.example', created_ms: now }
  await house.store.write(createRefer, { row: { ...asked, id: refer, sip_status: 202, notified_status: 200 }, actor })
  return { conference, recording, call, refer }
}

/** A call whose switch elsewhere has its routes. */
async function switchedCall(house: House, accountId: number): Promise<number> {
  const id = house.parts.nextId()
  const now = house.parts.clock.nowMs()
  const money = { payer_id: null, rate_micro: 0, rate_per: 60, charging_block: '60/60', held_micro: 0, price_micro: 0 }
  const times = { created_ms: now, alerted_ms: null, connected_ms: null, ended_ms: null, closed_ms: null, updated_ms: now }
  const row = { id, account_id: accountId, face: 'api', caller: '+4989550100', called: '+4989550101', client_ref: '' }
  const way = { state: 'offered', routes: '[]', route_id: null, carrier_id: null, cost_micro: 0, currency: 'USD' }
  const end = { sip_status: null, duration_seconds: null, note: '' }
  await house.store.write(createCallSession, { row: { ...row, ...way, ...money, ...end, ...times }, actor: { face: 'api' } })
  return id
}

/** Names of things that never were, in the right form. */
export function ghosts(house: House): Nouns {
  const of = (noun: Parameters<typeof house.ids.show>[0]): string => house.ids.show(noun, house.parts.nextId())
  return {
    account: of('account'),
    user: of('user'),
    key: of('key'),
    application: of('application'),
    client: of('client'),
    number: of('number'),
    reservation: of('reservation'),
    address: of('address'),
    contact: of('contact'),
    group: of('group'),
    batch: of('batch'),
    endpoint: of('endpoint'),
    delivery: of('delivery'),
    errorId: crypto.randomUUID(),
    login: `ghost-${house.parts.nextId()}@example.com`,
    numberText: '+12125559999',
    addressName: `ghost-${house.parts.nextId()}`,
    trusted: '+491700000000',
    service: `ghost-${house.parts.nextId()}`,
    clientGroup: `ghost-${house.parts.nextId()}`,
    rateDeck: of('rateDeck'),
    package: of('package'),
    carrier: of('carrier'),
    route: of('route'),
    member: `ghost-${house.parts.nextId()}`,
    media: of('media'),
    email: of('email'),
    mediaName: `ghost-${house.parts.nextId()}.txt`,
    optedOut: '+12125559998',
    erasure: of('erasure'),
    message: of('message'),
    messageBatch: of('messageBatch'),
    messageExport: of('messageExport'),
    mailboxEntry: of('mailboxEntry'),
    thread: of('thread'),
    conference: of('conference'),
    conferenceReservation: of('conferenceReservation'),
    recording: of('recording'),
    refer: of('refer'),
    callSession: of('callSession'),
    masking: of('masking'),
    call: of('call'),
  }
}

type Fields = Record<string, unknown>

/** One question that each operation takes, about these nouns. Fields not given are those that it does without. */
const questions: Readonly<Record<string, (nouns: Nouns) => Fields>> = {
  'accounts.read': ({ account }) => ({ id: account }),
  'accounts.list': () => ({}),
  'accounts.create': () => ({ name: 'below' }),
  'accounts.update': ({ account }) => ({ id: account, name: 'renamed', status: 'suspended' }),
  'accounts.close': ({ account }) => ({ id: account }),
  'accounts.move': ({ account }) => ({ id: account, parentId: account }),
  'users.read': ({ user }) => ({ id: user }),
  'users.find': ({ login }) => ({ login }),
  'users.list': () => ({}),
  'users.create': () => ({ login: `new-${crypto.randomUUID()}` }),
  'users.update': ({ user }) => ({ id: user, name: 'renamed' }),
  'users.delete': ({ user }) => ({ id: user }),
  'users.enrolSecondFactor': () => ({}),
  'users.confirmSecondFactor': () => ({ code: '000000' }),
  'users.dropSecondFactor': ({ user }) => ({ id: user }),
  'keys.list': () => ({}),
  'keys.read': ({ key }) => ({ id: key }),
  'keys.reveal': ({ key }) => ({ id: key }),
  'keys.create': () => ({}),
  'keys.update': ({ key }) => ({ id: key, status: 'disabled' }),
  'keys.rotate': ({ key }) => ({ id: key, overlapMs: 0 }),
  'keys.delete': ({ key }) => ({ id: key }),
  'applications.list': () => ({}),
  'applications.read': ({ application }) => ({ id: application }),
  'applications.readByName': ({ service }) => ({ kind: 'inbound', name: service }),
  'applications.create': () => ({ name: 'new' }),
  'applications.update': ({ application }) => ({ id: application, detail: { scriptMethod: 'GET' } }),
  'applications.delete': ({ application }) => ({ id: application, whileInUse: true }),
  'clients.issue_token': ({ client }) => ({ id: client }),
  'clients.list': () => ({}),
  'clients.list_registrations': () => ({}),
  'clients.read': ({ client }) => ({ id: client }),
  'clients.create': () => ({ login: `phone-${crypto.randomUUID()}`, password }),
  'clients.update': ({ client }) => ({ id: client, enabled: false }),
  'clients.delete': ({ client }) => ({ id: client }),
  'client_groups.list': () => ({}),
  'client_groups.read': ({ clientGroup }) => ({ name: clientGroup }),
  'client_groups.create': () => ({ name: `group-${crypto.randomUUID().slice(0, 8)}` }),
  'client_groups.delete': ({ clientGroup }) => ({ name: clientGroup }),
  'client_groups.listMembers': ({ clientGroup }) => ({ group: clientGroup }),
  'client_groups.readMember': ({ clientGroup, member }) => ({ group: clientGroup, name: member }),
  'client_groups.addMember': ({ clientGroup }) => ({
    group: clientGroup,
    name: `phone-${crypto.randomUUID().slice(0, 8)}`,
    password,
  }),
  'client_groups.updateMember': ({ clientGroup, member }) => ({ group: clientGroup, name: member, enabled: false }),
  'client_groups.endMember': ({ clientGroup, member }) => ({ group: clientGroup, name: member }),
  'client_groups.deleteMember': ({ clientGroup, member }) => ({ group: clientGroup, name: member }),
  'numbers.list': () => ({}),
  'numbers.available': () => ({}),
  'numbers.places': () => ({}),
  'numbers.read': ({ number }) => ({ id: number }),
  'numbers.find': ({ numberText }) => ({ number: numberText }),
  'numbers.buy': () => ({ country: 'CA', type: 'local' }),
  'numbers.takeTest': () => ({}),
  'numbers.add': () => ({ number: `${crypto.randomUUID()}`, form: 'sip' }),
  'numbers.update': ({ number }) => ({ id: number, name: 'renamed' }),
  'numbers.subscribe': ({ number }) => ({ id: number, service: 'sms' }),
  'numbers.unsubscribe': ({ number }) => ({ id: number, service: 'sms' }),
  'numbers.create_forward': ({ number }) => ({ id: number, to: '+13105550101' }),
  'numbers.update_forward': ({ number }) => ({ id: number, to: '+13105550101' }),
  'numbers.delete_forward': ({ number }) => ({ id: number }),
  'numbers.release': ({ number }) => ({ id: number }),
  'numbers.stock': () => ({ numbers: ['+12125550001'], type: 'local' }),
  'numbers.move': ({ account }) => ({ from: account, to: account }),
  'numbers.reserve': () => ({ country: 'CA', type: 'local' }),
  'numbers.readReservation': ({ reservation }) => ({ id: reservation }),
  'numbers.endReservation': ({ reservation }) => ({ id: reservation }),
  'numbers.renew': ({ number }) => ({ id: number, months: 1 }),
  'numbers.switch': ({ number }) => ({ id: number, active: false }),
  'numbers.setMessaging': ({ number }) => ({ id: number, enabled: false }),
  'numbers.block': ({ numberText }) => ({ number: numberText }),
  'numbers.unblock': ({ numberText }) => ({ number: numberText }),
  'numbers.offer': ({ numberText }) => ({ number: numberText, forSale: false }),
  'numbers.setTerm': ({ numberText }) => ({ number: numberText, expiresAt: null }),
  'number_rules.list': () => ({}),
  'number_rules.set': () => ({ country: 'DE', type: 'local' }),
  'trusted_numbers.list': () => ({}),
  'trusted_numbers.add': ({ trusted }) => ({ number: trusted }),
  'trusted_numbers.remove': ({ trusted }) => ({ number: trusted }),
  'addresses.list': () => ({}),
  'addresses.read': ({ address }) => ({ id: address }),
  'addresses.find': ({ addressName }) => ({ name: addressName }),
  'addresses.create': () => ({
    name: crypto.randomUUID(),
    holder: 'Somebody',
    country: 'DE',
    region: 'Berlin',
    street: '1 Street',
  }),
  'addresses.update': ({ address }) => ({ id: address, street: '2 Street' }),
  'addresses.delete': ({ address }) => ({ id: address }),
  'contacts.list': () => ({}),
  'contacts.read': ({ contact }) => ({ id: contact }),
  'contacts.create': () => ({ addresses: { line: crypto.randomUUID() } }),
  'contacts.update': ({ contact }) => ({ id: contact, firstName: 'Renamed' }),
  'contacts.delete': ({ contact }) => ({ id: contact }),
  'contact_groups.list': () => ({}),
  'contact_groups.read': ({ group }) => ({ id: group }),
  'contact_groups.create': () => ({ name: crypto.randomUUID() }),
  'contact_groups.update': ({ group }) => ({ id: group, blocked: true }),
  'contact_groups.delete': ({ group }) => ({ id: group }),
  'contact_groups.join': ({ group, contact }) => ({ id: group, contacts: [contact] }),
  'contact_groups.leave': ({ group, contact }) => ({ id: group, contacts: [contact] }),
  'contact_batches.create': ({ contact }) => ({ kind: 'delete', ids: [contact] }),
  'contact_batches.list': () => ({}),
  'contact_batches.read': ({ batch }) => ({ id: batch }),
  'opt_outs.list': () => ({}),
  'opt_outs.export': () => ({}),
  'opt_outs.create': () => ({ to: '+12125550123' }),
  'opt_outs.delete': ({ optedOut }) => ({ to: optedOut, from: '*' }),
  'media.create': () => ({ content: Buffer.from('new').toString('base64') }),
  'media.list': () => ({}),
  'calls.place': () => ({ from: '+12125550123', to: '+12125550199' }),
  'users.set_do_not_disturb': ({ user }) => ({ id: user, on: true }),
  'calls.list': () => ({}),
  'calls.changes': ({ user }) => ({ user, since: '0:0' }),
  'call_logs.delete': ({ user }) => ({ user }),
  'calls.read': ({ call }) => ({ id: call }),
  'calls.read_legs': ({ call }) => ({ id: call }),
  'calls.timeline': ({ call }) => ({ id: call }),
  'calls.update': ({ call }) => ({ id: call, muted: true }),
  'calls.end': ({ call }) => ({ id: call }),
  'calls.record': ({ call }) => ({ id: call }),
  'calls.stop_recording': ({ call }) => ({ id: call }),
  'calls.interrupt': ({ call }) => ({ id: call }),
  'calls.delete': ({ call }) => ({ id: call }),
  'conferences.list': () => ({}),
  'conferences.read': ({ conference }) => ({ id: conference }),
  'conferences.list_members': ({ conference }) => ({ id: conference }),
  'conferences.update_member': ({ conference, call }) => ({ id: conference, callId: call, isMuted: true }),
  'conferences.eject_member': ({ conference, call }) => ({ id: conference, callId: call }),
  'conferences.end': ({ conference }) => ({ id: conference }),
  'conference_reservations.create': () => ({ name: crypto.randomUUID(), participants: 10, durationMinutes: 60 }),
  'conference_reservations.list': () => ({}),
  'conference_reservations.read': ({ conferenceReservation }) => ({ id: conferenceReservation }),
  'conference_reservations.update': ({ conferenceReservation }) => ({ id: conferenceReservation, participants: 20 }),
  'conference_reservations.end': ({ conferenceReservation }) => ({ id: conferenceReservation }),
  'conference_reservations.cancel': ({ conferenceReservation }) => ({ id: conferenceReservation }),
  'refers.list': () => ({}),
  'refers.read': ({ refer }) => ({ id: refer }),
  'recordings.list': () => ({}),
  'recordings.read': ({ recording }) => ({ id: recording }),
  'recordings.content': ({ recording }) => ({ id: recording }),
  'recordings.delete': ({ recording }) => ({ id: recording }),
  'emails.send': () => ({ from: 'a@example.com', to: ['b@example.com'], subject: 's', body: 'b' }),
  'emails.list': () => ({}),
  'emails.read': ({ email }) => ({ id: email }),
  'media.find': ({ mediaName }) => ({ name: mediaName }),
  'media.read': ({ media }) => ({ id: media }),
  'media.content': ({ media }) => ({ id: media }),
  'media.rename': ({ media }) => ({ id: media, name: `${crypto.randomUUID()}.txt` }),
  'media.delete': ({ media }) => ({ id: media }),
  'credit.readBalance': () => ({}),
  'credit.openBalance': ({ account }) => ({ accountId: account }),
  'credit.updateBalance': ({ account }) => ({ accountId: account, lowMicro: 1 }),
  'credit.closeBalance': ({ account }) => ({ accountId: account }),
  'credit.transfer': ({ account }) => ({ accountId: account, kind: 'topup', amountMicro: 1, currency: 'USD' }),
  'credit.listTransfers': () => ({}),
  'rate_decks.list': () => ({}),
  'rate_decks.create': () => ({ name: crypto.randomUUID(), currency: 'USD' }),
  'rate_decks.import': ({ rateDeck }) => ({ id: rateDeck, csv: 'service,prefix,price' }),
  'rate_decks.export': ({ rateDeck }) => ({ id: rateDeck }),
  'rate_decks.delete': ({ rateDeck }) => ({ id: rateDeck }),
  'rate_decks.assign': ({ account }) => ({ accountId: account, deckId: null }),
  'rate_decks.assign_carrier': ({ carrier }) => ({ carrierId: carrier, deckId: null }),
  'call_sessions.create': ({ numberText }) => ({ from: numberText, to: '+13105550101' }),
  'call_sessions.list': () => ({}),
  'maskings.create': () => ({ partyA: '+12125550123', partyB: '+12125550124' }),
  'maskings.list': () => ({}),
  'maskings.read': ({ masking }) => ({ id: masking }),
  'maskings.update': ({ masking }) => ({ id: masking, isRecorded: true }),
  'maskings.end': ({ masking }) => ({ id: masking }),
  'call_sessions.read': ({ callSession }) => ({ id: callSession }),
  'call_sessions.confirm_route': ({ callSession, route }) => ({ id: callSession, routeId: route }),
  'call_sessions.alert': ({ callSession }) => ({ id: callSession }),
  'call_sessions.connect': ({ callSession }) => ({ id: callSession }),
  'call_sessions.end': ({ callSession }) => ({ id: callSession }),
  'call_sessions.change_record': ({ callSession }) => ({ id: callSession, note: 'changed' }),
  'rates.list': () => ({ service: 'sms', direction: 'out' }),
  'rates.price': () => ({ service: 'sms', number: '+12125550100' }),
  'carriers.create': () => ({ name: `c${crypto.randomUUID().slice(0, 8)}`, url: 'smpp://us@127.0.0.1:1', enabled: false }),
  'carriers.list': () => ({}),
  'carriers.kinds': () => ({}),
  'carriers.read': ({ carrier }) => ({ id: carrier }),
  'carriers.update': ({ carrier }) => ({ id: carrier, enabled: false }),
  'carriers.delete': ({ carrier }) => ({ id: carrier }),
  'routes.create': ({ carrier }) => ({ carrierId: carrier }),
  'routes.list': () => ({}),
  'routes.read': ({ route }) => ({ id: route }),
  'routes.update': ({ route }) => ({ id: route, rank: 1 }),
  'routes.delete': ({ route }) => ({ id: route }),
  'messages.send': ({ numberText }) => ({ from: numberText, to: '+13105550101', text: 'Hello' }),
  'messages.send_batch': ({ numberText }) => ({ messages: [{ from: numberText, to: '+13105550101', text: 'Hello' }] }),
  'messages.list': () => ({}),
  'messages.read': ({ message }) => ({ id: message }),
  'messages.timeline': ({ message }) => ({ id: message }),
  'messages.cancel': ({ message }) => ({ id: message }),
  'messages.redact': ({ message }) => ({ id: message }),
  'message_exports.create': () => ({}),
  'message_exports.read': ({ messageExport }) => ({ id: messageExport }),
  'message_exports.read_file': ({ messageExport }) => ({ id: messageExport, file: 0 }),
  'message_exports.cancel': ({ messageExport }) => ({ id: messageExport }),
  'messages.note_outcome': ({ message }) => ({ id: message, outcome: 'success' }),
  'messages.delete': ({ message }) => ({ id: message }),
  'messages.read_batch': ({ messageBatch }) => ({ id: messageBatch }),
  'messages.cancel_batch': ({ messageBatch }) => ({ id: messageBatch }),
  'messages.send_internal': ({ user }) => ({ to: [user], text: 'Hello' }),
  'mailbox.list': ({ user }) => ({ user }),
  'mailbox.read': ({ mailboxEntry }) => ({ id: mailboxEntry }),
  'mailbox.listen': ({ mailboxEntry }) => ({ id: mailboxEntry }),
  'mailbox.change': ({ user, mailboxEntry }) => ({ user, ids: [mailboxEntry], read: true }),
  'mailbox.changes': ({ user }) => ({ user, since: '0:0' }),
  'handsets.messages': () => ({ handset: '+13105550101' }),
  'handsets.calls': () => ({ handset: '+13105550101' }),
  'handsets.call': ({ numberText }) => ({ handset: '+13105550101', to: numberText }),
  'handsets.steer': () => ({ handset: '+13105550101', id: 1, hangUp: true }),
  'handsets.send': ({ numberText }) => ({ handset: '+13105550101', to: numberText, text: 'Hello' }),
  'handsets.read': () => ({ handset: '+13105550101', upTo: 1 }),
  'packages.list': () => ({}),
  'packages.create': () => ({ name: crypto.randomUUID(), priceMicro: 0, currency: 'USD' }),
  'packages.offer': ({ package: offer }) => ({ id: offer, offered: false }),
  'packages.buy': ({ package: offer }) => ({ id: offer }),
  'packages.held': () => ({}),
  'usage.list': () => ({}),
  'privacy.export': () => ({ phone: '+12125550123' }),
  'privacy.erase': () => ({ phone: '+12125550123' }),
  'privacy.readErasure': ({ erasure }) => ({ id: erasure }),
  'privacy.listErasures': () => ({}),
  'webhook_endpoints.list': () => ({}),
  'webhook_endpoints.read': ({ endpoint }) => ({ id: endpoint }),
  'webhook_endpoints.create': () => ({ url: 'https://hook.example.com/', events: ['message.*'] }),
  'webhook_endpoints.update': ({ endpoint }) => ({ id: endpoint, name: 'renamed' }),
  'webhook_endpoints.rotate': ({ endpoint }) => ({ id: endpoint }),
  'webhook_endpoints.reveal': ({ endpoint }) => ({ id: endpoint }),
  'webhook_endpoints.test': ({ endpoint }) => ({ id: endpoint }),
  'webhook_endpoints.fetch': ({ endpoint }) => ({ id: endpoint }),
  'webhook_endpoints.delete': ({ endpoint }) => ({ id: endpoint }),
  'webhook_deliveries.list': () => ({}),
  'webhook_deliveries.read': ({ delivery }) => ({ id: delivery }),
  'webhook_deliveries.replay': ({ delivery }) => ({ id: delivery }),
  'webhook_deliveries.replaySome': () => ({}),
  'webhooks.events': () => ({}),
  'webhooks.trigger': () => ({ event: 'message.delivered' }),
  'webhooks.secret': () => ({}),
  'audit.list': () => ({}),
  'refusals.read': ({ errorId }) => ({ errorId }),
  'refusals.list': () => ({}),
}

/** For fields with an id that the question above does not carry: what else must be told so that the field counts. */
const companions: Readonly<Record<string, (mine: Nouns) => Fields>> = {
  'contact_batches.create groups': () => ({ kind: 'delete_groups', ids: undefined }),
  'contact_batches.create from': ({ group }) => ({ kind: 'copy', to: group, ids: undefined }),
  'contact_batches.create to': ({ group }) => ({ kind: 'copy', from: group, ids: undefined }),
}

/** Fields in which a text of somebody's names a thing. */
const named: Readonly<Record<string, readonly (readonly [path: string, noun: keyof Nouns])[]>> = {
  'users.find': [['login', 'login']],
  'applications.readByName': [['name', 'service']],
  'refusals.read': [['errorId', 'errorId']],
  'media.find': [['name', 'mediaName']],
  'client_groups.read': [['name', 'clientGroup']],
  'client_groups.delete': [['name', 'clientGroup']],
  'client_groups.listMembers': [['group', 'clientGroup']],
  'client_groups.addMember': [['group', 'clientGroup']],
  'client_groups.readMember': [
    ['group', 'clientGroup'],
    ['name', 'member'],
  ],
  'client_groups.updateMember': [
    ['group', 'clientGroup'],
    ['name', 'member'],
  ],
  'client_groups.endMember': [
    ['group', 'clientGroup'],
    ['name', 'member'],
  ],
  'client_groups.deleteMember': [
    ['group', 'clientGroup'],
    ['name', 'member'],
  ],
  'opt_outs.delete': [['to', 'optedOut']],
  'addresses.find': [['name', 'addressName']],
  'trusted_numbers.remove': [['number', 'trusted']],
  'numbers.update': [['detail.service', 'service']],
  'numbers.subscribe': [['detail.service', 'service']],
  'numbers.buy': [['detail.service', 'service']],
  'numbers.takeTest': [['detail.service', 'service']],
  'numbers.add': [['detail.service', 'service']],
}

export function questionOf(operation: Operation, nouns: Nouns): Fields {
  const question = questions[operation.name]
  assert.ok(question, `test/nouns.ts does not know how to ask ${operation.name}`)
  return question(nouns)
}

/** Every question known is one of an operation that is there. */
export function requireAllKnown(): void {
  assert.deepEqual(Object.keys(questions).toSorted(), allOperations.map(({ name }) => name).toSorted())
}

interface AnySchema {
  readonly properties?: Record<string, AnySchema>
  readonly items?: AnySchema
  readonly anyOf?: readonly AnySchema[]
  readonly 'x-noun'?: keyof Nouns
}

/** `messages[].media[].id`: members by name, `[]` for the first of a list. */
interface Place {
  readonly path: string
  readonly noun: keyof Nouns
}

function placesIn(schema: AnySchema, path = ''): Place[] {
  const noun = schema['x-noun']
  if (noun) return [{ path, noun }]
  if (schema.anyOf) return schema.anyOf.flatMap((one) => placesIn(one, path))
  if (schema.items) return placesIn(schema.items, `${path}[]`)
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    placesIn(inner, path === '' ? name : `${path}.${name}`),
  )
}

/** What is there, with the value at that place. */
function placed(there: unknown, steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (step === '[]') return [placed((there as unknown[] | undefined)?.[0], rest, value)]
  const fields = (there ?? {}) as Fields
  return { ...fields, [step]: placed(fields[step], rest, value) }
}

/** Every field of the operation that can point at something: ids, and texts that name a thing. */
export function pointersOf(operation: Operation): Place[] {
  const byId = placesIn(operation.input as AnySchema).filter(
    (place, index, all) => all.findIndex(({ path }) => path === place.path) === index,
  )
  const byName = (named[operation.name] ?? []).map(([path, noun]) => ({ path, noun }))
  return [...byId, ...byName]
}

/** One's own question, but with the field at that place pointing at one of `theirs`. */
export function pointed(operation: Operation, { path, noun }: Place, mine: Nouns, theirs: Nouns): Fields {
  const fields: Fields = { ...questionOf(operation, mine), ...companions[`${operation.name} ${path}`]?.(mine) }
  return placed(fields, path.replaceAll('[]', '.[]').split('.'), theirs[noun]) as Fields
}

export async function askOperation(house: House, { route }: Operation, fields: Fields, asked: Asked): Promise<Told> {
  const rest = { ...fields }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return encodeURIComponent(value)
  })
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  if (route.method === 'GET') {
    const query = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
    return house.ask('GET', query === '' ? path : `${path}?${query}`, asked)
  }
  return house.ask(route.method, path, given.length === 0 ? asked : { ...asked, body: Object.fromEntries(given) })
}
