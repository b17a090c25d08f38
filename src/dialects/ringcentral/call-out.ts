// Calls that begin at a device of the extension's own (reference section 9): the device rings first, and is connected once it answers; and
// whom an extension number stands for: all its devices, else its own telephone.

import { placeCallOperation } from '#operations/calls/place-call.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import type { Dial } from '#voice/verbs/verb.ts'
import { dialTargets } from './call-script.ts'
import { deviceNamed, devicesOf, type Device } from './devices.ts'
import { inner, shown, text } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import type { Fields } from './json-body.ts'
import { callerIdOf } from './phone-numbers.ts'
import { numberIn } from './ring-out.ts'
import { sessionShown } from './telephony.ts'

const toDevice = ({ login }: Pick<Device, 'login'>): Dial['targets'][number] => ({ to: { kind: 'client', login } })

/** Gives resource.not_found, call.unreachable. */
async function extensionTargets(room: Room, knock: RingCentralKnock, extensionNumber: string): Promise<Dial['targets']> {
  const { caller } = knock.target!
  const unknown = (): never =>
    refuse('resource.not_found', { noun: 'extension', parameter: 'to.extensionNumber', id: extensionNumber.slice(0, 40) })
  if (!/^[0-9]{1,8}$/.test(extensionNumber)) return unknown()
  const { items } = await room.parts.run(listUsersOperation, caller, { extensionNumber, limit: 1 })
  const user = items[0] ?? unknown()
  const devices = (await devicesOf(room, caller, user.id)).filter(({ enabled }) => enabled)
  if (devices.length > 0) return devices.map(toDevice)
  const { phoneNumber } = user.detail
  return phoneNumber === undefined ? refuse('call.unreachable') : [{ to: { kind: 'number', number: phoneNumber } }]
}

/** Gives request.parameter_missing, resource.not_found, call.emergency_not_routed, and what calls.place gives. */
export async function callOut(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const fields = knock.body as Fields
  const deviceId = inner(fields, 'from')['deviceId']
  if (deviceId === undefined || deviceId === null) throw refusal('request.parameter_missing', { parameter: 'from.deviceId' })
  const device = await deviceNamed(room, knock, shown(deviceId), 'from.deviceId')
  const extensionNumber = text(inner(fields, 'to'), 'extensionNumber', 'to.extensionNumber')
  const number = numberIn(fields, 'to', caller.account.settings.country)
  if (number === undefined && extensionNumber === undefined) throw refusal('request.parameter_missing', { parameter: 'to' })
  const targets: Dial['targets'] =
    number === undefined ? await extensionTargets(room, knock, extensionNumber!) : [{ to: { kind: 'number', number } }]
  const from = (await callerIdOf(room, caller, userId!)) ?? device.login
  const call = await room.parts.run(placeCallOperation, caller, {
    from,
    to: `client:${device.login}`,
    userId: device.detail.userId!,
    verbs: [dialTargets(targets, from)],
    faceData: { callOut: { to: number ?? extensionNumber! } },
  })
  return json({ session: sessionShown(room, [call]) }, 201)
}
