// A dialog: RFC 3261 12. What two user agents keep of each other so that their requests find the way: tags, CSeqs, route set, remote target. It sends
// nothing; session.ts does.

import { isIP } from 'node:net'
import { unbracketed } from '#values/host-port.ts'
import { mayLeadTo } from './inner-address.ts'
import { contactsOf, cseqOf, fromOf, recordRoutesOf, toOf } from './message-reads.ts'
import { SipHeaders, type SipRequest, type SipResponse } from './message.ts'
import { nameAddrText } from './name-addr.ts'
import type { Destination, ExtraHeaders, Flow } from './stack-parts.ts'
import { isTransport } from './transport-names.ts'
import { parseUri } from './uri.ts'

const none = Buffer.alloc(0)

export interface DialogParts {
  readonly callId: string
  /** From and To as our requests write them, tags included. */
  readonly local: string
  readonly remote: string
  readonly localTag: string
  readonly remoteTag: string
  readonly localUri: string
  readonly remoteUri: string
  readonly routes: readonly string[]
  readonly remoteTarget: string
  readonly localSequence: number
  readonly remoteSequence: number | undefined
  readonly flow: Flow
}

export class Dialog {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  readonly localUri: string
  readonly remoteUri: string
  readonly #local: string
  readonly #remote: string
  #routes: readonly string[]
  remoteTarget: string
  /** Of the last request of ours, and of theirs. */
  localSequence: number
  remoteSequence: number | undefined
  flow: Flow

  constructor(parts: DialogParts) {
    this.callId = parts.callId
    this.localTag = parts.localTag
    this.remoteTag = parts.remoteTag
    this.localUri = parts.localUri
    this.remoteUri = parts.remoteUri
    this.#local = parts.local
    this.#remote = parts.remote
    this.#routes = parts.routes
    this.remoteTarget = parts.remoteTarget
    this.localSequence = parts.localSequence
    this.remoteSequence = parts.remoteSequence
    this.flow = parts.flow
  }

  /** 12.1.1: of a request that came in and the tag that our responses carry. */
  static ofRequest(request: SipRequest, localTag: string, flow: Flow): Dialog {
    const from = fromOf(request)
    const to = toOf(request)
    return new Dialog({
      callId: request.headers.get('Call-ID') ?? '',
      local: `${request.headers.get('To') ?? ''};tag=${localTag}`,
      remote: request.headers.get('From') ?? '',
      localTag,
      remoteTag: from?.params.get('tag') ?? '',
      localUri: to?.uri ?? '',
      remoteUri: from?.uri ?? '',
      routes: (recordRoutesOf(request) ?? []).map(nameAddrText),
      remoteTarget: targetOf(request) ?? from?.uri ?? '',
      localSequence: 0,
      remoteSequence: cseqOf(request)?.number,
      flow,
    })
  }

  /** 12.1.2: of a request of ours and a response with a To tag. Undefined where there is none. */
  static ofResponse(request: SipRequest, response: SipResponse, flow: Flow): Dialog | undefined {
    const to = toOf(response)
    const from = fromOf(request)
    const remoteTag = to?.params.get('tag')
    if (remoteTag === undefined) return undefined
    return new Dialog({
      callId: request.headers.get('Call-ID') ?? '',
      local: request.headers.get('From') ?? '',
      remote: response.headers.get('To') ?? '',
      localTag: from?.params.get('tag') ?? '',
      remoteTag,
      localUri: from?.uri ?? '',
      remoteUri: to?.uri ?? '',
      routes: routeSetOf(response),
      remoteTarget: targetOf(response) ?? request.uri,
      localSequence: cseqOf(request)?.number ?? 0,
      remoteSequence: undefined,
      flow,
    })
  }

  /** 13.2.2.4: the 2xx may bring another route set than the provisional that made the early dialog. */
  confirm(response: SipResponse): void {
    this.#routes = routeSetOf(response)
    this.refresh(response)
  }

