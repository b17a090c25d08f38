// The routes of subscriptions (reference section 11), in the columns of routes.ts.

import type { Route } from './knock.ts'
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  readSubscription,
  renewSubscription,
  updateSubscription,
} from './subscriptions.ts'

const all = '/v1.0/subscription'
const one = `${all}/:subscriptionId`
const shared = { door: 'user', app: 'SubscriptionWebhook' } as const
const light = { ...shared, group: 'light' } as const
const medium = { ...shared, group: 'medium' } as const

export const subscriptionRoutes: readonly Route[] = [
  { ...medium, method: 'POST', path: all, user: 'ReadMessages', body: 'json', perform: createSubscription },
  { ...light, method: 'GET', path: all, perform: listSubscriptions },
  { ...light, method: 'GET', path: one, perform: readSubscription },
  { ...medium, method: 'PUT', path: one, user: 'ReadMessages', body: 'optional', perform: updateSubscription },
  { ...light, method: 'POST', path: `${one}/renew`, user: 'ReadMessages', body: 'raw', perform: renewSubscription },
  { ...medium, method: 'DELETE', path: one, body: 'raw', perform: deleteSubscription },
]
