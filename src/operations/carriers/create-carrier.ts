import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createCarrier, type CarrierRow } from '#store/carriers.ts'
import { Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { readConfig } from './carrier-config.ts'
import { CarrierDetail, carrierView, CarrierView } from './carrier-view.ts'

function shown({ carriers, trunks }: Means, { taken, row }: { taken: boolean; row: CarrierRow }) {
  if (taken) refuse('resource.value_not_unique', { parameter: 'name', value: row.name })
  return carrierView(row, carriers.stateOf(row.id), trunks.stateOf(row.id))
}

/** By a URL, or by kind and detail. It opens at once, and takes messages or calls when a route leads over it. */
export const createCarrierOperation = operation({
  name: 'carriers.create',
  summary: 'Add a carrier',
  permission: 'operator',
  input: Type.Object(
    {
      name: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,39}$', description: 'Small letters, digits, - and _.' }),
      url: Optional(
        Text(
          2048,
          'smpp://systemId:password@host:port?window=50&throughput=100; ssmpp:// for TLS; sip:user:password@host:port for a trunk.',
        ),
      ),
      kind: Optional(Text(40, 'Kind of carrier; follows from the URL where there is one.')),
      detail: Optional(CarrierDetail),
      secret: Optional(Text(200, 'Password, kept sealed.')),
      enabled: Optional(Type.Boolean({ description: 'true unless told.' })),
    },
    { additionalProperties: false },
  ),
  output: CarrierView,
  reasons: ['request.parameter_invalid', 'resource.value_not_unique'],
  creates: true,
  route: { method: 'POST', path: '/carriers', status: 201 },
  async run(means, { name, enabled = true, ...given }) {
    const { caller, nextId, clock, key } = means
    const { kind, detail, secret } = readConfig(means, given)
    const now = clock.nowMs()
    const row: CarrierRow = {
      id: nextId(),
      name,
      kind: kind.kind,
      enabled: enabled ? 1 : 0,
      detail: JSON.stringify(detail),
      secret_sealed: secret === undefined ? null : key.seal(secret),
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createCarrier, { row, accountId: caller.account.id, actor: actorOf(caller) }))
  },
  shown,
})
