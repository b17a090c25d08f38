// Devices of an extension: the clients that register as its user's phones. Lines, models and addresses for emergencies are the vendor's
// trade and are left out. sip-provision hands a softphone or a browser what it registers with.

import type { Static } from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import type { ClientView } from '#operations/clients/client-view.ts'
import { createClientOperation } from '#operations/clients/create-client.ts'
import { listClientsOperation } from '#operations/clients/list-clients.ts'
import { readClientOperation } from '#operations/clients/read-client.ts'
import { updateClientOperation } from '#operations/clients/update-client.ts'
import type { SipReach } from '#operations/face-parts.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { hostPort } from '#values/host-port.ts'
import { accountUri, extensionUri } from './extension-view.ts'
import { userNamed } from './extensions.ts'
import { shown, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { listAnswer, pageOf } from './paging.ts'

export type Device = Static<typeof ClientView>

/** Of one user; each is rung when the extension is called. */
const devicesAtMost = 10

export async function devicesOf(room: Room, caller: Caller, userId: number): Promise<readonly Device[]> {
  const { items } = await room.parts.run(listClientsOperation, caller, { userId, limit: devicesAtMost, oldestFirst: true })
  return items
}

async function deviceShown(room: Room, knock: RingCentralKnock, { id, name, detail }: Device): Promise<object> {
  const { caller } = knock.target!
  const { registeredUntil } = await room.parts.run(readClientOperation, caller, { id })
  const shownId = String(room.ids.show('device', id))
  const userId = detail.userId ?? undefined
  return {
    uri: `${accountUri(room, knock, caller.account.id)}/device/${shownId}`,
    id: shownId,
    type: 'SoftPhone',
    name,
    status: registeredUntil === null ? 'Offline' : 'Online',
    ...(userId !== undefined && {
      extension: {
        id: room.ids.show('user', userId),
        uri: extensionUri(room, knock, caller.account.id, userId),
      },
    }),
  }
}

export async function listDevices(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  const wanted = pageOf(knock.query)
  const { items, next } = await room.parts.run(listClientsOperation, caller, {
    userId: user.id,
    limit: wanted.perPage,
    skip: wanted.skip,
    oldestFirst: true,
  })
  const records = await Promise.all(items.map((device) => deviceShown(room, knock, device)))
  const uri = `${extensionUri(room, knock, caller.account.id, user.id)}/device`
  return listAnswer(knock, uri, wanted, { records, more: next !== null })
}

export async function readDevice(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  return json(await deviceShown(room, knock, await deviceNamed(room, knock, knock.params['deviceId']!, 'deviceId')))
}

/** One's own, or for an administrator anybody's. Gives resource.not_found. */
export async function deviceNamed(room: Room, knock: RingCentralKnock, named: string, parameter: string): Promise<Device> {
  const { caller } = knock.target!
  const unknown = (): never => refuse('resource.not_found', { noun: 'device', parameter, id: named.slice(0, 40) })
  const id = room.ids.read('device', named) ?? unknown()
  try {
    const device = await room.parts.run(readClientOperation, caller, { id })
    const isMine = device.detail.userId === caller.user?.id || caller.user?.role === 'administrator'
    return isMine && typeof device.detail.userId === 'number' ? device : unknown()
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') return unknown()
    throw error
  }
}

const wordOf = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' } as const

/** Where such a transport is heard. Gives request.parameter_invalid, feature.not_enabled. */
function reachedBy(reach: SipReach | undefined, asked: unknown): SipReach['addresses'][number] {
  if (!reach) refuse('feature.not_enabled', { feature: 'SIP' })
  const found = reach.addresses.find(({ transport }) => wordOf[transport] === asked)
  if (!found) {
    const expected = `one of ${reach.addresses.map(({ transport }) => wordOf[transport]).join(', ')}`
    refuse('request.parameter_invalid', { parameter: 'sipInfo.transport', value: shown(asked), expected })
  }
  return found
}

/** Browsers are who asks as a rule. */
const usualTransport = 'WSS'

/**
 * One device for each user and application, with the same password whenever it is asked for: whoever is registered stays so. Gives
 * auth.extension_login_required, request.parameter_invalid, feature.not_enabled.
 */
export async function provisionSip(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { run, key, settings } = room.parts
  const caller = knock.caller!
  const user = caller.user ?? refuse('auth.extension_login_required')
  const asked = (knock.body as Fields)['sipInfo'] ?? [{}]
  if (!Array.isArray(asked) || asked.length === 0 || asked.length > 4)
    refuse('request.parameter_invalid', { parameter: 'sipInfo', value: shown(asked), expected: '1 to 4 transports' })
  const reach = settings.sip?.()
  const transports = (asked as Fields[]).map((one) => reachedBy(reach, one?.['transport'] ?? usualTransport))
  const login = `device-${room.ids.show('user', user.id)}-${caller.app!.credentialId}`
  const password = key.derive(`ringcentral device ${login}`, 24).toString('base64url')
  const name = `${caller.app!.name} of ${user.name}`.slice(0, 200)
  const wish = { login, password, name, detail: { userId: user.id } }
  const { existing, ...made } = await run(createClientOperation, caller, wish)
  // Whatever somebody changed at another door: it is one's own softphone again.
  const device = existing ? await run(updateClientOperation, caller, { id: made.id, password, detail: wish.detail }) : made
  const sipInfo = transports.map(({ transport, host, port }) => ({
    username: login,
    password,
    authorizationTypes: ['SipDigest'],
    authorizationId: login,
    domain: reach!.domain,
    outboundProxy: hostPort(host, port),
    transport: wordOf[transport],
  }))
  knock.target ??= { caller, userId: user.id }
  return json({
    device: await deviceShown(room, knock, device),
    sipInfo,
    sipFlags: { voipFeatureEnabled: true, voipCountryBlocked: false, outboundCallsEnabled: true, dscpEnabled: false },
    sipErrorCodes: [],
  })
}
