// Batches of contacts: accepted with 202 and done soon after. Files are read here, their rows judged by the operation.
// Reference section 15. Excel files are refused: only comma-separated values are read.

import { isUtf8 } from 'node:buffer'
import type { Static } from 'typebox'
import { createBatchOperation, listBatchesOperation, readBatchOperation } from '#operations/contacts/contact-batches.ts'
import type { BatchView } from '#operations/contacts/contact-view.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseMultipart } from '#protocols/http/multipart.ts'
import { refuse } from '#reasons/refusal.ts'
import { addressNames, contactGiven, contactNames } from './contacts.ts'
import { parseCsv } from './csv.ts'
import { json, timestamp, told } from './formats.ts'
import type { Ids } from './ids.ts'
import type { Route, Visit } from './knock.ts'
import { pageShown, pageWanted } from './paging.ts'

const maxRows = 200_000
const kinds = {
  createContacts: 'create',
  deleteContacts: 'delete',
  copyContacts: 'copy',
  moveContacts: 'move',
  deleteGroups: 'delete_groups',
} as const
type Kind = keyof typeof kinds
const kindNames = Object.fromEntries(Object.entries(kinds).map(([theirs, ours]) => [ours, theirs])) as Record<string, Kind>

const statuses: Record<string, string> = { queued: 'queued', running: 'inProgress', completed: 'completed', failed: 'failed' }

type Batch = Static<typeof BatchView>

function batchShown(ids: Ids, batch: Batch): object {
  return {
    id: ids.guid('batch', batch.id),
    type: kindNames[batch.kind],
    status: statuses[batch.status],
    createdAt: timestamp(batch.createdAt),
    ...(batch.fileName !== '' && { fileName: batch.fileName, fileType: 'csv' }),
  }
}

async function accept(visit: Visit, kind: Kind, given: object) {
  const { parts, ids, caller, idempotencyKey } = visit
  const batch = await parts.run(
    createBatchOperation,
    caller,
    { kind: kinds[kind], ...given },
    { idempotencyKey, names: contactNames },
  )
  return json(202, batchShown(ids, batch))
}

interface Upload {
  readonly text: string
  readonly fileName: string
  readonly fields: ReadonlyMap<string, string>
}

async function uploadOf({ knock }: Visit): Promise<Upload> {
  const { headers, body } = knock.request
  const type = mediaType(headers['content-type'])
  if (type?.type !== 'multipart/form-data') {
    refuse('request.content_type_invalid', {
      contentType: (headers['content-type'] ?? '').slice(0, 100),
      allowed: ['multipart/form-data'],
    })
  }
  const parts = await parseMultipart(body, type.boundary)
  const file = parts.find(({ name }) => name === 'file')
  if (!file) refuse('request.parameter_missing', { parameter: 'file', location: 'payload' })
  if (!isUtf8(file.body)) refuse('request.encoding_mismatch', { encoding: 'UTF-8', place: 'file' })
  const fields = new Map(
    parts.filter(({ fileName }) => fileName === undefined).map(({ name, body: value }) => [name, value.toString()]),
  )
  return { text: file.body.toString(), fileName: (file.fileName ?? '').slice(0, 200), fields }
}

/** The columns, and the rows below them. */
function tableOf({ text, fields }: Upload): { columns: string[]; rows: string[][] } {
  const rows = parseCsv(text, maxRows)
  if (!rows)
    refuse('request.parameter_invalid', {
      parameter: 'file',
      value: '',
      expected: `comma-separated values, at most ${maxRows} rows`,
    })
  const header = fields.get('fileHasHeader') ?? 'true'
  if (header !== 'true' && header !== 'false')
    refuse('request.boolean_invalid', { parameter: 'fileHasHeader', value: header.slice(0, 60) })
  if (header === 'true') return { columns: (rows.shift() ?? []).map((name) => name.trim()), rows }
  const columns = (fields.get('fileColumns') ?? '').split(',').map((name) => name.trim())
  if (columns.join('') === '') refuse('request.parameter_missing', { parameter: 'fileColumns', location: 'payload' })
  return { columns, rows }
}

const plainColumns = ['firstName', 'lastName', 'externalId', 'country']
const knownColumns = new Map([...plainColumns, ...Object.keys(addressNames)].map((name) => [name.toLowerCase(), name]))

