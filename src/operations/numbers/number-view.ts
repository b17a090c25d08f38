// A number as the operations show it. `detail` says what calls and messages to it do.

import Type, { type Static } from 'typebox'
import { messagingOf } from '#numbers/messaging-of.ts'
import { numberStates, stateOf } from '#numbers/number-state.ts'
import type { AllowedCallers } from '#numbers/tollfree-callers.ts'
import type { NumberRow } from '#store/numbers.ts'
import { AnswersView } from '../accounts/account-view.ts'
import { Id, Method, Moment, OneOf } from '../fields.ts'

export const numberTypes = ['local', 'tollfree', 'mobile', 'national'] as const
const numberForms = ['e164', 'short', 'sip', 'pattern'] as const

const Url = (description: string) => Type.Union([Type.String({ maxLength: 2048, description }), Type.Null()])
const Application = (description: string) => Type.Union([Id('application', description), Type.Null()])

/** What happens for one kind of use: a URL or an application, and the way back. */
const use = (name: string, what: string) =>
  ({
    [`${name}Url`]: Type.Optional(Url(`Script for ${what}.`)),
    [`${name}Method`]: Type.Optional(Method(`How the script for ${what} is fetched.`)),
    [`${name}FallbackUrl`]: Type.Optional(Url(`Where to go when the script for ${what} cannot be had.`)),
    [`${name}FallbackMethod`]: Type.Optional(Method('How the fallback is fetched.')),
    [`${name}ApplicationId`]: Type.Optional(Application(`Application for ${what}; goes before the URL.`)),
  }) as Record<string, ReturnType<typeof Type.Optional>>

export const NumberDetail = Type.Object(
  {
    ...use('voice', 'calls'),
    ...use('sms', 'messages'),
    ...use('ussd', 'USSD sessions'),
    ...use('refer', 'transfers that a phone asks for'),
    statusUrl: Type.Optional(Url('Where the states of calls are told.')),
    statusMethod: Type.Optional(Method('How they are told.')),
    callerIdLookup: Type.Optional(Type.Boolean({ description: "Whether the caller's name is looked up." })),
    service: Type.Optional(
      Type.Union([Type.String({ maxLength: 200, description: 'Named inbound service that answers.' }), Type.Null()]),
    ),
    services: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20, description: 'Services the number is subscribed to.' }),
    ),
    userId: Type.Optional(Type.Union([Id('user', 'The user whose number it is.'), Type.Null()])),
    forwardTo: Type.Optional(
      Type.Union([
        Type.String({
          maxLength: 512,
          description: 'Who is rung for its calls, without a script: a number, client:login or a SIP address.',
        }),
        Type.Null(),
      ]),
    ),
    forwardFrom: Type.Optional(
      Type.Union([Type.String({ maxLength: 64, description: 'Who is shown to them; the caller unless told.' }), Type.Null()]),
    ),
    forwardRingSeconds: Type.Optional(
      Type.Union([
        Type.Integer({ minimum: 5, maximum: 600, description: 'How long they are rung; 60 unless told.' }),
        Type.Null(),
      ]),
    ),
    callSeconds: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 86_400, description: 'How long a call to it may last.' }), Type.Null()]),
    ),
    masking: Type.Optional(
      Type.Boolean({ description: 'Whether parties reach each other over it who do not see each other: see maskings.' }),
    ),
    usage: Type.Optional(Type.String({ maxLength: 64, description: 'main, direct and the like.' })),
    renews: Type.Optional(
      Type.Boolean({ description: 'Whether a term that is over is renewed by a month, as long as the credit lasts.' }),
    ),
  },
  { additionalProperties: false },
)

export type NumberDetailValue = Record<string, string | number | boolean | null | string[] | undefined>

export const Capabilities = Type.Object({ voice: Type.Boolean(), sms: Type.Boolean(), mms: Type.Boolean(), fax: Type.Boolean() })

export const Callers = Type.Partial(
  Type.Object(
    { ordinary: Type.Boolean(), cellular: Type.Boolean(), payphone: Type.Boolean() },
    { additionalProperties: false, description: 'Of a toll-free number: which phones may call it.' },
  ),
)

const MessagingView = Type.Object({
  sms: Type.Boolean({ description: 'Whether it sends and receives text messages.' }),
  mms: Type.Boolean({ description: 'Whether it sends and receives messages with media.' }),
  campaignId: Type.Union([Type.String({ description: 'Registration of its campaign.' }), Type.Null()]),
  campaignExpiresAt: Type.Union([Moment('Until when that is registered.'), Type.Null()]),
  answers: Type.Partial(AnswersView),
})

export const NumberView = Type.Object({
  id: Id('number'),
  accountId: Type.Union([Id('account'), Type.Null()]),
  number: Type.String({ description: 'E.164 with +, or the SIP number or pattern.' }),
  form: OneOf(numberForms, 'What kind of text the number is.'),
  country: Type.String({ description: 'ISO 3166 alpha-2.' }),
  type: OneOf(numberTypes, 'Type of number.'),
  state: Type.String(),
  region: Type.String(),
  capabilities: Capabilities,
  applicationId: Type.Union([Id('application'), Type.Null()]),
  face: Type.String({ description: 'The API through which it was last set up; fixes the form of its webhooks.' }),
  name: Type.String(),
  status: OneOf(numberStates, 'In stock available, reserved or withheld; owned active, inactive or expired; blocked.'),
  messaging: MessagingView,
  callers: Type.Union([Callers, Type.Null()]),
  addressId: Type.Union([Id('address', 'The regulation address it was bought with.'), Type.Null()]),
  detail: NumberDetail,
  priceMicro: Type.Integer({ description: 'Price a month, in millionths of the currency.' }),
  currency: Type.String(),
  boughtAt: Type.Union([Moment('When it was bought.'), Type.Null()]),
  expiresAt: Type.Union([Moment('When its term is over; null where it is rented until given back.'), Type.Null()]),
  updatedAt: Moment('When it was last changed.'),
})

export type NumberShown = Omit<Static<typeof NumberView>, 'detail'> & { detail: NumberDetailValue }

/** What stands in the detail and is shown beside it. */
interface Kept {
  messaging?: unknown
  callers?: AllowedCallers
}

/** `nowMs`: a term or a hold may be over by then. */
export function numberView(row: NumberRow, nowMs: number): NumberShown {
  const { messaging: _, callers = null, ...detail } = JSON.parse(row.detail) as Kept & NumberDetailValue
  const { sms, mms, campaignId, campaignExpiresMs, answers } = messagingOf(row)
  return {
    id: row.id,
    accountId: row.account_id,
    number: row.number,
    form: row.form as NumberShown['form'],
    country: row.country,
    type: row.type as NumberShown['type'],
    state: row.state,
    region: row.region,
    capabilities: JSON.parse(row.capabilities) as NumberShown['capabilities'],
    applicationId: row.application_id,
    face: row.face,
    name: row.name,
    status: stateOf(row, nowMs),
    messaging: { sms, mms, campaignId, campaignExpiresAt: campaignExpiresMs, answers },
    callers,
    addressId: row.address_id,
    detail,
    priceMicro: row.price_micro,
    currency: row.currency,
    boughtAt: row.bought_ms,
    expiresAt: row.expires_ms,
    updatedAt: row.updated_ms,
  }
}