  /** 12.2: target refresh requests and their 2xx move the remote target. */
  refresh(message: SipRequest | SipResponse): boolean {
    const target = targetOf(message)
    if (target === undefined || target === this.remoteTarget) return false
    this.remoteTarget = target
    return true
  }

  /** 12.2.2: false when its CSeq is not beyond those before. */
  takes(request: SipRequest): boolean {
    const sequence = cseqOf(request)?.number ?? 0
    if (this.remoteSequence !== undefined && sequence <= this.remoteSequence) return false
    this.remoteSequence = sequence
    return true
  }

  /** 12.2.1.1. The ACK of a 2xx has the CSeq of its INVITE: `sequence`. */
  request(
    method: string,
    options: { headers?: ExtraHeaders | undefined; body?: Buffer | undefined; contentType?: string; sequence?: number } = {},
  ): SipRequest {
    const first = this.#routes[0]
    const isLoose = first === undefined || /;\s*lr\b/i.test(first)
    const headers = new SipHeaders()
    const uri = isLoose ? this.remoteTarget : first.replace(/^[^<]*<|>.*$/g, '')
    const routes = isLoose ? this.#routes : [...this.#routes.slice(1), `<${this.remoteTarget}>`]
    for (const route of routes) headers.append('Route', route)
    headers.append('Max-Forwards', '70')
    headers.append('From', this.#local)
    headers.append('To', this.#remote)
    headers.append('Call-ID', this.callId)
    headers.append('CSeq', `${options.sequence ?? ++this.localSequence} ${method}`)
    for (const [name, value] of options.headers ?? []) headers.add(name, value)
    const body = options.body ?? none
    if (body.length > 0 && !headers.has('Content-Type')) headers.append('Content-Type', options.contentType ?? 'application/sdp')
    return { kind: 'request', method, uri, headers, body }
  }

  /**
   * Where its requests go: over the connection it came by as long as that is open; else the next hop by RFC 3263. A UDP peer whose next hop is a
   * private address that it does not send from, or no address at all, is behind a NAT: back to where it sends from (RFC 5626 without its headers).
   * Nor does a peer lead us to where it may not.
   */
  destination(): Destination {
    const { flow } = this
    if (flow.transport !== 'udp' && flow.open) return { flow }
    const next = destinationOf(this.#routes[0]?.replace(/^[^<]*<|>.*$/g, '') ?? this.remoteTarget)
    if (!next) return { flow }
    const { host } = next
    const isNumeric = isIP(host) > 0
    const { host: peer } = flow.remote
    if (isNumeric && !mayLeadTo(host, peer)) return { flow }
    if (flow.transport === 'udp' && ((isNumeric && isPrivate(host) && host !== peer) || host.endsWith('.invalid')))
      return { flow }
    return { ...next, peer }
  }
}

/** Where a URI points; undefined for one that is not SIP. */
export function destinationOf(text: string): (Destination & { host: string }) | undefined {
  const uri = parseUri(text)
  if (!uri) return undefined
  const transport = uri.params.get('transport')?.toLowerCase()
  return {
    host: unbracketed(uri.params.get('maddr') ?? uri.host),
    port: uri.port,
    transport: transport !== undefined && isTransport(transport) ? transport : undefined,
    secure: uri.scheme === 'sips',
  }
}

const targetOf = (message: SipRequest | SipResponse): string | undefined => {
  const contacts = contactsOf(message)
  return contacts === '*' ? undefined : contacts?.[0]?.uri
}

const routeSetOf = (response: SipResponse): readonly string[] => (recordRoutesOf(response) ?? []).map(nameAddrText).toReversed()

/** RFC 1918, 6598, 3927, 4193, 4291 2.5.6; not the loopback, which is nobody's NAT. */
const isPrivate = (host: string): boolean =>
  /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80)/i.test(host)
