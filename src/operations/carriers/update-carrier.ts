import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readCarrier, updateCarrier } from '#store/carriers.ts'
import { Id, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { readConfig } from './carrier-config.ts'
import { carrierView, CarrierView } from './carrier-view.ts'

/** `detail` is joined with what is there, null takes a setting back to its default. The carrier is opened anew with the change. */
export const updateCarrierOperation = operation({
  name: 'carriers.update',
  summary: 'Change a carrier, or switch it off and on',
  permission: 'operator',
  input: Type.Object(
    {
      id: Id('carrier'),
      enabled: Optional(Type.Boolean({ description: 'Switched off it takes no messages; those queued for it wait.' })),
      detail: Optional(
        Type.Record(
          Type.String({ maxLength: 40 }),
          Type.Union([Type.String({ maxLength: 4000 }), Type.Number(), Type.Boolean(), Type.Null()]),
          { description: 'Settings to change; null takes one back to its default.' },
        ),
      ),
      secret: Optional(Type.Union([Text(200, 'New password.'), Type.Null()], { description: 'null takes the password away.' })),
    },
    { additionalProperties: false },
  ),
  output: CarrierView,
  reasons: ['resource.not_found', 'resource.conflict', 'request.parameter_invalid'],
  route: { method: 'PATCH', path: '/carriers/{id}' },
  async run(means, { id, enabled, detail: change = {}, secret }) {
    const { caller, read, clock, key, carriers, trunks } = means
    const row = await readCarrier(read, id)
    if (!row) refuse('resource.not_found', { noun: 'carrier' })
    const joined = { ...(JSON.parse(row.detail) as Record<string, unknown>), ...change }
    const { detail } = readConfig(means, {
      kind: row.kind,
      detail: Object.fromEntries(Object.entries(joined).filter(([, value]) => value !== null)),
    })
    const changed = Object.entries({ enabled, detail: Object.keys(change)[0], secret }).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    )
    const updated = await means.write(updateCarrier, {
      id,
      version: row.version,
      enabled: enabled === undefined ? row.enabled : enabled ? 1 : 0,
      detail: JSON.stringify(detail),
      secret: secret === undefined ? row.secret_sealed : secret === null ? null : key.seal(secret),
      changed,
      accountId: caller.account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!updated) refuse('resource.conflict', { noun: 'carrier' })
    return carrierView(updated, carriers.stateOf(id), trunks.stateOf(id))
  },
})
