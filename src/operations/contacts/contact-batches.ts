// The operations on batches: work on many contacts, accepted at once and done soon after by a loop.

import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { actorOf } from '#accounts/caller.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import {
  countBatches,
  createBatch,
  listBatches,
  readBatch,
  type BatchInput,
  type ContactBatchRow,
  type ShownBatchRow,
} from '#store/contact-batches.ts'
import { readGroup } from '#store/contact-groups.ts'
import { contactIdByAddress, type ContactFields } from '#store/contacts.ts'
import { Id, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { e164 } from '../numbers/number-input.ts'
import { contactFieldsOf } from './contact-rules.ts'
import { batchKinds, batchView, BatchView, ContactInput, GroupIds, type ContactGiven } from './contact-view.ts'

const maxRows = 200_000
const contactCheck = Compile(ContactInput)

/** A row that does not fit becomes null: it is counted as failed, and the others go on. */
function readRow(row: unknown): ContactFields | null {
  if (!contactCheck.Check(row)) return null
  try {
    return contactFieldsOf(row as ContactGiven)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const shown = (_: Means, row: ShownBatchRow) => batchView(row)

/** `create` takes contacts and groups, `delete` ids, phones or all, `copy` and `move` two groups, `delete_groups` groups. */
export const createBatchOperation = operation({
  name: 'contact_batches.create',
  summary: 'Work on many contacts',
  permission: 'contacts.write',
  input: Type.Object(
    {
      kind: OneOf(batchKinds, 'What to do.'),
      contacts: Optional(
        Type.Array(Type.Unknown(), {
          maxItems: maxRows,
          description: 'Contacts as contacts.create takes them; one that does not fit fails alone.',
        }),
      ),
      ids: Optional(Type.Array(Id('contact'), { maxItems: 10_000, description: 'Contacts to delete.' })),
      phones: Optional(
        Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10_000, description: 'Telephone numbers of contacts to delete.' }),
      ),
      all: Optional(Type.Boolean({ description: 'Delete every contact of the account.' })),
      groups: Optional(Type.Union([GroupIds, Type.Array(Id('group'), { maxItems: 1000, description: 'Groups to delete.' })])),
      from: Optional(Id('group', 'Group whose contacts are copied or moved.')),
      to: Optional(Id('group', 'Group that they join.')),
      fileName: Optional(Type.String({ maxLength: 200, 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: BatchView,
  reasons: ['request.parameter_missing', 'request.one_of_required', 'resource.not_found', 'number.invalid', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/contact-batches', status: 202 },
  async run(means, { kind, fileName, ...given }) {
    const { caller, read, nextId, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const groupThere = async (id: number | undefined, parameter: string): Promise<number> => {
      if (id === undefined) refuse('request.parameter_missing', { parameter, location: 'payload' })
      if (!(await readGroup(read, account.id, id))) refuse('resource.not_found', { noun: 'group', parameter })
      return id
    }
    let input: BatchInput
    if (kind === 'create') {
      if (!given.contacts) refuse('request.parameter_missing', { parameter: 'contacts', location: 'payload' })
      for (const group of given.groups ?? []) await groupThere(group, 'groups')
      input = { contacts: given.contacts.map(readRow), groups: given.groups ?? [] }
    } else if (kind === 'delete') {
      if (!given.all && !given.ids?.length && !given.phones?.length)
        refuse('request.one_of_required', { parameters: ['all', 'ids', 'phones'] })
      const ids = [...(given.ids ?? [])]
      for (const phone of given.phones ?? []) {
        // An unknown number is one that failed, and -1 is no contact's id.
        ids.push((await contactIdByAddress(read, account.id, 'phone', e164(phone))) ?? -1)
      }
      input = given.all ? { all: true } : { ids: [...new Set(ids)] }
    } else if (kind === 'delete_groups') {
      if (!given.groups?.length) refuse('request.parameter_missing', { parameter: 'groups', location: 'payload' })
      input = { groups: given.groups }
    } else input = { from: await groupThere(given.from, 'from'), to: await groupThere(given.to, 'to') }
    const now = clock.nowMs()
    const actor = actorOf(caller)
    const row: ContactBatchRow = {
      id: nextId(),
      account_id: account.id,
      kind,
      status: 'queued',
      input: JSON.stringify(input),
      cursor: 0,
      done: 0,
      failed: 0,
      actor: JSON.stringify(actor),
      file_name: fileName ?? '',
      created_ms: now,
      updated_ms: now,
    }
    return shown(means, await means.write(createBatch, { row, actor }))
  },
  shown,
})

export const readBatchOperation = operation({
  name: 'contact_batches.read',
  summary: 'Read how far a batch is',
  permission: 'contacts.read',
  input: Type.Object({ id: Id('batch') }, { additionalProperties: false }),
  output: BatchView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/contact-batches/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readBatch(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'batch' })
    return batchView(row)
  },
})

export const listBatchesOperation = operation({
  name: 'contact_batches.list',
  summary: 'List batches',
  permission: 'contacts.read',
  input: PageOf({ kind: Optional(OneOf(batchKinds, 'What is done.')), totals: Optional(Type.Boolean({ 'x-hidden': true })) }),
  output: Type.Object({ ...Page(BatchView).properties, matching: Type.Optional(Type.Integer({ 'x-hidden': true })) }),
  reasons: [],
  route: { method: 'GET', path: '/contact-batches' },
  async run({ caller, read, slow }, { limit: asked, after, skip, oldestFirst, kind, totals }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listBatches(read, { scope, after, skip, oldestFirst, limit: limit + 1, where: { kind } })
    const page = pageFrom(rows, limit, batchView)
    if (!totals) return page
    return { ...page, total: await countBatches(slow, scope), matching: await countBatches(slow, scope, kind) }
  },
})
