// SMS/Messages (reference 21) and Messages with channel identities (20): send, list, read. Lists are alike but for what they
// show and which kinds of message they hold.

import { keptHeaders } from '#operations/messages/kept-headers.ts'
import { listMessagesOperation } from '#operations/messages/list-messages.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { readMessageOperation } from '#operations/messages/read-message.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { apiVersion, dayOf, endOf } from './formats.ts'
import type { Ask } from './knock.ts'
import { statesOf, statuses } from './message-states.ts'
import { channelView, smsView } from './message-view.ts'
import { envelopeOf, readPage, readSort } from './paging.ts'
import { channelInput, names, smsInput } from './send-fields.ts'
import { sent } from './urls.ts'
import { writeOne, writePage, type Shown } from './write.ts'

/** One of the two resources. */
interface Resource {
  /** Below the account. */
  readonly path: string
  readonly prefix: 'restcomm' | 'api'
  readonly kinds: readonly ('sms' | 'flash' | 'mms')[]
  /** Whether the answer is JSON whatever was asked for (reference 20). */
  readonly jsonOnly: boolean
  view(ask: Ask, accountSid: string, message: MessageValue): Shown
}

const sms: Resource = {
  path: 'SMS/Messages',
  prefix: 'restcomm',
  kinds: ['sms', 'flash'],
  jsonOnly: false,
  view: ({ means, json }, accountSid, message) => smsView(means, accountSid, json, message),
}

const messages: Resource = {
  path: 'Messages',
  prefix: 'api',
  kinds: ['sms', 'flash', 'mms'],
  jsonOnly: true,
  view: ({ means }, accountSid, message) => channelView(means, accountSid, message),
}

const element = 'SMSMessage'

const sendTo =
  (resource: Resource) =>
  async (ask: Ask): Promise<HttpAnswer> => {
    const { means, caller, json, accountSid, idempotencyKey } = ask
    const input = resource === sms ? smsInput(ask) : channelInput(ask)
    const message = await means.parts.run(sendMessageOperation, caller, input, { idempotencyKey, names })
    const answer = writeOne(json || resource.jsonOnly, element, resource.view(ask, accountSid, message))
    return { ...answer, headers: { ...answer.headers, ...keptHeaders(message) } }
  }

const readFrom =
  (resource: Resource) =>
  async (ask: Ask): Promise<HttpAnswer> => {
    const { means, caller, params, json, accountSid } = ask
    const sid = params['sid']!
    const id = means.sids.read('SM', sid)
    const message = id === undefined ? undefined : await means.parts.run(readMessageOperation, caller, { id })
    if (!message || !(resource.kinds as readonly string[]).includes(message.kind))
      refuse('resource.not_found', { noun: 'message', id: sid.slice(0, 60) })
    return writeOne(json || resource.jsonOnly, element, resource.view(ask, accountSid, message))
  }

const sortBys = {
  From: 'sender',
  To: 'recipient',
  Direction: 'direction',
  Status: 'state',
  Body: 'text',
  Price: 'price',
} as const

const filterNames = ['To', 'From', 'Status', 'Body', 'StartTime', 'EndTime', 'SubAccounts', 'SortBy']

/** With SQL's wildcards, or the whole text (reference 4.2). A number may stand there with its channel. */
const patternOf = (text: string | undefined): string | undefined => text?.replace(/^(?:sms|mms):/i, '')

function statesIn({ fields }: Ask) {
  const text = fields.filled('Status')
  if (text === undefined) return undefined
  const status = statuses.find((one) => one === text.toLowerCase())
  if (!status)
    refuse('request.parameter_invalid', {
      parameter: 'Status',
      value: text.slice(0, 60),
      expected: `one of ${statuses.join(', ')}`,
    })
  return statesOf(status)
}

const listOf =
  (resource: Resource) =>
  async (ask: Ask): Promise<HttpAnswer> => {
    const { means, caller, fields, accountSid } = ask
    const json = ask.json || resource.jsonOnly
    const asked = readPage(fields)
    const sort = readSort(fields, ['DateCreated', ...Object.keys(sortBys)])
    const since = fields.filled('StartTime')
    const until = fields.filled('EndTime')
    const page = await means.parts.run(
      listMessagesOperation,
      caller,
      {
        limit: asked.pageSize,
        skip: asked.skip,
        counted: true,
        kinds: resource.kinds,
        ...sent({
          senderLike: patternOf(fields.filled('From')),
          recipientLike: patternOf(fields.filled('To')),
          text: fields.filled('Body'),
          states: statesIn(ask),
          from: since === undefined ? undefined : dayOf('StartTime', since),
          until: until === undefined ? undefined : endOf('EndTime', until) + 1,
          below: fields.truth('SubAccounts') || undefined,
          ...(sort && (sort.by === 'DateCreated' ? { oldestFirst: !sort.descending } : sortedBy(sort))),
        }),
      },
      { names: { senderLike: 'From', recipientLike: 'To', text: 'Body' }, location: 'parameter' },
    )
    const { items } = page
    const suffix = json && !resource.jsonOnly ? '.json' : ''
    const envelope = envelopeOf({
      asked,
      total: page.total ?? 0,
      rows: items.length,
      lastSid: items.length > 0 ? means.sids.show('SM', items.at(-1)!.id) : undefined,
      uri: `/${resource.prefix}/${apiVersion}/Accounts/${accountSid}/${resource.path}${suffix}`,
      filters: filterNames.flatMap((one) => (fields.text(one) === undefined ? [] : [[one, fields.text(one)!] as const])),
      absent: means.parts.settings.options()['plainNulls'] === true ? null : 'null',
    })
    const rows: Shown[] = []
    for (const one of items) rows.push(resource.view(ask, await means.sids.ofAccount(one.accountId), one))
    return writePage(json, envelope, 'messages', element, rows)
  }

const sortedBy = ({ by, descending }: { by: string; descending: boolean }) => ({
  sortBy: sortBys[by as keyof typeof sortBys],
  descending,
})

export const sendSms = sendTo(sms)
export const readSms = readFrom(sms)
export const listSms = listOf(sms)

export const sendMessage = sendTo(messages)
export const readMessage = readFrom(messages)
export const listMessages = listOf(messages)
