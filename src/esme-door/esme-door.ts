// The SMPP server door: customers bind as ESMEs with the system id and password of a key, submit, ask, and are told what becomes of
// their messages and what comes in (SMPP 3.4 and 5.0). A door only: what may be asked is the operations'.

import type { Identity } from '#accounts/identity.ts'
import { requireActive } from '#accounts/identity.ts'
import { isAllowedSource, isListedSource } from '#accounts/allowed-sources.ts'
import type { Caller } from '#accounts/caller.ts'
import type { Rates } from '#accounts/rates.ts'
import type { ToldRefusal } from '#operations/knock.ts'
import { refusalOfStore, type Run } from '#operations/run.ts'
import { TlsFiles, type TlsJournal } from '#protocols/http/tls-files.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import { listen, type Listening, type Peer } from '#protocols/smpp/listen.ts'
import type { PduOf, RequestName, RequestPdu } from '#protocols/smpp/pdu.ts'
import type { Respond, SessionHooks } from '#protocols/smpp/session-parts.ts'
import type { Session } from '#protocols/smpp/session.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { readCredentialById } from '#store/credentials.ts'
import { purgeEsmeDeliveries } from '#store/esme-deliveries.ts'
import { endEsmeSet, esmePartsBefore, esmePartsOf, type EsmePartRow } from '#store/esme-parts.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { hostPort } from '#values/host-port.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { BoundEsme, type BoundParts } from './bound-esme.ts'
import { esmeFace, sourcesOf, termsOf, type EsmeTerms } from './esme-form.ts'
import { MessageIds } from './message-ids.ts'
import { EsmeNews } from './esme-news.ts'
import { statusOf } from './statuses.ts'
import { Submit } from './submit.ts'
import { TellEsme } from './tell-esme.ts'

export interface EsmeDoorParts {
  readonly listen: readonly { readonly host: string; readonly port: number; readonly secure: boolean }[]
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  readonly run: Run
  readonly identity: Identity
  readonly rates: Rates
  readonly store: Store
  readonly key: Key
  readonly clock: Clock
  readonly nextId: NextId
  /** This node among those that share the store. */
  readonly node: string
  readonly told: (refusal: ToldRefusal) => void
  /** The reader of the log shall remember how far it is. */
  readonly keepPlace: () => void
  readonly journal: TlsJournal & {
    loopFailed(loop: string, error: unknown): void
    faultFound(cause: unknown, errorId: string): void
  }
}

type BindPdu = PduOf<'bind_transmitter'> | PduOf<'bind_receiver'> | PduOf<'bind_transceiver'>

const systemId = 'Offhook'
/** Of ours, in answers to binds of 5.0; 3.4 speakers see it in the TLV too (SMPP 3.4 5.3.2.25). */
const ourVersion = 0x50
/** Requests of one connection under way; a key's own window is held below it. */
const peerWindow = 5_000
const windowToEsme = 200
const closeWithinMs = 3_000
/** Segments whose others did not come by then end. */
const partsKeptMs = 10 * 60_000
const deliveriesKeptMs = 7 * 86_400_000
const lookEveryMs = 60_000

export class EsmeDoor {
  readonly #parts: EsmeDoorParts
  readonly #ids: MessageIds
  readonly #submit: Submit
  /** Asked by whoever reads the log. */
  readonly news: EsmeNews
  readonly #listening: Listening[] = []
  readonly #bound = new Map<Session, BoundEsme>()
  readonly #tellers = new Map<number, TellEsme>()
  /** Binds that are being looked at, by key: they count too. */
  readonly #binding = new Map<number, number>()
  #tls: TlsFiles | undefined
  #timer: Timer | undefined

  constructor(parts: EsmeDoorParts) {
    this.#parts = parts
    const { store, clock, key, nextId, run } = parts
    this.#ids = new MessageIds(key)
    this.#submit = new Submit({ run, store, clock, nextId, ids: this.#ids })
    this.news = new EsmeNews({
      store,
      nextId,
      stored: (news) => {
        parts.keepPlace()
        for (const offered of news) this.#tellers.get(offered.row.credential_id)?.offer(offered)
        for (const teller of this.#tellers.values()) teller.pump()
      },
    })
    store.onChange((nouns) => {
      const all = nouns.has('*')
      if (all || nouns.has('credentials') || nouns.has('accounts') || nouns.has('users')) void this.#lookAtKeys()
      if (nouns.has('esme_deliveries') && store.engine === 'postgres')
        for (const teller of this.#tellers.values()) teller.lookAgain()
    })
  }

  /** `smpp://127.0.0.1:2775`, one each. */
  get addresses(): readonly string[] {
    return this.#listening.map(({ address, port }, at) => {
      return `${this.#parts.listen[at]!.secure ? 'smpps' : 'smpp'}://${hostPort(address, port)}`
    })
  }

