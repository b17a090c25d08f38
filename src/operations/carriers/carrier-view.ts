// A carrier as the operations show it, with what is known of it now. Its password is never shown.

import Type, { type Static } from 'typebox'
import type { CarrierState } from '#messaging/sms-carrier.ts'
import type { CarrierRow } from '#store/carriers.ts'
import type { TrunkState } from '#voice/line.ts'
import { Id, Moment, OneOf } from '../fields.ts'

export const CarrierDetail = Type.Record(
  Type.String({ maxLength: 40 }),
  Type.Union([Type.String({ maxLength: 4000 }), Type.Number(), Type.Boolean()]),
  { description: 'Settings by name; those of each kind are listed with the kinds. What is not given has its default.' },
)

const StateView = Type.Object({
  state: OneOf(['up', 'down', 'closed'], 'up: takes messages now; down: does not, and tries to; closed: switched off.'),
  binds: Type.Array(
    Type.Object({
      name: Type.String(),
      state: Type.String(),
      since: Moment('Since when it is so.'),
      outstanding: Type.Integer({ description: 'PDUs without an answer.' }),
    }),
  ),
  outstanding: Type.Integer({ description: 'What is with the carrier and unanswered.' }),
  window: Type.Integer({ description: 'How much may be.' }),
  submitted: Type.Integer({ description: 'Messages handed over since it was opened.' }),
  refused: Type.Integer({ description: 'Messages that it refused.' }),
  receipts: Type.Integer(),
  inbound: Type.Integer({ description: 'Messages that came from it.' }),
  ratePerSecond: Type.Number({ description: 'Over the last ten seconds.' }),
  limitPerSecond: Type.Integer({ description: 'The pace held at present; 0 is no limit.' }),
  lastError: Type.Union([Type.Object({ at: Moment('When.'), text: Type.String(), reason: Type.String() }), Type.Null()]),
})

const TrunkView = Type.Object({
  state: OneOf(['up', 'down', 'closed'], 'up: takes calls now; down: no gateway of it answers; closed: switched off.'),
  gateways: Type.Array(
    Type.Object({
      name: Type.String(),
      state: Type.String(),
      since: Moment('Since when it is so.'),
      calls: Type.Integer({ description: 'Calls placed over it that are up.' }),
    }),
  ),
  registration: Type.Union([
    Type.Object({
      state: OneOf(['registered', 'trying', 'refused'], 'How its registration at the carrier stands.'),
      expiresAt: Type.Union([Moment('Until when it holds.'), Type.Null()]),
      cause: Type.Union([Type.String({ description: 'What the carrier said last, when it did not take it.' }), Type.Null()]),
    }),
    Type.Null(),
  ]),
  calls: Type.Integer({ description: 'Calls that are up, both ways.' }),
  channels: Type.Integer({ description: 'How many may be; 0 is no limit.' }),
  callsPerSecond: Type.Integer({ description: 'How many may be placed in a second; 0 is no limit.' }),
  lastError: Type.Union([Type.Object({ at: Moment('When.'), text: Type.String(), reason: Type.String() }), Type.Null()]),
})

export const CarrierView = Type.Object({
  id: Id('carrier'),
  name: Type.String(),
  kind: Type.String(),
  enabled: Type.Boolean(),
  detail: CarrierDetail,
  hasSecret: Type.Boolean({ description: 'Whether it has a password.' }),
  status: Type.Union([StateView, Type.Null()], { description: 'null: it is not open on the node that answers, or is a trunk.' }),
  trunk: Type.Union([TrunkView, Type.Null()], { description: 'How a trunk for calls stands; null for other carriers.' }),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function carrierView(row: CarrierRow, state: CarrierState | undefined, trunk?: TrunkState): Static<typeof CarrierView> {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    enabled: row.enabled === 1,
    detail: JSON.parse(row.detail) as Static<typeof CarrierDetail>,
    hasSecret: row.secret_sealed !== null,
    status: state ? stateView(state) : null,
    trunk: trunk ? trunkView(trunk) : null,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}

function stateView({ binds, lastError, limitPerSecond = 0, ...figures }: CarrierState): Static<typeof StateView> {
  return {
    ...figures,
    limitPerSecond,
    binds: binds.map(({ sinceMs, ...bind }) => ({ ...bind, since: sinceMs })),
    lastError: lastError ? { at: lastError.atMs, text: lastError.text, reason: lastError.reason } : null,
  }
}

function trunkView({ gateways, registration, lastError, ...figures }: TrunkState): Static<typeof TrunkView> {
  return {
    ...figures,
    gateways: gateways.map(({ sinceMs, ...gateway }) => ({ ...gateway, since: sinceMs })),
    registration: registration
      ? { state: registration.state, expiresAt: registration.expiresMs ?? null, cause: registration.cause ?? null }
      : null,
    lastError: lastError ? { at: lastError.atMs, text: lastError.text, reason: lastError.reason } : null,
  }
}
