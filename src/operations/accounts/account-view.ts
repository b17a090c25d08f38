// An account as the operations show it.

import Type, { type Static } from 'typebox'
import { features, riskClasses, type Account } from '#accounts/account.ts'
import { Id, Moment, OneOf } from '../fields.ts'

const LimitsView = Type.Object({
  keyPerSecond: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Requests a second for one key.' }),
  accountPerSecond: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Requests a second for the account.' }),
  platformPerSecond: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Requests a second for everybody together; 0 is no limit. Counts in the operator account only.',
  }),
  numbers: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Numbers the account may own.' }),
  trialNumbers: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Numbers an account on trial may own.' }),
  prefixPerHour: Type.Integer({
    minimum: 0,
    maximum: 1_000_000_000,
    description: 'Messages an hour to numbers that begin alike; 0 is no limit.',
  }),
  prefixDigits: Type.Integer({
    minimum: 1,
    maximum: 15,
    description: 'How many digits, country code first, count as beginning alike.',
  }),
  attachmentBytes: Type.Integer({ minimum: 1, maximum: 2_000_000, description: 'Bytes of one file that a message carries.' }),
  messageMediaBytes: Type.Integer({ minimum: 1, maximum: 20_000_000, description: 'Bytes of all files of a message.' }),
  mediaStoreBytes: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, description: 'Bytes of all media that are kept.' }),
  messagesPerSecond: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Messages a second that the account sends; what is more waits its turn. 0 is no limit.',
  }),
  senderPerSecond: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'The same for each of its senders.' }),
  queuedPerSender: Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Messages of one sender that may be queued.' }),
  callsPerSecond: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Calls a second that the account places; 0 is no limit.',
  }),
  concurrentCalls: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Calls at once, both ways; 0 is no limit.' }),
  trialCalls: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Calls at once of an account on trial.' }),
  callSeconds: Type.Integer({ minimum: 1, maximum: 86_400, description: 'Seconds that a call may last from its answer on.' }),
  reservedParticipants: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Participants of one reserved conference.' }),
  developerTokens: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Tokens of its clients that an account of kind developer may have in a month.',
  }),
  callSpendPerDayMicros: Type.Integer({
    minimum: 0,
    maximum: 9_000_000_000_000_000,
    description: "Millionths that calls may cost in a day of the account's time zone; 0 is no limit.",
  }),
  spendPerMonthMicros: Type.Integer({
    minimum: 0,
    maximum: 9_000_000_000_000_000,
    description: 'Millionths that an account of kind developer may use in a month; 0 is no limit.',
  }),
})

const MessageSettingsView = Type.Object(
  {
    validitySeconds: Type.Integer({
      minimum: 1,
      maximum: 2_592_000,
      description: 'How long a message is of use unless its sender says so.',
    }),
    receiptSeconds: Type.Integer({
      minimum: 1,
      maximum: 2_592_000,
      description: 'How long a receipt is waited for once a message is sent.',
    }),
    usCampaigns: Type.Boolean({ description: 'Whether messages from US numbers to US numbers need a registered campaign.' }),
  },
  { description: 'How messages live.' },
)

const Beginnings = (description: string) =>
  Type.Array(Type.String({ pattern: '^\\+\\d{1,15}$', maxLength: 16 }), { description, maxItems: 1000 })

const VoiceSettingsView = Type.Object(
  {
    countries: Type.Array(Type.String({ pattern: '^([A-Z]{2}|\\*)$' }), {
      description: "Countries that may be called beside the account's own; * opens all.",
      maxItems: 300,
    }),
    riskClasses: Type.Array(OneOf(riskClasses, 'A class of numbers.'), {
      description: 'Classes of numbers that cost more than usual, or are a tool of fraud, and are open all the same.',
      maxItems: 20,
    }),
    callers: Beginnings('Numbers and beginnings of numbers that may call the account; empty: anybody.'),
    called: Beginnings('Numbers and beginnings of numbers that the account may call; empty: anybody.'),
    consent: Type.String({
      maxLength: 1000,
      description:
        'Said to both sides before a call between them is recorded, in the language of the account; empty: nothing is.',
    }),
  },
  { description: 'Whom the account may call, and who may call it.' },
)

const days = (description: string) => Type.Integer({ minimum: 0, maximum: 36_500, description: `${description} 0 keeps them.` })

const RetentionView = Type.Object(
  {
    messages: days('Messages that have ended, with their part of the log.'),
    texts: days('The texts of messages that have ended; the rest of them stays.'),
    emails: days('E-mails that have ended.'),
    calls: days('Calls that have ended, with their part of the log.'),
    recordings: days('Recordings with their files.'),
    deliveries: days('What webhooks told.'),
    refusals: days('Refusals; none is kept longer than a week.'),
  },
  { description: 'Days after which something is no longer kept.' },
)

