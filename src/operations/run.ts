// The only door to the core. Checks stand as a column: permission, feature, room on the disk, fields, idempotency key;
// what exists, in which state, at what price is the operation's own to check. Every face comes through here.

import { hash } from 'node:crypto'
import type { Static, TSchema } from 'typebox'
import type { AskPolicy } from '#accounts/policy-hook.ts'
import type { Caller } from '#accounts/caller.ts'
import type { CredentialForms } from '#accounts/credential-form.ts'
import type { Carriers } from '#messaging/carriers.ts'
import type { Handsets } from '#messaging/handsets.ts'
import type { HandsetCalls } from '#voice/handset-calls.ts'
import type { Messaging } from '#messaging/messaging.ts'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import { Refusal, refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { keepRefusal } from '#store/idempotency.ts'
import { QueryFailed, QueryTooSlow, StoreUnavailable } from '#store/store-errors.ts'
import type { Store, Write } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { Webhooks } from '#webhooks/webhooks.ts'
import type { NextId } from '#values/ids.ts'
import { hashToken, type Key } from '#values/secrets.ts'
import { faultsOf } from './field-faults.ts'
import { dryRefusal, revivedRefusal, type KeptRefusal } from './kept-refusal.ts'
import type { Means, Operation, TrunksSeen, VoiceSeen } from './operation.ts'

export interface RunOptions {
  /** The client's Idempotency-Key, for what creates. */
  readonly idempotencyKey?: string | undefined
  /** What a face calls our fields, so that a refusal names the parameter as its client sent it. */
  readonly names?: Readonly<Record<string, string>>
  /** Where the fields came from, told with a missing one. */
  readonly location?: 'payload' | 'parameter'
  /** Another node has asked for it: it is run here or nowhere. */
  readonly isHere?: boolean
}

export type Run = <I extends TSchema, O extends TSchema>(
  operation: Operation<I, O>,
  caller: Caller,
  input: unknown,
  options?: RunOptions,
) => Promise<Static<O>>

/** Has an operation run on another of the nodes that share the store, and gives its output. */
interface AskOtherNode {
  ask(node: string, operation: Operation, caller: Caller, input: unknown, idempotencyKey?: string): Promise<unknown>
}

export interface RunParts {
  readonly store: Store
  readonly messaging: Messaging
  readonly carriers: Carriers
  /** None unless told. */
  readonly trunks?: TrunksSeen | undefined
  readonly router: Means['router']
  readonly voice: VoiceSeen
  readonly handsets: Handsets
  readonly handsetCalls: HandsetCalls
  readonly fetch: FetchGuarded
  readonly webhooks: Webhooks
  readonly credentialForms: CredentialForms
  readonly nextId: NextId
  readonly clock: Clock
  readonly key: Key
  readonly diskNearlyFull: () => boolean
  /** Whether the operator has named a mail server; no unless told. */
  readonly canSendEmail?: () => boolean
  /** Nobody is asked unless told. */
  readonly askPolicy?: AskPolicy | undefined
  /** Those that share the store; none unless told. */
  readonly otherNodes?: AskOtherNode | undefined
}

/** Whether the caller may; gives permission.missing. Faces call it before they read fields, `run` in any case. */
export function permit(operation: Pick<Operation, 'permission'>, caller: Caller): void {
  const { permission } = operation
  if (permission === null) return
  if (caller.app && !caller.app.permissions.has(permission)) refuse('permission.missing', { permission, kind: 'application' })
  if (!caller.permissions.has(permission)) {
    refuse('permission.missing', { permission, kind: permission === 'operator' ? 'administrator' : 'named' })
  }
}

/** Gives feature.not_enabled. */
export function requireFeature(operation: Pick<Operation, 'feature'>, caller: Caller): void {
  const { feature } = operation
  if (feature !== undefined && !caller.account.settings.features.includes(feature)) refuse('feature.not_enabled', { feature })
}

/** Gives account.upgrade_required. */
export function requirePlan(operation: Pick<Operation, 'name' | 'closedTo'>, caller: Caller): void {
  const { kind } = caller.account
  if (operation.closedTo?.includes(kind)) refuse('account.upgrade_required', { operation: operation.name, plan: kind })
}

const noTrunks: TrunksSeen = { kinds: [], stateOf: () => undefined, get: () => undefined }

const keyPattern = /^[\x21-\x7e]{1,255}$/

export function openDoor(parts: RunParts): Run {
  const {
    store,
    messaging,
    carriers,
    trunks = noTrunks,
    router,
    voice,
    handsets,
    handsetCalls,
    fetch,
    webhooks,
    credentialForms,
    nextId,
    clock,
    key,
    diskNearlyFull,
    canSendEmail = () => false,
    askPolicy = () => undefined,
    otherNodes,
  } = parts

  return async (operation, caller, input, options = {}) => {
    permit(operation, caller)
    requireFeature(operation, caller)
    requirePlan(operation, caller)
    if (operation.creates && diskNearlyFull()) refuse('platform.disk_nearly_full')
    const claim = operation.creates ? claimOf(operation, caller, input, options) : undefined
    const means: Means = {
      caller,
      read: store,
      slow: store.slow,
      notes: store.notes,
      noted: () => store.noted(),
      messaging,
      carriers,
      trunks,
      router,
      voice,
      handsets,
      handsetCalls,
      fetch,
      webhooks,
      replayed: () => claim?.replayed ?? false,
      credentialForms,
      nextId,
      clock,
      key,
      canSendEmail,
      askPolicy,
      write: writeThrough(claim),
    }
    const act = async (): Promise<unknown> => {
      const faults = faultsOf(operation.input, input, options)
      if (faults.length > 0) refuseAll(faults)
      const here = () => operation.run(means, input as never)
      if (!otherNodes || options.isHere) return here()
      const there = (node: string) => otherNodes.ask(node, operation, caller, input, options.idempotencyKey)
      const node = await operation.runsOn?.(means, input as never)
      if (node !== undefined) return there(node)
      const others = (await operation.alsoOn?.(means, input as never)) ?? []
      return others.length === 0 ? here() : operation.joined!((await Promise.all([here(), ...others.map(there)])) as never[])
    }
    try {
      return (claim ? await once(operation, means, claim, act) : await act()) as never
    } catch (error) {
      throw options.names && error instanceof Refusal ? inTheirWords(error, options.names) : error
    }
  }

  interface KeyClaim {
    readonly accountId: number
    readonly keyHash: string
    readonly fingerprint: string
    /** The id that a refusal under this key is known by, whenever it is told. */
    errorId: string
    /** Set once a write has carried the claim, or an outcome was found. */
    settled: boolean
    /** The outcome is that of an earlier request. */
    replayed: boolean
  }

  function claimOf(operation: Operation, caller: Caller, input: unknown, options: RunOptions): KeyClaim | undefined {
    const text = options.idempotencyKey
    if (text === undefined) return undefined
    if (!keyPattern.test(text)) refuse('request.idempotency_key_invalid')
    const fingerprint = hash('sha256', `${operation.name}\n${JSON.stringify(input)}`, 'base64url')
    return {
      accountId: caller.account.id,
      keyHash: hashToken(`${caller.face}\n${text}`),
      fingerprint,
      errorId: crypto.randomUUID(),
      settled: false,
      replayed: false,
    }
  }

  function writeThrough(claim: KeyClaim | undefined): Means['write'] {
    return async (write: Write<any, any>, input: unknown, reveal?: object) => {
      if (!claim || claim.settled) {
        const result = await store.write(write, input)
        return reveal ? { ...result, ...reveal } : result
      }
      claim.settled = true
      const { accountId, keyHash, fingerprint, errorId } = claim
      const kept = reveal ? `${errorId} ${key.seal(JSON.stringify(reveal))}` : errorId
      const done = await store.claim(write, input, { accountId, keyHash, fingerprint, nowMs: clock.nowMs(), reveal: kept })
      if ('kept' in done) return keptResult(claim, done.kept)
      return reveal ? { ...done.result, ...reveal } : done.result
    }
  }

  /** The write's result that was kept under a key; throws the refusal that was kept, with its first error id. */
  function keptResult(claim: KeyClaim, kept: { fingerprint: string; outcome: string }): object {
    if (kept.fingerprint !== claim.fingerprint) refuse('request.idempotency_key_reused')
    claim.settled = true
    claim.replayed = true
    const outcome = JSON.parse(kept.outcome) as { result: object; reveal: string } | { refusal: KeptRefusal }
    if ('refusal' in outcome) throw revivedRefusal(outcome.refusal)
    const [errorId, sealed] = outcome.reveal.split(' ') as [string, string?]
    claim.errorId = errorId
    return sealed === undefined ? outcome.result : { ...outcome.result, ...(JSON.parse(key.open(sealed)) as object) }
  }

  async function once(operation: Operation, means: Means, claim: KeyClaim, act: () => Promise<unknown>): Promise<unknown> {
    const again = async (kept: { fingerprint: string; outcome: string }) =>
      operation.shown!(means, keptResult(claim, kept) as never)
    // Nothing is looked up first, since nearly every key is new: who comes again is found out by its write, or by the refusal
    // that took the write's place.
    try {
      try {
        return await act()
      } catch (error) {
        // Another request under this key may have come first: then its outcome is the answer, be it that we were refused for it.
        const first = error instanceof Refusal && !claim.settled ? await keep(claim, error) : null
        if (first) return await again(first)
        throw error
      }
    } catch (error) {
      if (error instanceof Refusal && error.reason !== 'request.idempotency_key_reused') error.errorId ??= claim.errorId
      throw error
    }
  }

  /** Keeps a refusal as the key's first outcome. Gives that of another request when it was faster. */
  async function keep(claim: KeyClaim, error: Refusal) {
    error.errorId ??= claim.errorId
    const { accountId, keyHash, fingerprint } = claim
    const outcome = JSON.stringify({ refusal: dryRefusal(error) })
    return store.write(keepRefusal, { accountId, keyHash, fingerprint, outcome, nowMs: clock.nowMs() })
  }
}

/** An operation's own refusal names our field; whoever asked is told theirs. */
function inTheirWords(error: Refusal, names: Readonly<Record<string, string>>): Refusal {
  const { parameter } = error.params
  const theirs = typeof parameter === 'string' && Object.hasOwn(names, parameter) ? names[parameter] : undefined
  if (theirs === undefined) return error
  const { retryAfterMs, evidence, cause } = error
  const told = new Refusal(error.reason, { ...error.params, parameter: theirs }, { retryAfterMs, evidence, cause }, error.errors)
  if (error.errorId !== undefined) told.errorId = error.errorId
  return told
}

/** What a store's failure is to whoever asked; undefined for anything else that was thrown. */
export function refusalOfStore(error: unknown): Refusal | undefined {
  if (error instanceof StoreUnavailable) {
    if (error.kind === 'barred') return refusal('platform.backend_bad_gateway', { backend: 'database' }, { cause: error })
    return refusal(
      error.kind === 'database' ? 'platform.database_unreachable' : 'platform.storage_unavailable',
      {},
      { cause: error },
    )
  }
  if (error instanceof QueryFailed || error instanceof QueryTooSlow)
    return refusal('platform.database_query_failed', {}, { cause: error })
  return undefined
}

/** A refusal, also that which a store's failure is; undefined for a fault of ours. */
export const refusalOf = (error: unknown): Refusal | undefined => (error instanceof Refusal ? error : refusalOfStore(error))
