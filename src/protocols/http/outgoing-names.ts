// Names to addresses for outgoing requests: every address of a name is judged, and what was judged is what is connected
// to. A verdict stands for half a minute, so that a busy endpoint costs no lookups; one that failed, for two seconds.

import { lookup as askSystem, promises as dns } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Clock } from '#values/clock.ts'
import { unbracketed } from '#values/host-port.ts'
import { kindOfAddress, type AllowList } from './outgoing-addresses.ts'

/** All addresses of a name; throws what node:dns throws. */
export type NameLookup = (host: string) => Promise<readonly string[]>

export type Verdict =
  | { readonly addresses: readonly string[]; readonly pinned: LookupFunction; readonly key: string }
  | { readonly refused: 'refused_address' | 'dns'; readonly detail: string }

const standsMs = 30_000
const failureStandsMs = 2_000
const keptAtMost = 10_000

export class CheckedNames {
  readonly #clock: Clock
  readonly #lookup: NameLookup
  readonly #known = new Map<string, { readonly verdict: Promise<Verdict> | Verdict; untilMs: number }>()
  #allow: AllowList

  constructor(clock: Clock, lookup: NameLookup, allow: AllowList) {
    this.#clock = clock
    this.#lookup = lookup
    this.#allow = allow
  }

  setAllow(allow: AllowList): void {
    this.#allow = allow
    this.#known.clear()
  }

  /** `host` as a URL has it, brackets and all. Answers at once when the verdict stands. */
  check(host: string, loopback: boolean): Verdict | Promise<Verdict> {
    const key = loopback ? `${host} loopback` : host
    const now = this.#clock.elapsedMs()
    const known = this.#known.get(key)
    if (known && known.untilMs > now) return known.verdict
    if (this.#known.size >= keptAtMost) this.#known.clear()
    const keep = (verdict: Verdict): Verdict => {
      const forMs = 'refused' in verdict && verdict.refused === 'dns' ? failureStandsMs : standsMs
      this.#known.set(key, { verdict, untilMs: this.#clock.elapsedMs() + forMs })
      return verdict
    }
    // Whoever asks meanwhile waits for the same lookup.
    const verdict = this.#judge(host, loopback).then(keep)
    this.#known.set(key, { verdict, untilMs: now + standsMs })
    return verdict
  }

  async #judge(host: string, loopback: boolean): Promise<Verdict> {
    const name = unbracketed(host).replace(/\.$/, '')
    let addresses: readonly string[] = [name]
    if (isIP(name) === 0) {
      try {
        addresses = await this.#lookup(name)
      } catch (cause) {
        return { refused: 'dns', detail: String((cause as NodeJS.ErrnoException).code ?? 'no answer') }
      }
      if (addresses.length === 0) return { refused: 'dns', detail: 'no address' }
    }
    const allowed = this.#allow.hasHost(name)
    for (const address of addresses) {
      const kind = kindOfAddress(address)
      const fine = kind === 'public' || allowed || (loopback && kind === 'loopback') || this.#allow.hasAddress(address)
      // A name with one bad address is bad: which one is connected to would be chance.
      if (!fine) return { refused: 'refused_address', detail: kind }
    }
    return { addresses, pinned: pinTo(addresses), key: addresses.join() }
  }
}

/** What a socket asks instead of the network: the answer is already known. */
function pinTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_, options, done) => {
    const wanted = options.family === 4 || options.family === 6 ? all.filter(({ family }) => family === options.family) : all
    const [first] = wanted
    if (options.all) done(null, wanted)
    else if (first) done(null, first.address, first.family)
    else done(Object.assign(new Error('no such address'), { code: 'ENOTFOUND' }), '')
  }
}

const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 })

/**
 * Asks name servers itself: the system's own lookup has four threads, which hashing and files need too, and anybody may
 * register a name whose servers never answer. Names of one word and of local zones are the system's to know.
 */
export const lookupName: NameLookup = async (host) => {
  if (!host.includes('.') || /\.(?:local|localhost|internal|lan|home\.arpa)$/i.test(host)) return systemLookup(host)
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const found = [...(four.status === 'fulfilled' ? four.value : []), ...(six.status === 'fulfilled' ? six.value : [])]
  if (found.length === 0 && four.status === 'rejected') throw four.reason
  return found
}

function systemLookup(host: string): Promise<string[]> {
  return new Promise((resolve, reject) =>
    askSystem(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found.map(({ address }) => address)))),
  )
}
