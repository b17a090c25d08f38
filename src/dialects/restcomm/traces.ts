// Trace records (reference 12): one for each request that the platform sends to an application, in JSON only, for accounts
// that have the feature. Here they are the deliveries of this face: status callbacks, and messages that came in, each with
// its last attempt. What an answer's own Redirect and actions fetch is told by their faults alone. Records are looked for
// two days back, among the newest thousand.

import type { Static } from 'typebox'
import { listDeliveriesOperation, readDeliveryOperation } from '#operations/webhooks/deliveries.ts'
import type { DeliveryInFull } from '#operations/webhooks/delivery-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { apiVersion, dateText } from './formats.ts'
import { faceName } from './ids.ts'
import type { Ask } from './knock.ts'
import { envelopeOf, readPage } from './paging.ts'
import { writeOne, writePage, type Shown } from './write.ts'

/** Reading what was said to applications is reading applications; the account must have asked for the records. */
export const traceAccess = { permission: 'applications.read', feature: 'trace' } as const

const keptForMs = 2 * 24 * 3_600_000
const maxSearched = 1000
const step = 200

const pathOf = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed ? parsed.pathname + parsed.search : url
}

function view({ means: { sids }, caller, accountSid }: Ask, delivery: Static<typeof DeliveryInFull>): Shown {
  const sid = sids.show('TC', delivery.id)
  const last = delivery.log.at(-1)
  const { url, method, headers } = last ?? delivery
  return {
    api_version: apiVersion,
    sid,
    date_created: dateText(delivery.createdAt),
    account_sid: accountSid,
    org_sid: sids.show('OR', caller.account.rootId),
    session_sid: delivery.noun === 'messages' ? sids.show('SM', delivery.nounId) : null,
    status: delivery.state,
    uri: url,
    direction: 'outbound',
    latency_ms: last?.tookMs ?? null,
    request: { path: pathOf(url), method, headers, body: delivery.body },
    response:
      last && last.status !== null
        ? { status: { code: last.status, phrase: '' }, headers: last.answerHeaders, body: last.answerBody }
        : null,
  }
}

async function newestOf({ means: { parts }, caller }: Ask): Promise<number[]> {
  const since = parts.clock.nowMs() - keptForMs
  const found: number[] = []
  let searched = 0
  let after: number | undefined
  do {
    const page = await parts.run(listDeliveriesOperation, caller, { limit: step, ...(after !== undefined && { after }) })
    for (const { id, face, createdAt } of page.items) {
      if (createdAt < since) return found
      if (face === faceName) found.push(id)
    }
    searched += page.items.length
    after = page.next === null ? undefined : page.items.at(-1)!.id
  } while (after !== undefined && searched < maxSearched)
  return found
}

export async function listTraces(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, accountSid } = ask
  const asked = readPage(fields)
  const all = await newestOf(ask)
  const rows: Shown[] = []
  for (const id of all.slice(asked.skip, asked.skip + asked.pageSize))
    rows.push(view(ask, await means.parts.run(readDeliveryOperation, caller, { id })))
  const envelope = envelopeOf({
    asked,
    total: all.length,
    rows: rows.length,
    lastSid: rows.at(-1)?.['sid'] as string | undefined,
    uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/Traces.json`,
    filters: [],
    absent: means.parts.settings.options()['plainNulls'] === true ? null : 'null',
  })
  return writePage(true, envelope, 'traces', 'Trace', rows)
}

export async function readTrace(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, params } = ask
  const sid = params['sid']!
  const id = means.sids.read('TC', sid)
  const delivery = id === undefined ? undefined : await means.parts.run(readDeliveryOperation, caller, { id })
  if (!delivery || delivery.face !== faceName || delivery.createdAt < means.parts.clock.nowMs() - keptForMs)
    refuse('resource.not_found', { noun: 'trace record', id: sid.slice(0, 60) })
  return writeOne(true, 'Trace', view(ask, delivery))
}
