// Calls to any SIP address that a script or a request names: looked up, and judged before anything is sent, so that nobody reaches a
// machine of the operator's own network through us. The address that was judged is the one that is called.

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { kindOfAddress } from '#protocols/http/outgoing-addresses.ts'
import { parseUri, type SipUri } from '#protocols/sip/uri.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { unbracketed } from '#values/host-port.ts'
import type { Leg, LegNews, LegWish } from '#voice/leg.ts'
import type { FoundAddress, SipAddresses as VoiceAddresses } from '#voice/line.ts'
import { allCodecs, type MediaPolicy } from './leg-parts.ts'
import { OutgoingLeg } from './outgoing-leg.ts'
import type { SipDoor } from './sip-door.ts'
import { identityHeaders, shownFrom } from './shown-caller.ts'

export interface SipAddressesParts {
  readonly door: SipDoor
  /** In From. */
  readonly domain: () => string
  /** What the operator lets scripts reach beside the Internet. */
  readonly isAllowed: (address: string) => boolean
}

const policy: MediaPolicy = { codecs: allCodecs, srtp: 'optional', digits: 'rfc4733' }

export class SipAddresses implements VoiceAddresses {
  readonly #parts: SipAddressesParts

  constructor(parts: SipAddressesParts) {
    this.#parts = parts
  }

  /** Gives destination.invalid, call.destination_unknown, destination.not_allowed. */
  async find(text: string, guard: { readonly loopback: boolean }): Promise<FoundAddress> {
    const uri = parseUri(text)
    if (!uri) refuse('destination.invalid', { destination: text })
    const host = unbracketed(uri.host)
    const address = isIP(host) > 0 ? host : await addressOf(host)
    const kind = kindOfAddress(address)
    const isOpen = kind === 'public' || (kind === 'loopback' && guard.loopback) || this.#parts.isAllowed(address)
    if (!isOpen) refuse('destination.not_allowed', { destination: text })
    return { uri: text, host: address, ...(uri.port !== undefined && { port: uri.port }), transport: transportOf(uri) }
  }

  place({ uri, host, port, transport }: FoundAddress, wish: LegWish, news: LegNews): Leg {
    const { door, domain } = this.#parts
    const { username, password } = wish.credentials ?? {}
    let asked = false
    return new OutgoingLeg(
      {
        wish,
        parts: door.partsOf('address'),
        policy,
        next: () => {
          if (asked) return undefined
          asked = true
          return {
            uri,
            to: { host, transport, ...(port !== undefined && { port }) },
            from: shownFrom(wish, domain()),
            contactUser: 'offhook',
            headers: identityHeaders(wish),
            ...(username !== undefined && { credentials: { username, password: password ?? '' } }),
          }
        },
        nowhere: refusal('call.destination_unknown', { destination: uri }),
      },
      news,
    )
  }
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address
  } catch {
    return refuse('call.destination_unknown', { destination: host })
  }
}

/** RFC 3263 4.1, as far as the URI tells. */
function transportOf({ scheme, params }: SipUri): FoundAddress['transport'] {
  const named = params.get('transport')
  if (scheme === 'sips' || named === 'tls') return 'tls'
  return named === 'tcp' ? 'tcp' : 'udp'
}
