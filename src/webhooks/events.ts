// The events of the platform by name, with a sample of each. Every row of the log is an event, `<noun>.<kind>`, whether it
// stands here or not; what stands here is told in the docs, offered by `offhook trigger`, and taken as known when chosen.

import { catalogue, type Slug } from '#reasons/catalogue.ts'

export interface EventKind {
  readonly name: string
  readonly about: string
  /** What `data` looks like. */
  readonly sample: Readonly<Record<string, unknown>>
}

const message = {
  id: 'msg_00000000000000000000000000000000',
  direction: 'out',
  kind: 'sms',
  from: '+15005550006',
  to: '+12025550001',
  text: 'Your cab is outside',
  segments: 1,
  final: false,
  reason: null,
  errorId: null,
}
const ended = { ...message, final: true }
const why = (slug: Slug) => {
  const { title, fault, retry, remedy } = catalogue[slug]
  return { slug, title, detail: `${title}.`, fault, retry, remedy, cause: null, params: {} }
}
const failedMessage = { ...ended, reason: why('message.handset_unknown'), errorId: '00000000-0000-4000-8000-000000000000' }
const number = { id: 'num_00000000000000000000000000000000', number: '+15005550006', country: 'US' }
const balance = { id: 'acc_00000000000000000000000000000000', availableMicro: 4_200_000, currency: 'USD' }
const call = {
  id: 'cal_00000000000000000000000000000000',
  direction: 'in',
  from: '+12025550001',
  to: '+15005550006',
  final: false,
  durationMs: 0,
  reason: null,
  errorId: null,
}
const recording = { id: 'rec_00000000000000000000000000000000', state: 'ready', durationMs: 4_200 }
const booking = { id: 'cnr_00000000000000000000000000000000', name: 'Monday' }
const conference = { id: 'cnf_00000000000000000000000000000000', name: 'Monday' }
const masking = { id: 'msk_00000000000000000000000000000000', number: '+15005550006' }
const changed = { changed: ['name'] }

