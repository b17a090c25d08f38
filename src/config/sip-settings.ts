// Settings of calls as SIP and the balance see them: where it is heard, under which names, how long things take.

import { host, ipAddress, nodeAddress, sipAddresses, type Address, type SipAddress } from './allowed.ts'
import { integer, optional, type Setting, type SettingTable, type ValuesOf } from './setting.ts'

const usualSip: readonly SipAddress[] = [
  { transport: 'udp', host: '127.0.0.1', port: 5060 },
  { transport: 'tcp', host: '127.0.0.1', port: 5060 },
]

export const sipSettings = {
  OFFHOOK_SIP: {
    ...({ parse: sipAddresses, fallback: usualSip } satisfies Setting<readonly SipAddress[]>),
    about:
      'Where SIP is heard: `host:port` for UDP and TCP, `tls://`, `ws://`, `wss://` for one of them; several separated by commas, `off` for none.',
    usual: '127.0.0.1:5060',
    example: '0.0.0.0:5060,tls://0.0.0.0:5061,wss://0.0.0.0:7443',
  },
  OFFHOOK_SIP_ADVERTISED: {
    ...optional(ipAddress),
    about: 'The address that others reach SIP and media at, behind NAT.',
    usual: '(what it listens on)',
    example: '203.0.113.7',
  },
  OFFHOOK_SIP_DOMAIN: {
    ...optional(host),
    about: 'The domain that phones register in: what they are challenged for, and what stands in `From` of calls to them.',
    usual: '(the host of the public URL; phones may name any)',
    example: 'sip.example.com',
  },
  OFFHOOK_NODE_SIP: {
    ...optional(nodeAddress),
    about:
      'Where the other nodes on the same PostgreSQL reach this one over SIP (TCP), so that each can call the phones that are connected to any: the IP address and port of this node in a network that is theirs alone. What goes there is not encrypted.',
    usual: '(nowhere: phones with a connection are called from their own node only)',
    example: '10.0.0.5:5070',
  },
  OFFHOOK_SIP_T1_MS: {
    ...integer(500, 50, 5_000),
    about:
      'T1 of RFC 3261, what a round trip is thought to take: what is not answered is sent again after it, and given up after 64 times as long.',
    usual: '500',
    example: '1000',
    unit: 'ms',
  },
  OFFHOOK_CALL_HOLD_SECONDS: {
    ...integer(60, 6, 3_600),
    about:
      'So much of a call is held from the balance ahead, when it begins and before what was held is used up; a call that cannot be paid further ends then.',
    usual: '60',
    example: '30',
    unit: 's',
  },
} satisfies SettingTable

export interface SipConfig {
  /** Where SIP is heard; empty: nowhere. */
  readonly sip: readonly SipAddress[]
  /** Nobody asked for that address: where it is taken, the platform starts without. */
  readonly sipIsUsual: boolean
  /** What others are told of where we are, in SIP and in SDP, where that is not the address itself: behind NAT. */
  readonly sipAdvertised: string | undefined
  /** What phones are challenged for, and what stands in From of calls to them; undefined: the public URL's host. */
  readonly sipDomain: string | undefined
  /** Where fellow nodes reach this one over SIP; undefined: they do not. */
  readonly nodeSip: Address | undefined
  /** RFC 3261 17.1.1.1: what a round trip is thought to take. What is not answered is given up after 64 times as long. */
  readonly sipT1Ms: number
  /** So much of a call is paid for ahead: held when it begins, and again before that is used up. */
  readonly callHoldSeconds: number
}

export const sipConfig = (set: ValuesOf<typeof sipSettings>): SipConfig => ({
  sip: set.OFFHOOK_SIP,
  sipIsUsual: set.OFFHOOK_SIP === usualSip,
  sipAdvertised: set.OFFHOOK_SIP_ADVERTISED,
  sipDomain: set.OFFHOOK_SIP_DOMAIN,
  nodeSip: set.OFFHOOK_NODE_SIP,
  sipT1Ms: set.OFFHOOK_SIP_T1_MS,
  callHoldSeconds: set.OFFHOOK_CALL_HOLD_SECONDS,
})