/** Columns of no known name become custom attributes. */
function contactOf(columns: readonly string[], row: readonly string[]): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  const addresses: Record<string, string> = {}
  const attributes: [string, string][] = []
  for (const [index, column] of columns.entries()) {
    const value = row[index] ?? ''
    const name = knownColumns.get(column.toLowerCase())
    if (value === '' || column === '') continue
    if (name === undefined) attributes.push([column, value])
    else if (plainColumns.includes(name)) plain[name] = value
    else addresses[name] = value
  }
  return contactGiven({ ...plain, addresses, ...(attributes.length > 0 && { customAttributes: Object.fromEntries(attributes) }) })
}

async function createContacts(visit: Visit) {
  const upload = await uploadOf(visit)
  const { columns, rows } = tableOf(upload)
  if (!columns.some((column) => Object.keys(addressNames).some((name) => name.toLowerCase() === column.toLowerCase()))) {
    refuse('request.parameter_invalid', {
      parameter: 'fileColumns',
      value: columns.join().slice(0, 60),
      expected: 'a column of addresses',
    })
  }
  const groups = (upload.fields.get('groups') ?? '')
    .split(',')
    .flatMap((one) => (one.trim() === '' ? [] : [visit.ids.readNumber('group', 'groups', one.trim())]))
  const contacts = rows.map((row) => contactOf(columns, row))
  return accept(visit, 'createContacts', {
    contacts,
    ...(groups.length > 0 && { groups }),
    fileName: upload.fileName || 'contacts.csv',
  })
}

type Fields = Readonly<Record<string, unknown>>
const fieldsOf = (body: unknown): Fields =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {}

async function deleteContacts(visit: Visit) {
  const { ids, msisdns, all } = fieldsOf(visit.body)
  return accept(visit, 'deleteContacts', {
    ...(Array.isArray(ids) ? { ids: ids.map((id) => visit.ids.readNumber('contact', 'ids', id)) } : told('ids', ids)),
    ...told('phones', msisdns),
    ...told('all', all),
  })
}

/** The body of this one is not published: `ids` as with contacts, or `groups`. */
async function deleteGroups(visit: Visit) {
  const { ids, groups = ids } = fieldsOf(visit.body)
  return accept(
    visit,
    'deleteGroups',
    Array.isArray(groups) ? { groups: groups.map((id) => visit.ids.readNumber('group', 'groups', id)) } : told('groups', groups),
  )
}

const between = (kind: Kind) => (visit: Visit) => {
  const { query, ids } = visit
  const group = (name: string) => (query.has(name) ? { [name]: ids.readNumber('group', name, query.get(name)) } : {})
  return accept(visit, kind, { ...group('from'), ...group('to') })
}

async function read({ parts, ids, caller, params }: Visit) {
  const id = ids.readGuid('batch', 'batchId', params['batchId']!)
  if (id === undefined) refuse('resource.not_found', { noun: 'batch' })
  return json(200, batchShown(ids, await parts.run(readBatchOperation, caller, { id })))
}

async function list({ parts, ids, caller, query }: Visit) {
  const wanted = pageWanted(query)
  const type = query.get('type')
  if (type && !Object.hasOwn(kinds, type)) {
    refuse('request.parameter_invalid', {
      parameter: 'type',
      value: type.slice(0, 60),
      expected: `one of ${Object.keys(kinds).join(', ')}`,
    })
  }
  const page = await parts.run(listBatchesOperation, caller, {
    ...wanted,
    totals: true,
    ...(type && { kind: kinds[type as Kind] }),
  })
  return json(
    200,
    pageShown(
      page.items.map((batch) => batchShown(ids, batch)),
      wanted,
      page.total!,
      page.matching!,
    ),
  )
}

const account = '/api/v1/accounts/{accountId}'

export const batchRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${account}/contacts/batches/createContacts`,
    permission: 'contacts.write',
    upload: true,
    answer: createContacts,
  },
  { method: 'POST', path: `${account}/contacts/batches/deleteContacts`, permission: 'contacts.write', answer: deleteContacts },
  {
    method: 'POST',
    path: `${account}/groups/batches/copyContacts`,
    permission: 'contacts.write',
    answer: between('copyContacts'),
  },
  {
    method: 'POST',
    path: `${account}/groups/batches/moveContacts`,
    permission: 'contacts.write',
    answer: between('moveContacts'),
  },
  { method: 'POST', path: `${account}/groups/batches/deleteGroups`, permission: 'contacts.write', answer: deleteGroups },
  { method: 'GET', path: `${account}/batches`, permission: 'contacts.read', answer: list },
  { method: 'GET', path: `${account}/batches/{batchId}`, permission: 'contacts.read', answer: read },
]
