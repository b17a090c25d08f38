// The SIP end of the platform with who comes through it: trunks, phones and addresses elsewhere. Part of the roof: it knows the edges that
// voice only has interfaces of.

import { readFileSync } from 'node:fs'
import type { AccountsKnown } from '#accounts/accounts-known.ts'
import { Lockouts } from '#accounts/lockouts.ts'
import { sipTrunkKind, type SipTrunkKind } from '#carriers/sip-trunk/sip-trunk.ts'
import { Phones } from '#phones/phones.ts'
import { AllowList } from '#protocols/http/outgoing-addresses.ts'
import { sipLockoutRules } from '#sip-legs/doorkeeper.ts'
import { SipAddresses } from '#sip-legs/sip-addresses.ts'
import { SipDoor } from '#sip-legs/sip-door.ts'
import type { KeepWire } from '#sip-legs/leg-wire.ts'
import type { FaceReasonOf } from '#sip-legs/reason-headers.ts'
import type { TakeIncoming } from '#voice/line.ts'
import type { TellTurnedAway } from '#voice/turned-away.ts'
import { addressFault } from './address-fault.ts'
import type { Ground } from './ground.ts'
import { sipNames } from './sip-names.ts'
import { sipDomainOf } from './sip-reach.ts'

export interface BuildSipParts extends Pick<
  Ground,
  'config' | 'store' | 'clock' | 'key' | 'journal' | 'nextId' | 'publicUrl' | 'node' | 'product'
> {
  readonly accounts: AccountsKnown
  readonly take: TakeIncoming
  readonly faceReasonOf: FaceReasonOf
  readonly keepWire: KeepWire
  readonly turnedAway: TellTurnedAway
}

export interface SipBuilt {
  readonly door: SipDoor
  readonly trunkKind: SipTrunkKind
  readonly phones: Phones
  readonly addresses: SipAddresses
  /** What it listens at: `udp:127.0.0.1:5060`. */
  start(): Promise<readonly string[]>
  /** No new calls. */
  drain(): void
  stop(): Promise<void>
}

export function buildSip(parts: BuildSipParts): SipBuilt {
  const { config, store, clock, key, journal, nextId, accounts, publicUrl, node, product, take, faceReasonOf } = parts
  const { nodeSip, sip, sipAdvertised, rtpHost, rtpSilenceMs, sipT1Ms, tls, sipIsUsual } = config()
  const domain = (): string => sipDomainOf(config(), publicUrl())
  const bindHost = rtpHost ?? sip[0]?.host ?? '127.0.0.1'
  const certificate = tls && { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }
  const stack = { product, timers: { t1Ms: sipT1Ms } }
  const door = new SipDoor({
    clock,
    nextId,
    bindings: sip.map(({ transport, host, port }) => ({
      transport,
      host,
      port,
      ...((transport === 'tls' || transport === 'wss') && certificate && { tls: certificate }),
      ...(sipAdvertised !== undefined && { advertised: { host: sipAdvertised } }),
    })),
    lockouts: new Lockouts(store, clock, sipLockoutRules),
    realm: config().sipDomain ?? 'offhook',
    nonceKey: key.derive('sip nonce', 32),
    faceReasonOf,
    keepWire: parts.keepWire,
    media: { bindHost, advertisedHost: sipAdvertised ?? bindHost },
    silenceMs: rtpSilenceMs,
    counted: (why, source) => journal.sipKnock(why, source),
    turnedAway: parts.turnedAway,
    stack: { ...stack, resolver: sipNames },
    faulted: (error) => journal.faultFound(error, crypto.randomUUID()),
  })
  const trunkKind = sipTrunkKind({ door, take })
  const phones = new Phones({
    door,
    store,
    key,
    node,
    take,
    accountOf: (id) => accounts.find(id),
    domain,
    ...(nodeSip && { hop: { at: nodeSip, stack } }),
  })
  const addresses = new SipAddresses({
    door,
    domain,
    isAllowed: (address) => new AllowList(config().outgoingAllow).hasAddress(address),
  })
  door.admit(trunkKind.guests)
  door.admit(phones)
  return {
    door,
    trunkKind,
    phones,
    addresses,
    async start() {
      if (sip.length === 0 && nodeSip === undefined) return []
      try {
        await phones.start()
        if (phones.hopAddress) journal.nodeReachable(node, phones.hopAddress)
      } catch (cause) {
        throw (cause as NodeJS.ErrnoException).syscall === 'listen' ? addressFault('OFFHOOK_NODE_SIP', cause) : cause
      }
      try {
        return (await door.listen()).map(({ transport, host, port }) => `${transport}:${host}:${port}`)
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException
        if (!sipIsUsual || code !== 'EADDRINUSE') throw addressFault('OFFHOOK_SIP', cause)
        journal.sipAddressTaken(sip.map(({ host, port }) => `${host}:${port}`).join())
        return []
      }
    },
    drain() {
      door.drain()
      phones.drain()
    },
    async stop() {
      await phones.stop()
      await door.close()
    },
  }
}
