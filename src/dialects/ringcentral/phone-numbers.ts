// Numbers of the account and of an extension, and where calls to an extension are forwarded (reference section 5).

import type { Caller } from '#accounts/caller.ts'
import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import { readNumberOperation } from '#operations/numbers/read-number.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { accountUri, countryRecord, extensionUri, requirePerson } from './extension-view.ts'
import { userNamed } from './extensions.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { cut, listAnswer, pageOf } from './paging.ts'
import { several } from './query-fields.ts'

const usageTypes = [
  'MainCompanyNumber',
  'AdditionalCompanyNumber',
  'CompanyNumber',
  'DirectNumber',
  'CompanyFaxNumber',
  'ForwardedNumber',
  'ForwardedCompanyNumber',
  'ContactCenterNumber',
  'ConferencingNumber',
  'MeetingsNumber',
  'NumberPool',
  'BusinessMobileNumber',
] as const

export async function listAccountNumbers(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const wanted = pageOf(knock.query)
  const usage = several(knock.query, 'usageType', usageTypes)
  const uri = `${accountUri(room, knock, caller.account.id)}/phone-number`
  const view = viewer(room, knock, caller)
  if (usage.length > 0) {
    const numbers = (await allNumbers(room, caller, {})).filter((number) => usage.includes(usageOf(number)))
    const page = cut(numbers, wanted)
    return listAnswer(knock, uri, wanted, { ...page, records: await Promise.all(page.records.map(view)) })
  }
  const { items, next, total } = await list(room, caller, { limit: wanted.perPage, skip: wanted.skip, oldestFirst: true })
  return listAnswer(knock, uri, wanted, { records: await Promise.all(items.map(view)), more: next !== null, total })
}

export async function listExtensionNumbers(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  const wanted = pageOf(knock.query)
  const usage = several(knock.query, 'usageType', usageTypes)
  const own = (await allNumbers(room, caller, { user: user.id })).filter((number) => number.detail['userId'] === user.id)
  // The company's main number is everybody's to call from.
  const main = (await allNumbers(room, caller, {})).filter(
    (number) => number.detail['usage'] === 'main' && number.detail['userId'] !== user.id,
  )
  const numbers = [...own, ...main].filter((number) => usage.length === 0 || usage.includes(usageOf(number)))
  const page = cut(numbers, wanted)
  const uri = `${extensionUri(room, knock, caller.account.id, user.id)}/phone-number`
  return listAnswer(knock, uri, wanted, { ...page, records: await Promise.all(page.records.map(viewer(room, knock, caller))) })
}

/** What whom an extension calls is shown: its own number, else the company's main one. */
export async function callerIdOf(room: Room, caller: Caller, userId: number): Promise<string | undefined> {
  const ofVoice = ({ capabilities }: NumberShown): boolean => capabilities.voice
  const own = (await allNumbers(room, caller, { user: userId })).filter(ofVoice).find(({ detail }) => detail['userId'] === userId)
  return (own ?? (await allNumbers(room, caller, {})).filter(ofVoice).find(({ detail }) => detail['usage'] === 'main'))?.number
}

export async function readPhoneNumber(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const named = knock.params['phoneNumberId']!
  const id = room.ids.read('number', named)
  try {
    if (id !== undefined)
      return json(await viewer(room, knock, caller)((await room.parts.run(readNumberOperation, caller, { id })) as NumberShown))
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'number.not_found') throw error
  }
  return refuse('resource.not_found', { noun: 'number', parameter: 'phoneNumberId', id: named.slice(0, 40) })
}

/** The telephone that a user gave as their own: the one place calls to the extension could be sent on to. */
export async function listForwardingNumbers(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  requirePerson(user, 'forwarding numbers')
  const wanted = pageOf(knock.query)
  const base = `${extensionUri(room, knock, caller.account.id, user.id)}/forwarding-number`
  const { phoneNumber } = user.detail
  const id = room.ids.show('forwarding', user.id)
  const records =
    phoneNumber === undefined
      ? []
      : [
          {
            uri: `${base}/${id}`,
            id: String(id),
            phoneNumber,
            label: 'Own telephone',
            type: 'Other',
            features: ['CallForwarding', 'CallFlip'],
            flipNumber,
          },
        ]
  return listAnswer(knock, base, wanted, cut(records, wanted))
}

/** A user has one telephone of their own: where calls are flipped to. */
export const flipNumber = '1'

const list = (room: Room, caller: Caller, input: object) =>
  room.parts.run(listNumbersOperation, caller, input) as unknown as Promise<{
    items: NumberShown[]
    next: number | null
    total?: number
  }>

const maxRead = 10_000

async function allNumbers(room: Room, caller: Caller, narrow: object): Promise<NumberShown[]> {
  const numbers: NumberShown[] = []
  let after: number | undefined
  do {
    const page = await list(room, caller, { ...narrow, limit: 1000, oldestFirst: true, ...(after !== undefined && { after }) })
    numbers.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined && numbers.length < maxRead)
  return numbers
}

function usageOf({ detail }: NumberShown): (typeof usageTypes)[number] {
  if (detail['usage'] === 'main') return 'MainCompanyNumber'
  return detail['userId'] ? 'DirectNumber' : 'CompanyNumber'
}

function typeOf({ capabilities }: NumberShown): string {
  if (capabilities.fax) return capabilities.voice ? 'VoiceFax' : 'FaxOnly'
  return 'VoiceOnly'
}

function viewer(room: Room, knock: RingCentralKnock, caller: Caller) {
  const { account } = caller
  const users = new Map<number, Promise<object>>()
  const extensionOf = (userId: number): Promise<object> => {
    let found = users.get(userId)
    if (!found) users.set(userId, (found = extensionShort(room, knock, caller, userId)))
    return found
  }
  return async (number: NumberShown) => {
    const { capabilities, detail, messaging } = number
    const id = room.ids.show('number', number.id)
    const userId = detail['userId']
    return {
      uri: `${accountUri(room, knock, account.id)}/phone-number/${id}`,
      id,
      phoneNumber: number.number,
      ...(number.name !== '' && { label: number.name }),
      type: typeOf(number),
      usageType: usageOf(number),
      paymentType: number.type === 'tollfree' ? 'TollFree' : 'Local',
      status: 'Normal',
      location: [number.region, number.state].filter(Boolean).join(', '),
      country: countryRecord(room, knock, number.country, 'en-US'),
      features: [
        ...(capabilities.voice ? ['CallerId'] : []),
        ...(messaging.sms ? ['SmsSender'] : []),
        ...(messaging.mms ? ['MmsSender'] : []),
      ],
      ...(typeof userId === 'number' && { extension: await extensionOf(userId) }),
    }
  }
}

async function extensionShort(room: Room, knock: RingCentralKnock, caller: Caller, userId: number): Promise<object> {
  const short = { uri: extensionUri(room, knock, caller.account.id, userId), id: room.ids.show('user', userId) }
  if (!caller.permissions.has('users.read')) return short
  const user = await room.parts.run(readUserOperation, caller, { id: userId }).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined
    throw error
  })
  return { ...short, ...(user?.detail.extensionNumber !== undefined && { extensionNumber: user.detail.extensionNumber }) }
}
