// Where phones register, as they are told: the domain of their addresses, and what is listened at.

import type { Config } from '#config/config.ts'
import type { SipReach } from '#operations/face-parts.ts'

type SipConfig = Pick<Config, 'sip' | 'sipAdvertised' | 'sipDomain'>

export const sipDomainOf = ({ sipDomain }: Pick<Config, 'sipDomain'>, publicUrl: string): string =>
  sipDomain ?? URL.parse(publicUrl)?.hostname ?? 'localhost'

const everywhere = new Set(['0.0.0.0', '::'])

/** Undefined where no SIP is heard. */
export function sipReach(config: SipConfig, publicUrl: string): SipReach | undefined {
  if (config.sip.length === 0) return undefined
  const domain = sipDomainOf(config, publicUrl)
  const addresses = config.sip.map(({ transport, host, port }) => ({
    transport,
    host: config.sipAdvertised ?? (everywhere.has(host) ? domain : host),
    port,
  }))
  return { domain, addresses }
}
