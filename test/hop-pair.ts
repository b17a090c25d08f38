// Two programs on one PostgreSQL that reach each other over SIP, with phones at both: for scenarios of calls that one has and of which the
// phone is connected to the other.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { PeerCall } from '../conformance/sip-call.ts'
import { SipPeer } from '../conformance/sip-peer.ts'
import { statusOf } from '../conformance/sip-text.ts'
import { rcml } from './call-place.ts'
import { openNodePair, type NodePair } from './node-pair.ts'
import { freePorts } from './ports.ts'

export const password = 'Tr4mp0line-9'

export type Over = 'connection' | 'packets'

export interface Ringing {
  readonly login: string
  readonly peer: SipPeer
  /** The phone's end. */
  readonly called: PeerCall
  /** The end of who called in on the first program. */
  readonly caller: PeerCall
  readonly number: string
}

export interface HopPair extends NodePair {
  /** Where phones are connected to the second program; those of the first have `place.sip`. */
  readonly farSip: { readonly host: string; readonly port: number }
  readonly farWsPort: number
  /** Where the second takes what its fellow sends. */
  readonly farHopPort: number
  client(): Promise<string>
  /** Registered at the second program. */
  phone(over?: Over): Promise<{ readonly login: string; readonly peer: SipPeer }>
  /** A call comes in on the first program, whose script dials the phone. What the phone hands over goes to the page `/refer`. */
  ring(phone: { readonly login: string; readonly peer: SipPeer }): Promise<Ringing>
  ringing(over?: Over): Promise<Ringing>
  talking(over?: Over): Promise<Ringing>
}

export interface HopPairWish {
  readonly here?: Readonly<Record<string, string>>
  readonly there?: Readonly<Record<string, string>>
}

/** For the whole of a test file. */
export async function openHopPair({ here, there }: HopPairWish = {}): Promise<HopPair> {
  const [sip, ws, hopHere, hopThere] = (await freePorts(4)) as [number, number, number, number]
  const pair = await openNodePair({
    here: { OFFHOOK_NODE_SIP: `127.0.0.1:${hopHere}`, ...here },
    there: {
      OFFHOOK_NODE_SIP: `127.0.0.1:${hopThere}`,
      OFFHOOK_SIP: `127.0.0.1:${sip},ws://127.0.0.1:${ws}`,
      OFFHOOK_SIP_T1_MS: '100',
      OFFHOOK_MEDIA_WORKERS: '1',
      ...there,
    },
  })
  const { place } = pair
  const farSip = { host: '127.0.0.1', port: sip }
  const peers: SipPeer[] = []
  // Also those of a test that failed: the file would not end.
  after(() => peers.forEach((peer) => peer.close()))
  let clients = 0
  const client = async (): Promise<string> => {
    const login = `ann${(clients += 1)}`
    await place.api('POST', '/clients', { login, password })
    return login
  }
  const phone: HopPair['phone'] = async (over = 'connection') => {
    const login = await client()
    const peer = over === 'connection' ? await SipPeer.connected(farSip) : await SipPeer.open()
    peers.push(peer)
    assert.equal(statusOf(await peer.register({ server: farSip, login, password })), 200)
    return { login, peer }
  }
  const ring: HopPair['ring'] = async ({ login, peer }) => {
    place.pages.set('/ring', rcml(`<Dial><Client>${login}</Client></Dial>`))
    const number = await place.number('/ring', { refer: '/refer' })
    const invited = peer.invited()
    const { peer: party, server } = await place.party()
    const caller = await party.call({ server, from: '+13105558001', to: number })
    const called = await invited
    called.ring()
    return { login, peer, called, caller, number }
  }
  const ringing = async (over?: Over): Promise<Ringing> => ring(await phone(over))
  return {
    ...pair,
    farSip,
    farWsPort: ws,
    farHopPort: hopThere,
    client,
    phone,
    ring,
    ringing,
    async talking(over) {
      const call = await ringing(over)
      await call.called.answer()
      assert.equal(statusOf(await call.caller.final()), 200)
      return call
    },
  }
}
