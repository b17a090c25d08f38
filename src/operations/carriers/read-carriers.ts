// Carriers with their state: one, all, and the kinds that there are.

import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { listCarriers, readCarrier } from '#store/carriers.ts'
import { Id, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { kindsOf } from './carrier-config.ts'
import { carrierView, CarrierView } from './carrier-view.ts'

export const readCarrierOperation = operation({
  name: 'carriers.read',
  summary: 'Read a carrier',
  permission: 'operator',
  input: Type.Object({ id: Id('carrier') }, { additionalProperties: false }),
  output: CarrierView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/carriers/{id}' },
  async run({ read, carriers, trunks }, { id }) {
    const row = await readCarrier(read, id)
    if (!row) refuse('resource.not_found', { noun: 'carrier' })
    return carrierView(row, carriers.stateOf(id), trunks.stateOf(id))
  },
})

export const listCarriersOperation = operation({
  name: 'carriers.list',
  summary: 'List carriers',
  permission: 'operator',
  input: PageOf({}),
  output: Page(CarrierView),
  reasons: [],
  route: { method: 'GET', path: '/carriers' },
  async run({ read, carriers, trunks }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const rows = await listCarriers(read, { after, skip, oldestFirst, limit: limit + 1 })
    return pageFrom(rows, limit, (row) => carrierView(row, carriers.stateOf(row.id), trunks.stateOf(row.id)))
  },
})

const SettingView = Type.Object({
  name: Type.String(),
  type: Type.String(),
  fallback: Type.Unknown({ description: 'What it is when it is not given.' }),
  min: Type.Optional(Type.Integer()),
  max: Type.Optional(Type.Integer()),
  unit: Type.Optional(Type.String()),
  choices: Type.Optional(Type.Array(Type.String())),
  form: Type.Optional(Type.String()),
  required: Type.Boolean(),
  about: Type.String(),
})

export const listCarrierKindsOperation = operation({
  name: 'carriers.kinds',
  summary: 'List the kinds of carriers and their settings',
  permission: 'operator',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({ items: Type.Array(Type.Object({ kind: Type.String(), settings: Type.Array(SettingView) })) }),
  reasons: [],
  route: { method: 'GET', path: '/carrier-kinds' },
  run: async (means) => ({
    items: kindsOf(means).map(({ kind, settings }) => ({
      kind,
      settings: Object.entries(settings).map(([name, one]) => ({
        name,
        type: one.type,
        fallback: one.fallback,
        ...(one.type === 'integer' && { min: one.min, max: one.max, unit: one.unit }),
        ...(one.type === 'choice' && { choices: [...one.choices] }),
        ...(one.type === 'text' && { form: one.form }),
        required: one.type === 'text' && one.required === true,
        about: one.about,
      })),
    })),
  }),
})
