// Who may come in by a password: challenges and their answers (RFC 3261 22, RFC 8760), and what is held against those who guess. A request
// without credentials is how every phone begins, so that being asked counts as nothing; only a wrong answer does. Scanners that say what
// they are get no answer at all. Whose name it is, and what they may do then, is told by trunks and phones.

import type { Lockouts, LockoutRules } from '#accounts/lockouts.ts'
import { challengeText, checkDigest, credentialsFor, ha1Of } from '#protocols/sip/digest.ts'
import { Nonces } from '#protocols/sip/digest-nonces.ts'
import type { SipRequest } from '#protocols/sip/message.ts'
import type { ExtraHeaders, SipAddress } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import { sourceNetwork } from '#values/source-network.ts'

/** For phones that keep trying with an old password: they must get in again soon after it is put right. */
export const sipLockoutRules: LockoutRules = { failures: 10, lockMs: 10 * 60_000, sourceFailures: 30 }

/** A name that has a password. */
export interface Login {
  /** What is locked after failures: unique for the name's owner. */
  readonly subject: string
  readonly password: string
}

export type Verdict<L extends Login> =
  | { readonly kind: 'known'; readonly login: L; readonly username: string }
  | { readonly kind: 'asked'; readonly stale: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export type TokenVerdict<G> =
  | { readonly kind: 'known'; readonly login: G; readonly username?: undefined }
  | { readonly kind: 'bad_token'; readonly refusal: Refusal }

/** RFC 8898 2: the token of a request that comes with one. */
export function bearerOf({ headers }: SipRequest): string | undefined {
  for (const line of [...headers.lines('Authorization'), ...headers.lines('Proxy-Authorization')]) {
    const [, token] = /^\s*bearer\s+([A-Za-z0-9._~+/-]+=*)\s*$/i.exec(line) ?? []
    if (token !== undefined) return token
  }
  return undefined
}

export interface DoorkeeperParts {
  readonly clock: Clock
  readonly random: (bytes: number) => string
  /** What challenges name. */
  readonly realm: string
  /** 32 octets, for nonces; nodes that share phones share it. */
  readonly nonceKey: Buffer
  readonly lockouts: Pick<Lockouts, 'checkSource' | 'checkUser' | 'failed' | 'failedUnknown' | 'succeeded'>
  /** Somebody is registered from there: a neighbour behind the same NAT who guesses locks nobody out who has shown who it is. */
  readonly isGuest: (source: SipAddress) => boolean
  /** `why`: scanner, credentials, locked. */
  readonly counted: (why: string, source: string) => void
}

/** Programs that look for open doors say so: their usual names in User-Agent, as their authors chose them. */
const scanners =
  /friendly-scanner|sipvicious|sundayddr|sip-?scan|sipcli|pplsip|vaxsipuseragent|iwar|sipsak|smap |gulp|custom_scanner/i

/**
 * RFC 8760 2.3 would have the better one first. Many phones and test programs read nothing but the first, and know only MD5: they would be
 * shut out. Whoever looks for the better one finds it second.
 */
const bothAlgorithms = ['MD5', 'SHA-256'] as const
const justMd5 = ['MD5'] as const
/** Those that give up when any challenge names what they do not know; of the libraries of browsers, JsSIP reads nothing but the last one. */
const onlyMd5 = /^baresip v?[0-2]\./i
const ofBrowsers = /^SIP *\/ *2\.0 *\/ *WSS?\s/i

const knowsMd5Alone = ({ headers }: SipRequest): boolean =>
  onlyMd5.test(headers.get('User-Agent') ?? '') || headers.lines('Via').some((via) => ofBrowsers.test(via))

export class Doorkeeper {
  readonly #parts: DoorkeeperParts
  readonly #nonces: Nonces

  constructor(parts: DoorkeeperParts) {
    const { clock, random, nonceKey } = parts
    this.#parts = parts
    this.#nonces = new Nonces({ key: nonceKey, nowMs: () => clock.nowMs(), random })
  }

  /** Before any transaction is made: those that get no word of us. */
  guard(source: SipAddress, request: SipRequest): 'unknown' | 'drop' {
    const { lockouts, counted } = this.#parts
    const agent = request.headers.get('User-Agent')
    if (agent !== undefined && scanners.test(agent)) {
      counted('scanner', source.host)
      return 'drop'
    }
    try {
      lockouts.checkSource(sourceSubject(source.host))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (this.#parts.isGuest(source)) return 'unknown'
      counted('locked', source.host)
      return 'drop'
    }
    return 'unknown'
  }

  /** With `proxy` those of a 407. */
  challenge(request: SipRequest, source: SipAddress, proxy: boolean, stale: boolean): ExtraHeaders {
    const { realm } = this.#parts
    const algorithms = knowsMd5Alone(request) ? justMd5 : bothAlgorithms
    const name = proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'
    return algorithms.map((algorithm) => [
      name,
      challengeText({ realm, nonce: this.#nonces.issue(nonceSource(source)), algorithm, qop: 'auth', stale }),
    ])
  }

  /** RFC 8898 2.1: what somebody is told whose token is not good, so that they fetch another and do not send this one again. */
  get invalidToken(): ExtraHeaders {
    return [['WWW-Authenticate', `Bearer realm="${this.#parts.realm}", error="invalid_token"`]]
  }

  /** One that ran out is nobody's guess. */
  async checkToken<G>(
    token: string,
    source: SipAddress,
    find: (token: string) => Promise<G | Refusal>,
  ): Promise<TokenVerdict<G>> {
    const { lockouts, counted } = this.#parts
    const found = await find(token)
    if (!(found instanceof Refusal)) return { kind: 'known', login: found }
    // Over UDP the source may be forged, and no one is locked out for what another sent.
    if (found.reason === 'auth.credentials_invalid' && source.transport !== 'udp') {
      counted('credentials', source.host)
      await lockouts.failed(undefined, token, sourceSubject(source.host))
    }
    return { kind: 'bad_token', refusal: found }
  }

  async check<L extends Login>(
    request: SipRequest,
    source: SipAddress,
    find: (username: string) => Promise<L | undefined>,
  ): Promise<Verdict<L>> {
    const { realm, lockouts, counted } = this.#parts
    const { headers } = request
    const credentials = credentialsFor([...headers.lines('Authorization'), ...headers.lines('Proxy-Authorization')], realm)
    if (credentials === undefined) return { kind: 'asked', stale: false }
    const { username, nonce, algorithm, response } = credentials
    // Before anything is looked up or counted: who cannot show a nonce of ours may have forged its source.
    const isIssued = (one: string): boolean => this.#nonces.isIssued(one, nonceSource(source))
    if (!isIssued(nonce)) return { kind: 'asked', stale: true }
    if (!isForIt(credentials.uri, request.uri)) return { kind: 'refused', refusal: refusal('auth.credentials_invalid') }
    const login = await find(username)
    // A name is locked for one source only: whoever guesses at a phone's password must not lock the phone out.
    const subject = `sip ${login?.subject ?? `? ${username.slice(0, 100)}`} ${sourceNetwork(source.host)}`
    try {
      await lockouts.checkUser(subject)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      counted('locked', source.host)
      return { kind: 'refused', refusal: error }
    }
    const found = checkDigest({
      credentials,
      method: request.method,
      ha1: login && ha1Of(username, realm, login.password, algorithm),
      isIssued,
      spend: (one, count) => this.#nonces.spend(one, count, nonceSource(source)),
    })
    if (found === 'stale') return { kind: 'asked', stale: true }
    if (found === 'good' && login !== undefined) {
      await lockouts.succeeded(subject)
      return { kind: 'known', login, username }
    }
    counted('credentials', source.host)
    const count = login ? 'failed' : 'failedUnknown'
    await lockouts[count](subject, response, sourceSubject(source.host))
    return { kind: 'refused', refusal: refusal('auth.credentials_invalid') }
  }
}

const sourceSubject = (host: string): string => `sip ${sourceNetwork(host)}`

/** Whom a nonce is for: neighbours share it, since proxies in front of us may take turns. */
const nonceSource = ({ host }: SipAddress): string => sourceNetwork(host).replace(/\.\d+$/, '')

/**
 * RFC 7616 3.4.6: an answer is good for the request that it was made for, so that one which was caught on its way calls nobody else. Proxies change
 * a Request-URI, and some phones name the domain alone: whom it calls is what has to be the same, where both say it.
 */
function isForIt(answered: string, asked: string): boolean {
  const [one, other] = [answered, asked].map((text) => parseUri(text)?.user)
  return one === undefined || other === undefined || one === other
}
