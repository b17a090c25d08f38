// A route as the operations show and take it.

import Type, { type Static } from 'typebox'
import type { RouteRow } from '#store/routes.ts'
import { Id, Moment, OneOf } from '../fields.ts'

export const routeFields = {
  carrierId: Id('carrier'),
  accountId: Type.Union([Id('account'), Type.Null()], { description: 'For this account and those below it; null: for any.' }),
  prefix: Type.String({
    maxLength: 16,
    description:
      'Of recipients, with + and the country code, such as +4930; empty: any. A number for help as it is dialled, such as 112, opens the way to it.',
  }),
  sender: Type.String({ maxLength: 20, description: 'The sender that it is for; empty: any.' }),
  kind: OneOf(['', 'sms', 'mms', 'voice'], 'What it takes; empty: any message. Calls take routes of kind voice.'),
  rank: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Among routes that match equally well the lowest goes first.',
  }),
  costMicro: Type.Integer({
    minimum: 0,
    description: 'What a message or a minute costs the operator, in millionths; breaks ties of rank.',
  }),
}

export const RouteView = Type.Object({
  id: Id('route'),
  ...routeFields,
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function routeView(row: RouteRow): Static<typeof RouteView> {
  return {
    id: row.id,
    carrierId: row.carrier_id,
    accountId: row.account_id,
    prefix: row.prefix,
    sender: row.sender,
    kind: row.kind as '' | 'sms' | 'mms' | 'voice',
    rank: row.rank,
    costMicro: row.cost_micro,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}