const TimeOfDay = (description: string) => Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description })

const QuietHoursView = Type.Object(
  {
    from: TimeOfDay('When they begin, HH:MM.'),
    to: TimeOfDay('When they are over, HH:MM; on the next day where it is the earlier one.'),
    zone: OneOf(['account', 'recipient'], "Whose clock: the account's, or every one that the recipient's country has."),
    kinds: Type.Array(OneOf(['sms', 'flash', 'mms'], 'A kind of message.'), { description: 'What keeps them.', maxItems: 3 }),
    meanwhile: OneOf(['hold', 'refuse'], 'Whether a message waits until they are over or is refused.'),
  },
  { additionalProperties: false },
)

const Answer = (word: string) =>
  Type.Optional(
    Type.Union([Type.String({ maxLength: 1000, description: `What ${word} is answered with; empty: nothing.` }), Type.Null()]),
  )

export const AnswersView = Type.Object(
  {
    enabled: Type.Boolean({ description: 'Whether anything is answered.' }),
    stop: Answer('STOP'),
    start: Answer('START'),
    help: Answer('HELP'),
  },
  { description: 'Answers to STOP, START and HELP; null is the usual text of the language.' },
)

const SettingsView = Type.Object({
  features: Type.Array(OneOf(features, 'A feature.'), { description: 'The features switched on.', maxItems: 100 }),
  limits: LimitsView,
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2 code of the country.' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code of the currency.' }),
  timezone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name of the time zone.' }),
  language: Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', description: 'BCP 47 tag of the language.' }),
  trialEndsAt: Type.Union([Moment('When the trial of an account on trial is over.'), Type.Null()]),
  allowedSources: Type.Array(Type.String({ format: 'ip-range', maxLength: 64 }), {
    description: 'Addresses and CIDR ranges that requests may come from; empty is everywhere.',
    maxItems: 100,
  }),
  safeDestinations: Type.Array(Type.String({ pattern: '^\\+\\d{1,15}$', maxLength: 16 }), {
    description: 'Numbers and beginnings of numbers that the guard against pumped traffic lets pass.',
    maxItems: 1000,
  }),
  quietHours: Type.Union([QuietHoursView, Type.Null()]),
  retentionDays: RetentionView,
  answers: AnswersView,
  messages: MessageSettingsView,
  voice: VoiceSettingsView,
})

/** What may be changed: settings one by one, those of a group member by member. */
export const SettingsInput = Type.Partial(
  Type.Object({
    ...SettingsView.properties,
    limits: Type.Partial(LimitsView),
    retentionDays: Type.Partial(RetentionView),
    answers: Type.Partial(AnswersView),
    voice: Type.Partial(VoiceSettingsView),
    messages: Type.Partial(MessageSettingsView),
  }),
)

export const AccountView = Type.Object({
  id: Id('account'),
  parentId: Type.Union([Id('account'), Type.Null()]),
  name: Type.String(),
  status: OneOf(['active', 'suspended', 'closed'], 'Its own status and that of the accounts above it, together.'),
  ownStatus: OneOf(['active', 'suspended', 'closed'], 'Its own status.'),
  kind: OneOf(['full', 'trial', 'developer'], 'What kind of account it is.'),
  depth: Type.Integer({ description: '0 for the operator, 1 for an account, 2 for its sub-account, and so on.' }),
  settings: SettingsView,
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function accountView(account: Account): Static<typeof AccountView> {
  const { id, parentId, name, status, ownStatus, kind, depth } = account
  const {
    features: on,
    limits,
    allowedSources,
    safeDestinations,
    quietHours,
    retentionDays,
    answers,
    messages,
    voice,
  } = account.settings
  // The account is shared by every request; copied by hand, since structuredClone costs more than all the rest of a read.
  const settings = {
    ...account.settings,
    features: [...on],
    limits: { ...limits },
    allowedSources: [...allowedSources],
    safeDestinations: [...safeDestinations],
    quietHours: quietHours && { ...quietHours, kinds: [...quietHours.kinds] },
    retentionDays: { ...retentionDays },
    answers: { ...answers },
    messages: { ...messages },
    voice: {
      countries: [...voice.countries],
      riskClasses: [...voice.riskClasses],
      callers: [...voice.callers],
      called: [...voice.called],
      consent: voice.consent,
    },
  } as Static<typeof SettingsView>
  return {
    id,
    parentId,
    name,
    status,
    ownStatus,
    kind,
    depth,
    settings,
    createdAt: account.createdMs,
    updatedAt: account.updatedMs,
  }
}
