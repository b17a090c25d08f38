import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { listMaskings, readMasking } from '#store/maskings.ts'
import { Id, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { maskingView, MaskingView } from './masking-view.ts'

export const readMaskingOperation = operation({
  name: 'maskings.read',
  summary: 'Read a masking',
  permission: 'calls.read',
  input: Type.Object({ id: Id('masking') }, { additionalProperties: false }),
  output: MaskingView,
  reasons: ['session.not_found'],
  route: { method: 'GET', path: '/maskings/{id}' },
  async run({ caller, read, clock }, { id }) {
    const row = (await readMasking(read, caller.account.id, id)) ?? refuse('session.not_found', {})
    return maskingView(row, clock.nowMs())
  },
})

export const listMaskingsOperation = operation({
  name: 'maskings.list',
  summary: 'List maskings',
  permission: 'calls.read',
  input: PageOf({}),
  output: Page(MaskingView),
  reasons: [],
  route: { method: 'GET', path: '/maskings' },
  async run({ caller, read, clock }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const request = { scope: caller.account.id, after, skip, oldestFirst, limit: limit + 1 }
    const now = clock.nowMs()
    return pageFrom(await listMaskings(read, request), limit, (row) => maskingView(row, now))
  },
})
