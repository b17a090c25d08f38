// Clients (reference 8): phones that register. The password is not shown again, nor its hash, which would be as good as it.

import type { Static } from 'typebox'
import type { ClientView } from '#operations/clients/client-view.ts'
import { createClientOperation } from '#operations/clients/create-client.ts'
import { deleteClientOperation } from '#operations/clients/delete-client.ts'
import { listClientsOperation } from '#operations/clients/list-clients.ts'
import { readClientOperation } from '#operations/clients/read-client.ts'
import { updateClientOperation } from '#operations/clients/update-client.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { allRows } from './bare-list.ts'
import { apiVersion, dateText } from './formats.ts'
import type { Ask } from './knock.ts'
import { applicationIn } from './number-fields.ts'
import { methodOf, sent, urlOf } from './urls.ts'
import { writeList, writeNothing, writeOne, type Shown } from './write.ts'

type Client = Static<typeof ClientView>

const names = {
  login: 'Login',
  password: 'Password',
  name: 'FriendlyName',
  enabled: 'Status',
  'detail.voiceUrl': 'VoiceUrl',
  'detail.voiceFallbackUrl': 'VoiceFallbackUrl',
}

function view({ means, accountSid, json }: Ask, client: Client): Shown {
  const sid = means.sids.show('CL', client.id)
  const { voiceUrl, voiceMethod, voiceFallbackUrl, voiceFallbackMethod, applicationId, pushEnabled } = client.detail
  return {
    sid,
    date_created: dateText(client.createdAt),
    date_updated: dateText(client.updatedAt),
    account_sid: accountSid,
    api_version: apiVersion,
    friendly_name: client.name,
    login: client.login,
    password: null,
    password_algorithm: 'MD5',
    status: client.enabled ? '1' : '0',
    voice_url: voiceUrl ?? null,
    voice_method: voiceMethod ?? 'POST',
    voice_fallback_url: voiceFallbackUrl ?? null,
    voice_fallback_method: voiceFallbackMethod ?? 'POST',
    voice_application_sid: typeof applicationId === 'number' ? means.sids.show('AP', applicationId) : null,
    ...(pushEnabled && { push_client_identity: sid }),
    uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/Clients/${sid}${json ? '.json' : ''}`,
  }
}

function clientId({ means, params }: Ask): number {
  const sid = params['sid']!
  const id = means.sids.read('CL', sid)
  if (id === undefined) refuse('resource.not_found', { noun: 'client', id: sid.slice(0, 60) })
  return id
}

function inputOf({ means, fields }: Ask) {
  const status = fields.filled('Status')
  if (status !== undefined && status !== '0' && status !== '1')
    refuse('request.parameter_invalid', { parameter: 'Status', value: status.slice(0, 60), expected: 'one of 0, 1' })
  return {
    ...sent({ name: fields.filled('FriendlyName'), enabled: status === undefined ? undefined : status === '1' }),
    detail: sent({
      voiceUrl: urlOf(fields, 'VoiceUrl'),
      voiceMethod: methodOf(fields, 'VoiceMethod'),
      voiceFallbackUrl: urlOf(fields, 'VoiceFallbackUrl'),
      voiceFallbackMethod: methodOf(fields, 'VoiceFallbackMethod'),
      applicationId: applicationIn(means.sids, fields, 'VoiceApplicationSid'),
      pushEnabled: fields.truth('IsPushEnabled'),
    }),
  }
}

export async function listClients(ask: Ask): Promise<HttpAnswer> {
  const rows = await allRows(ask, (page) => ask.means.parts.run(listClientsOperation, ask.caller, page))
  return writeList(
    ask.json,
    'Clients',
    'Client',
    rows.map((row) => view(ask, row)),
  )
}

/** Asked again for a login that the account has, it is the client that is there (reference 8). */
export async function createClient(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, idempotencyKey } = ask
  const input = { login: fields.required('Login'), password: fields.required('Password'), ...inputOf(ask) }
  const made = await means.parts.run(createClientOperation, caller, input, { idempotencyKey, names })
  return writeOne(json, 'Client', view(ask, made))
}

export async function readClient(ask: Ask): Promise<HttpAnswer> {
  return writeOne(
    ask.json,
    'Client',
    view(ask, await ask.means.parts.run(readClientOperation, ask.caller, { id: clientId(ask) })),
  )
}

/** Also the change of password. */
export async function updateClient(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json } = ask
  const input = { id: clientId(ask), ...sent({ password: fields.filled('Password') }), ...inputOf(ask) }
  return writeOne(json, 'Client', view(ask, await means.parts.run(updateClientOperation, caller, input, { names })))
}

export async function deleteClient(ask: Ask): Promise<HttpAnswer> {
  await ask.means.parts.run(deleteClientOperation, ask.caller, { id: clientId(ask) })
  return writeNothing(200)
}