  /** Rejects when an address cannot be had. */
  async start(): Promise<void> {
    const { tls, journal, clock } = this.#parts
    this.#timer = clock.every(lookEveryMs, () => void this.#purge())
    if (tls && this.#parts.listen.some(({ secure }) => secure)) this.#tls = await TlsFiles.load(tls, journal, clock)
    for (const { host, port, secure } of this.#parts.listen) {
      const listening = await listen({
        host,
        port,
        ...(secure && { tls: this.#tls!.pair() }),
        session: { clock, window: windowToEsme, peerWindow },
        onSession: (session, peer) => this.#welcome(session, peer),
      })
      this.#listening.push(listening)
      if (secure) this.#tls!.onChange((pair) => listening.setSecureContext(pair))
    }
  }

  async reloadCertificates(): Promise<void> {
    await this.#tls?.reload()
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    const late = this.#parts.clock.after(closeWithinMs, () => {
      for (const session of this.#listening.flatMap(({ sessions }) => [...sessions])) session.close('the platform ends')
    })
    await Promise.all(this.#listening.map((one) => one.close()))
    late.cancel()
    await Promise.all([...this.#tellers.values()].map((teller) => teller.settled()))
    this.#tls?.close()
  }

  #welcome(session: Session, peer: Peer): SessionHooks {
    const source = peer.address.replace(/^::ffff:/, '')
    return {
      onRequest: (pdu, respond) => {
        const bound = this.#bound.get(session)
        if (bound) bound.take(pdu, respond)
        else if (isBind(pdu)) void this.#bind(session, source, pdu, respond)
        else respond({ status: commandStatus.ESME_RINVBNDSTS })
      },
      onRoom: () => this.#tellerOf(session)?.pump(),
      onClose: () => this.#left(session),
      onFault: (error) => this.#fault(error),
    }
  }

  async #bind(session: Session, source: string, pdu: BindPdu, respond: Respond): Promise<void> {
    let caller: Caller | undefined
    try {
      const { identity } = this.#parts
      caller = await identity.byKey(esmeFace, pdu.system_id, pdu.password, { source })
      const terms = await this.#admitted(caller, pdu.system_id, source)
      if (session.state === 'closed') return this.#binds(caller, -1)
      const bound = new BoundEsme(this.#boundParts(), {
        session,
        systemId: pdu.system_id,
        source,
        version: pdu.interface_version,
        receives: pdu.command !== 'bind_transmitter',
        caller,
        terms,
      })
      this.#binds(caller, -1)
      this.#bound.set(session, bound)
      // 3.4 4.1: a peer of 3.3 and before knows no TLVs.
      respond({ system_id: systemId, ...(pdu.interface_version >= 0x34 && { tlvs: { sc_interface_version: ourVersion } }) })
      if (bound.receives) this.#tell(bound)
    } catch (error) {
      const refused = error instanceof Refusal ? error : (refusalOfStore(error) ?? this.#faulty(error))
      const status = statusOf(refused.reason, pdu.command)
      this.#told(refused, pdu.command, status, source, pdu.system_id, caller?.account.id ?? null)
      respond({ status })
    }
  }

  /** Gives account.not_active, permission.denied, resource.limit_reached; else the bind counts. */
  async #admitted(caller: Caller, id: string, source: string): Promise<EsmeTerms> {
    requireActive(caller)
    const terms = await this.#termsOf(id)
    if (!mayComeFrom(source, caller, terms)) refuse('permission.denied', { permission: 'source' })
    const others = [...this.#bound.values()].filter(({ credentialId }) => credentialId === caller.credentialId).length
    if (others + (this.#binding.get(caller.credentialId!) ?? 0) >= terms.maxBinds) {
      refuse('resource.limit_reached', { noun: 'bind', limit: terms.maxBinds })
    }
    this.#binds(caller, 1)
    return terms
  }

  #binds({ credentialId }: Caller, more: number): void {
    const count = (this.#binding.get(credentialId!) ?? 0) + more
    if (count > 0) this.#binding.set(credentialId!, count)
    else this.#binding.delete(credentialId!)
  }

  async #termsOf(id: string): Promise<EsmeTerms> {
    return termsOf((await this.#parts.identity.application(esmeFace, id))?.app.detail ?? {})
  }

  #tell(bound: BoundEsme): void {
    const { store, clock, node, journal } = this.#parts
    let teller = this.#tellers.get(bound.credentialId)
    if (!teller) {
      const onFault = (error: unknown): void => journal.loopFailed('esme deliveries', error)
      teller = new TellEsme({ store, clock, ids: this.#ids, node, onFault }, bound.credentialId, bound.terms)
      this.#tellers.set(bound.credentialId, teller)
    }
    teller.attach(bound.session)
  }

  #tellerOf(session: Session): TellEsme | undefined {
    const bound = this.#bound.get(session)
    return bound && this.#tellers.get(bound.credentialId)
  }

  #left(session: Session): void {
    const bound = this.#bound.get(session)
    if (!bound) return
    this.#bound.delete(session)
    this.#tellers.get(bound.credentialId)?.detach(session)
  }

  /** Keys, users or accounts changed: whoever may no longer is unbound, the others go by their new terms. */
  async #lookAtKeys(): Promise<void> {
    try {
      for (const [session, bound] of this.#bound) {
        const known = await this.#parts.identity.application(esmeFace, bound.systemId)
        const caller = known?.active ? await this.#parts.identity.byPublicId(esmeFace, bound.systemId) : undefined
        if (!caller || caller.account.status !== 'active' || (caller.user?.status ?? 'active') !== 'active') {
          void session.unbind()
          continue
        }
        const terms = termsOf(known!.app.detail)
        if (!mayComeFrom(bound.source, caller, terms)) {
          void session.unbind()
          continue
        }
        bound.caller = caller
        bound.terms = terms
        const teller = this.#tellers.get(bound.credentialId)
        if (teller) teller.terms = bound.terms
      }
    } catch (error) {
      this.#parts.journal.loopFailed('esme keys', error)
    }
  }

  /** Segments whose others never came, and deliveries that nobody came for. */
  async #purge(): Promise<void> {
    const { store, clock, journal } = this.#parts
    const now = clock.nowMs()
    try {
      for (const part of await esmePartsBefore(store, now - partsKeptMs, 1000)) {
        const set = await esmePartsOf(store, part)
        if (set.length === 0) continue
        if (set.length === part.total && (await this.#sendLeft(set))) continue
        const deliveries = set.flatMap((one) => this.#submit.failedPart(one, 'message.segment_missing'))
        await store.write(endEsmeSet, { set: part, deliveries })
      }
      await store.write(purgeEsmeDeliveries, { before: now - deliveriesKeptMs })
      for (const teller of this.#tellers.values()) teller.lookAgain()
    } catch (error) {
      journal.loopFailed('esme purge', error)
    }
  }

  /** All of it came, and we ended before we could send it. False when it was refused. */
  async #sendLeft(set: readonly EsmePartRow[]): Promise<boolean> {
    const { store, identity } = this.#parts
    const credential = await readCredentialById(store, set[0]!.credential_id)
    const caller = credential && (await identity.byPublicId(esmeFace, credential.public_id))
    if (!caller) return false
    try {
      await this.#submit.sendWhole(caller, set, 0)
      return true
    } catch (error) {
      if (error instanceof Refusal) return false
      throw error
    }
  }

  // What leaves the house

  #boundParts(): BoundParts {
    const { run, rates, clock } = this.#parts
    return {
      run,
      rates,
      clock,
      ids: this.#ids,
      submit: this.#submit,
      told: (refused, command, status, bound) =>
        this.#told(refused, command, status, bound.source, bound.systemId, bound.caller.account.id),
      fault: (error) => this.#fault(error),
    }
  }

  #told(refused: Refusal, command: RequestName, status: number, source: string, path: string, accountId: number | null): string {
    const errorId = (refused.errorId ??= crypto.randomUUID())
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const request = { method: command, path, source, traceId, receivedAtMs: this.#parts.clock.nowMs() }
    const code = `0x${status.toString(16).padStart(8, '0')}`
    this.#parts.told({ errorId, face: esmeFace, refusal: refused, request, accountId, status, code })
    return errorId
  }

  #fault(error: unknown): string {
    const errorId = crypto.randomUUID()
    this.#parts.journal.faultFound(error, errorId)
    return errorId
  }

  #faulty(error: unknown): Refusal {
    const refused = refusal('platform.internal_error', {})
    refused.errorId = this.#fault(error)
    return refused
  }
}

const mayComeFrom = (source: string, caller: Caller, terms: EsmeTerms): boolean =>
  isAllowedSource(caller, source) && isListedSource(sourcesOf(terms), source)

function isBind(pdu: RequestPdu): pdu is BindPdu {
  return pdu.command === 'bind_transmitter' || pdu.command === 'bind_receiver' || pdu.command === 'bind_transceiver'
}
