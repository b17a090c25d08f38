// The rules of numbers by place: which address whoever rents them must have, and which phones may call them.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { addressNeeds, addressNeedsByCountry, callerTypes, rulingIn, type Ruling } from '#numbers/number-rules.ts'
import { readNumberRules, setNumberRule, type NumberRuleRow } from '#store/number-rules.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { numberTypes } from './number-view.ts'

const place = {
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2.' }),
  type: OneOf(numberTypes, 'Type of number.'),
}
const region = Type.String({ maxLength: 100, description: 'Region, exactly; empty for all of the country.' })

const RuleView = Type.Object({
  ...place,
  region,
  address: OneOf(addressNeeds, 'Where the address must be: in the region, in the country, anywhere; or none is asked for.'),
  barredCallers: Type.Array(OneOf(callerTypes, 'A kind of phone.'), { description: 'Phones that cannot call such numbers.' }),
  source: OneOf(['platform', 'operator'], 'Whether it comes with the platform or was set by the operator.'),
})

const ruleView = (rule: Pick<NumberRuleRow, 'country' | 'type' | 'region'>, ruling: Ruling, source: 'platform' | 'operator') => ({
  country: rule.country,
  type: rule.type as 'local',
  region: rule.region,
  address: ruling.address,
  barredCallers: [...ruling.barredCallers],
  source,
})

/** The operator's go before those that come with the platform; the one for a region before the one for the country. */
export const listNumberRulesOperation = operation({
  name: 'number_rules.list',
  summary: 'List the rules of numbers by place',
  permission: 'numbers.read',
  input: Type.Object({ country: Optional(place.country) }, { additionalProperties: false }),
  output: Type.Object({ items: Type.Array(RuleView) }),
  reasons: [],
  route: { method: 'GET', path: '/number-rules' },
  async run({ read }, { country }) {
    const own = (await readNumberRules(read)).map((rule) => ruleView(rule, rulingIn(rule), 'operator'))
    const platform = Object.entries(addressNeedsByCountry).flatMap(([code, needs]) =>
      Object.entries(needs).map(([type, address]) =>
        ruleView({ country: code, type, region: '' }, { address, barredCallers: [] }, 'platform'),
      ),
    )
    return { items: [...own, ...platform].filter((rule) => country === undefined || rule.country === country) }
  },
})

export const setNumberRuleOperation = operation({
  name: 'number_rules.set',
  summary: 'Set the rule of numbers of a place',
  permission: 'operator',
  input: Type.Object(
    {
      ...place,
      region: Optional(region),
      address: Optional(RuleView.properties.address),
      barredCallers: Optional(Type.Array(OneOf(callerTypes, 'A kind of phone.'), { maxItems: callerTypes.length })),
    },
    { additionalProperties: false },
  ),
  output: RuleView,
  reasons: [],
  route: { method: 'PUT', path: '/number-rules' },
  async run(means, { country, type, region: where = '', address = 'none', barredCallers = [] }) {
    const { caller, clock } = means
    const row: NumberRuleRow = {
      country,
      type,
      region: where,
      address,
      barred_callers: JSON.stringify([...new Set(barredCallers)]),
      updated_ms: clock.nowMs(),
    }
    const set = await means.write(setNumberRule, { row, accountId: caller.account.id, actor: actorOf(caller) })
    return ruleView(set, rulingIn(set), 'operator')
  },
})
