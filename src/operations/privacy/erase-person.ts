import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { newErasure } from '#messaging/erase-persons.ts'
import { refuse } from '#reasons/refusal.ts'
import { createErasure, listErasures, readErasure, type ErasureRow } from '#store/erasures.ts'
import { Id, Moment, OneOf, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { personOf, personProperties, personReasons } from './person-input.ts'

const ErasureView = Type.Object({
  id: Id('erasure'),
  kind: OneOf(['phone', 'email'], 'What the person was told by.'),
  person: Type.String({ description: 'What stands in the place of the person now: a keyed hash.' }),
  status: OneOf(['queued', 'running', 'completed'], 'How far it is.'),
  erased: Type.Integer({ description: 'Things that were taken away or emptied so far.' }),
  createdAt: Moment('When it was asked for.'),
  updatedAt: Moment('When it was last worked on.'),
})

function erasureView(row: ErasureRow): Static<typeof ErasureView> {
  return {
    id: row.id,
    kind: row.kind as 'phone',
    person: row.person_hash,
    status: row.status as 'queued',
    erased: row.erased,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}

const shown = (_: Means, row: ErasureRow) => erasureView(row)

/** Accepted at once, done by a loop. Messages that wait are canceled; opt-outs stay in force under the hash. */
export const erasePersonOperation = operation({
  name: 'privacy.erase',
  summary: 'Forget a person: number, texts, files and evidence, everywhere in the account',
  permission: 'privacy.erase',
  input: Type.Object(personProperties, { additionalProperties: false }),
  output: ErasureView,
  reasons: [...personReasons],
  creates: true,
  route: { method: 'POST', path: '/privacy/erasures', status: 202 },
  async run(means, given) {
    const { caller, clock, key, nextId } = means
    const actor = actorOf(caller)
    const row = newErasure({
      id: nextId(),
      account: caller.account.id,
      person: personOf(given),
      actor,
      key,
      nowMs: clock.nowMs(),
    })
    return shown(means, await means.write(createErasure, { row, actor }))
  },
  shown,
})

export const readErasureOperation = operation({
  name: 'privacy.readErasure',
  summary: 'Read how far an erasure is',
  permission: 'privacy.erase',
  input: Type.Object({ id: Id('erasure') }, { additionalProperties: false }),
  output: ErasureView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/privacy/erasures/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readErasure(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'erasure' })
    return erasureView(row)
  },
})

export const listErasuresOperation = operation({
  name: 'privacy.listErasures',
  summary: 'List erasures',
  permission: 'privacy.erase',
  input: PageOf({}),
  output: Page(ErasureView),
  reasons: [],
  route: { method: 'GET', path: '/privacy/erasures' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const rows = await listErasures(read, { scope: caller.account.id, after, skip, oldestFirst, limit: limit + 1 })
    return pageFrom(rows, limit, erasureView)
  },
})
