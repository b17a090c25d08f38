// An account as the operations show it.

import Type, { type Static } from 'typebox'
import { features, type Account } from '#accounts/account.ts'
import { Id, Moment, OneOf } from '../fields.ts'

export const LimitsView = Type.Object({
  keyPerSecond: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Requests a second for one key.' }),
  accountPerSecond: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Requests a second for the account.' }),
  platformPerSecond: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Requests a second for everybody together; 0 is no limit. Counts in the operator account only.',
  }),
  numbers: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Numbers the account may own.' }),
})

export const SettingsView = Type.Object({
  features: Type.Array(OneOf(features, 'A feature.'), { description: 'The features switched on.', maxItems: 100 }),
  limits: LimitsView,
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2 code of the country.' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code of the currency.' }),
  timezone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name of the time zone.' }),
  language: Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', description: 'BCP 47 tag of the language.' }),
  allowedSources: Type.Array(Type.String({ format: 'ip-range', maxLength: 64 }), {
    description: 'Addresses and CIDR ranges that requests may come from; empty is everywhere.',
    maxItems: 100,
  }),
})

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
  const { features: on, limits, allowedSources } = account.settings
  // The account is shared by every request; copied by hand, since structuredClone costs more than all the rest of a read.
  const settings = {
    ...account.settings,
    features: [...on],
    limits: { ...limits },
    allowedSources: [...allowedSources],
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
