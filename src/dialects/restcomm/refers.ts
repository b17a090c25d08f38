// Refers (reference 18): what became of each Refer verb. JSON, whatever was asked for.

import { listRefersOperation, readReferOperation, type ReferShown } from '#operations/refers/refers.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { apiVersion, dateText } from './formats.ts'
import type { Ask } from './knock.ts'
import { pageAnswer } from './page-answer.ts'
import { readPage } from './paging.ts'
import { writeOne, type Shown } from './write.ts'

/** 2xx of the call that it led to, or no word of it after the party took it (RFC 3515 2.4.4). */
const isDone = ({ sipStatus, notifiedStatus }: ReferShown): boolean =>
  sipStatus !== null && sipStatus < 300 && (notifiedStatus === null || notifiedStatus < 300)

function view({ means, caller, accountSid }: Ask, refer: ReferShown): Shown {
  const sid = means.sids.show('RF', refer.id)
  return {
    api_version: apiVersion,
    sid,
    date_created: dateText(refer.createdAt),
    account_sid: accountSid,
    org_sid: means.sids.show('OR', caller.account.rootId),
    call_sid: means.sids.ofCall(refer.callId),
    from: refer.from,
    to: refer.to,
    call_status: isDone(refer) ? 'completed' : 'failed',
    refer_sip_response_code: refer.sipStatus,
    ...(refer.notifiedStatus !== null && { notify_sip_response_code: refer.notifiedStatus }),
    uri: `/${apiVersion}/Accounts/${accountSid}/Refers/${sid}`,
  }
}

export async function listRefers(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields } = ask
  const asked = readPage(fields)
  const page = await means.parts.run(listRefersOperation, caller, { limit: asked.pageSize, skip: asked.skip, counted: true })
  return pageAnswer(ask, {
    asked,
    total: page.total ?? 0,
    rows: page.items.map((one) => view(ask, one)),
    path: 'Refers',
    filterNames: [],
    key: 'refers',
    element: 'Refer',
    jsonOnly: true,
  })
}

export async function readRefer(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, params } = ask
  const sid = params['sid']!
  const id = means.sids.read('RF', sid)
  if (id === undefined) refuse('resource.not_found', { noun: 'refer', id: sid.slice(0, 60) })
  return writeOne(true, 'Refer', view(ask, await means.parts.run(readReferOperation, caller, { id })))
}