export const events: readonly EventKind[] = [
  { name: 'message.created', about: 'A message was accepted.', sample: { ...message, state: 'queued' } },
  { name: 'message.sent', about: 'The network took the message.', sample: { ...message, state: 'sent' } },
  { name: 'message.delivered', about: 'The handset has the message.', sample: { ...ended, state: 'delivered' } },
  { name: 'message.undelivered', about: 'The network could not deliver it.', sample: { ...failedMessage, state: 'undelivered' } },
  { name: 'message.failed', about: 'It could not be sent.', sample: { ...failedMessage, state: 'failed' } },
  {
    name: 'message.expired',
    about: 'Its validity ran out.',
    sample: { ...ended, state: 'expired', reason: why('message.validity_expired') },
  },
  { name: 'message.unconfirmed', about: 'It was sent, and no receipt came.', sample: { ...ended, state: 'unconfirmed' } },
  { name: 'message.canceled', about: 'It was canceled while it waited.', sample: { ...ended, state: 'canceled' } },
  {
    name: 'message.received',
    about: 'A message came in on a number.',
    sample: { ...ended, direction: 'in', state: 'received', text: 'Hello' },
  },
  {
    name: 'message.unserved',
    about: 'It came in on a number that leads nowhere, so that no URL could be told.',
    sample: { ...ended, direction: 'in', state: 'received', text: 'Hello', reason: why('number.not_bound') },
  },
  { name: 'message.redacted', about: 'Its text was removed.', sample: { ...ended, text: '' } },
  { name: 'call.created', about: 'A call came in, or is placed.', sample: { ...call, state: 'queued' } },
  { name: 'call.ringing', about: 'It rings.', sample: { ...call, state: 'ringing' } },
  { name: 'call.answered', about: 'It was answered.', sample: { ...call, state: 'answered' } },
  {
    name: 'call.ended',
    about: 'It has ended; its state and its reason say how.',
    sample: { ...call, state: 'completed', final: true, durationMs: 61_000, reason: why('call.completed') },
  },
  { name: 'recording.ready', about: 'A recording can be fetched.', sample: recording },
  {
    name: 'recording.absent',
    about: 'Nothing was said, so there is none.',
    sample: { ...recording, state: 'absent', durationMs: 0 },
  },
  { name: 'recording.failed', about: 'It could not be made.', sample: { ...recording, state: 'failed', durationMs: 0 } },
  { name: 'conference.created', about: 'A conference was opened.', sample: conference },
  { name: 'conference.started', about: 'Its members hear each other.', sample: conference },
  { name: 'conference.joined', about: 'A call joined it.', sample: conference },
  { name: 'conference.left', about: 'A call left it.', sample: conference },
  { name: 'conference.ended', about: 'It is over.', sample: { ...conference, state: 'completed' } },
  { name: 'conference_reservation.created', about: 'A conference was reserved.', sample: booking },
  { name: 'conference_reservation.updated', about: 'Its end, its participants or its divert were changed.', sample: booking },
  { name: 'conference_reservation.cancelled', about: 'The reservation was cancelled.', sample: booking },
  { name: 'conference_reservation.started', about: 'Its time has come: participants are let in.', sample: booking },
  { name: 'conference_reservation.ended', about: 'Its time is over.', sample: { ...booking, state: 'completed' } },
  { name: 'masking.created', about: 'Two parties reach each other over a number.', sample: masking },
  { name: 'masking.updated', about: 'Its end, its recording or who is told was changed.', sample: masking },
  { name: 'masking.ended', about: 'It was ended before its time.', sample: masking },
  { name: 'number.bought', about: 'A number was bought.', sample: number },
  { name: 'number.updated', about: 'A number was changed.', sample: { ...number, ...changed } },
  { name: 'number.expired', about: 'The term of a number is over; it is kept for a while, to be renewed.', sample: number },
  { name: 'number.renewed', about: 'A number was renewed.', sample: number },
  { name: 'number.blocked', about: 'The operator blocked a number.', sample: number },
  { name: 'number.unblocked', about: 'A number is no longer blocked.', sample: number },
  { name: 'number.released', about: 'A number was given back.', sample: number },
  { name: 'balance.low', about: 'Less credit is left than the account wants to have.', sample: balance },
  {
    name: 'balance.exhausted',
    about: 'The credit is used up, or did not suffice for what was asked.',
    sample: { ...balance, availableMicro: 0 },
  },
  {
    name: 'balance.moved',
    about: 'Credit was added or taken back.',
    sample: {
      id: balance.id,
      kind: 'topup',
      amountMicro: 50_000_000,
      currency: 'USD',
      balanceMicro: 54_200_000,
      memo: 'Invoice 17',
    },
  },
  { name: 'account.created', about: 'An account was made below this one.', sample: {} },
  { name: 'account.updated', about: 'The account was changed.', sample: changed },
  { name: 'user.created', about: 'A user was made.', sample: {} },
  { name: 'user.updated', about: 'A user was changed.', sample: changed },
  { name: 'key.created', about: 'A key was made.', sample: {} },
  { name: 'key.deleted', about: 'A key was deleted.', sample: {} },
  { name: 'application.created', about: 'An application was made.', sample: {} },
  { name: 'application.updated', about: 'An application was changed.', sample: changed },
  { name: 'webhook_endpoint.created', about: 'An endpoint was made.', sample: {} },
  { name: 'webhook_endpoint.updated', about: 'An endpoint was changed.', sample: changed },
]

const singular: Readonly<Record<string, string>> = { credentials: 'key' }

/** The event of a row of the log: the noun is the name of a table. */
export function eventName(noun: string, kind: string): string {
  const one =
    singular[noun] ??
    (/(?:ch|ss)es$/.test(noun) ? noun.slice(0, -2) : noun.endsWith('ies') ? `${noun.slice(0, -3)}y` : noun.replace(/s$/, ''))
  return `${one}.${kind}`
}

/** Whether a list of events wanted (`message.delivered`, `message.*`, `*`) holds this one. */
export function wants(wanted: readonly string[], name: string): boolean {
  return wanted.some((one) => one === '*' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -1))))
}

/** Of what may be chosen: every event listed, every noun with a star, and the star. */
export const eventChoices: readonly string[] = [
  '*',
  ...new Set(events.map(({ name }) => `${name.split('.')[0]}.*`)),
  ...events.map(({ name }) => name),
]
