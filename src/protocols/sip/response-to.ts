// A response from its request: RFC 3261 8.2.6, with received (18.2.1) and rport (RFC 3581 4) in the top Via.

import { unbracketed } from '#values/host-port.ts'
import { topVia } from './message-reads.ts'
import { SipHeaders, type SipRequest, type SipResponse } from './message.ts'
import type { ResponseOptions, SipAddress } from './stack-parts.ts'
import { usualPhrase } from './status-phrases.ts'
import { viaText } from './via.ts'

const none = Buffer.alloc(0)

/** The Via lines of all responses to this request. */
export function replyVias(request: SipRequest, source: SipAddress): readonly string[] {
  const lines = request.headers.lines('Via')
  const via = topVia(request)
  if (!via) return lines
  const wantsPort = via.params.get('rport') === ''
  const isElsewhere = unbracketed(via.host) !== source.host
  if (!wantsPort && !isElsewhere) return lines
  const params = new Map(via.params)
  // RFC 3581 4: with rport, received is there in any case.
  params.set('received', source.host)
  if (wantsPort) params.set('rport', `${source.port}`)
  const top = viaText({ ...via, params })
  const rest = lines[0]!.includes(',') ? request.headers.all('Via').slice(1) : lines.slice(1)
  return [top, ...rest]
}

/** 8.2.6. `vias` as `replyVias` gives them; `toTag` is put where the request has none, but not on 100; `product` is what Server says. */
export function makeResponse(
  request: SipRequest,
  vias: readonly string[],
  toTag: string,
  status: number,
  options: ResponseOptions | undefined,
  product: string | undefined,
): SipResponse {
  const from = request.headers
  const headers = new SipHeaders()
  for (const via of vias) headers.append('Via', via)
  // 12.1.1: only of responses that make a dialog.
  if (status > 100 && status < 300 && request.method === 'INVITE')
    for (const line of from.lines('Record-Route')) headers.append('Record-Route', line)
  headers.append('From', from.get('From') ?? '')
  const to = from.get('To') ?? ''
  headers.append('To', status === 100 || hasTag(to) ? to : `${to};tag=${toTag}`)
  headers.append('Call-ID', from.get('Call-ID') ?? '')
  headers.append('CSeq', from.get('CSeq') ?? '')
  if (status === 100) {
    // 8.2.6.1.
    const timestamp = from.get('Timestamp')
    if (timestamp !== undefined) headers.append('Timestamp', timestamp)
  } else if (product !== undefined) headers.append('Server', product)
  for (const [name, value] of options?.headers ?? []) headers.add(name, value)
  const body = options?.body ?? none
  if (body.length > 0) headers.set('Content-Type', options?.contentType ?? 'application/sdp')
  return { kind: 'response', status, phrase: options?.phrase ?? usualPhrase(status), headers, body }
}

/** 16.7 step 3: as it goes on to where the request came from. */
export function withoutTopVia(response: SipResponse): SipResponse {
  response.headers.shift('Via')
  return response
}

const hasTag = (to: string): boolean => to.includes('tag') && /;[ \t]*tag[ \t]*=/i.test(to.slice(to.lastIndexOf('>') + 1))
