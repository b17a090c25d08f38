// Applications (reference 7). Each is shown with the numbers that are attached to it.

import type { Static } from 'typebox'
import type { ApplicationView } from '#operations/applications/application-view.ts'
import { createApplicationOperation } from '#operations/applications/create-application.ts'
import { deleteApplicationOperation } from '#operations/applications/delete-application.ts'
import { listApplicationsOperation } from '#operations/applications/list-applications.ts'
import { readApplicationOperation } from '#operations/applications/read-application.ts'
import { updateApplicationOperation } from '#operations/applications/update-application.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { attachedNumbers, type AttachedNumbers } from './attached-numbers.ts'
import { allRows } from './bare-list.ts'
import { apiVersion, dateText } from './formats.ts'
import type { Ask } from './knock.ts'
import { sent, urlOf } from './urls.ts'
import { writeList, writeNothing, writeOne, type Shown } from './write.ts'

type Application = Static<typeof ApplicationView>

const names = {
  name: 'FriendlyName',
  kind: 'Kind',
  'detail.scriptUrl': 'RcmlUrl',
  'detail.callerIdLookup': 'VoiceCallerIdLookup',
}

function view({ means, accountSid, json }: Ask, application: Application, attached: AttachedNumbers): Shown {
  const sid = means.sids.show('AP', application.id)
  const { scriptUrl, callerIdLookup } = application.detail
  return {
    sid,
    date_created: dateText(application.createdAt),
    date_updated: dateText(application.updatedAt),
    friendly_name: application.name,
    account_sid: accountSid,
    api_version: apiVersion,
    voice_caller_id_lookup: callerIdLookup ?? false,
    uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/Applications/${sid}${json ? '.json' : ''}`,
    rcml_url: scriptUrl ?? null,
    kind: application.kind === '' ? null : application.kind,
    numbers: attached(application.id),
  }
}

/** Gives application.not_found. */
export function applicationId({ means, params }: Ask): number {
  const id = means.sids.read('AP', params['sid']!)
  if (id === undefined) refuse('application.not_found', {})
  return id
}

function inputOf({ fields }: Ask) {
  const version = fields.filled('ApiVersion')
  if (version !== undefined && version !== apiVersion)
    refuse('request.parameter_invalid', { parameter: 'ApiVersion', value: version.slice(0, 60), expected: apiVersion })
  const kind = fields.text('Kind')?.toLowerCase() as '' | undefined
  return {
    ...sent({ kind }),
    detail: sent({ scriptUrl: urlOf(fields, 'RcmlUrl'), callerIdLookup: fields.truth('VoiceCallerIdLookup') }),
  }
}

export async function listApplications(ask: Ask): Promise<HttpAnswer> {
  const rows = await allRows(ask, (page) => ask.means.parts.run(listApplicationsOperation, ask.caller, page))
  const attached = await attachedNumbers(ask)
  return writeList(
    ask.json,
    'Applications',
    'Application',
    rows.map((row) => view(ask, row, attached)),
  )
}

export async function createApplication(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, idempotencyKey } = ask
  const made = await means.parts.run(
    createApplicationOperation,
    caller,
    { name: fields.required('FriendlyName'), ...inputOf(ask) },
    { idempotencyKey, names },
  )
  return writeOne(
    json,
    'Application',
    view(ask, made, () => []),
  )
}

export async function readApplication(ask: Ask): Promise<HttpAnswer> {
  const application = await ask.means.parts.run(readApplicationOperation, ask.caller, { id: applicationId(ask) })
  return writeOne(ask.json, 'Application', view(ask, application, await attachedNumbers(ask)))
}

export async function updateApplication(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json } = ask
  const id = applicationId(ask)
  const updated = await means.parts.run(
    updateApplicationOperation,
    caller,
    { id, ...sent({ name: fields.filled('FriendlyName') }), ...inputOf(ask) },
    { names },
  )
  return writeOne(json, 'Application', view(ask, updated, await attachedNumbers(ask)))
}

/** Numbers may still point at it; then they answer that it is not there (reference 7). */
export async function deleteApplication(ask: Ask): Promise<HttpAnswer> {
  await ask.means.parts.run(deleteApplicationOperation, ask.caller, { id: applicationId(ask), whileInUse: true })
  return writeNothing(200)
}
