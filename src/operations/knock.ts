// One request at one face, from the knock to the answer. A face gives its steps and how it renders a refusal; the order
// of checks is the same for all unless a face reorders named steps in its own table. Nothing here speaks a vendor's tongue.

import type { Caller } from '#accounts/caller.ts'
import type { RateState } from '#accounts/rates.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { refusalOf } from './run.ts'

export type StepName = 'route' | 'framing' | 'identity' | 'rate' | 'permission' | 'feature' | 'fields'

/** Principle: route, framing, identity, rate, permission, feature, fields; existence, state and credit are the operation's. */
const usualOrder: readonly StepName[] = ['route', 'framing', 'identity', 'rate', 'permission', 'feature', 'fields']

/** What is known of a request so far; a face adds its own members by extending it. */
export interface Knock {
  readonly request: HttpRequest
  caller: Caller | undefined
  rate: RateState | undefined
}

export interface Face<K extends Knock> {
  readonly name: string
  /** Paths it answers under; the longest prefix wins. */
  readonly prefixes: readonly string[]
  readonly maxBodyBytes?: number | ((path: string) => number | undefined)
  readonly order?: readonly StepName[]
  readonly steps: { readonly [S in StepName]?: (knock: K) => void | Promise<void> }
  begin(request: HttpRequest): K
  /** Read, ask operations, write: the answer of a request that passed its checks. */
  perform(knock: K): Promise<HttpAnswer>
  /** The face's own words for a refusal: status, headers, envelope. */
  refused(refusal: Refusal, knock: K, errorId: string): HttpAnswer & { readonly code?: string }
  /** Last touch on every answer: request ids, rate headers. */
  finish?(knock: K, answer: HttpAnswer): void
  /** What a failing store is called at this face, where its vendor has a reason of its own for it. */
  storeFault?(refusal: Refusal): Refusal
  /** What a fault of ours is called at this face; platform.internal_error unless told otherwise. */
  fault?(error: unknown, knock: K): Refusal
}

/** Of a request, what a refusal is kept with; doors that are not HTTP say the like. */
export type AskedFrom = Pick<HttpRequest, 'method' | 'path' | 'source' | 'receivedAtMs' | 'traceId'>

/** Refusals that were told, for the journal and for looking up by error id. */
export interface ToldRefusal {
  readonly errorId: string
  readonly face: string
  readonly refusal: Refusal
  readonly request: AskedFrom
  readonly accountId: number | null
  readonly status: number
  readonly code: string
  /** Of a call that has no record: who rang whom, and over what. */
  readonly call?: RefusedCall
}

export interface RefusedCall {
  readonly from: string
  readonly to: string
  /** Of the trunk. */
  readonly carrierId: number | null
  /** Of the phone. */
  readonly clientId: number | null
}

export interface KnockParts {
  /** Called once for each refusal that leaves the house. */
  told(refusal: ToldRefusal): void
  /** Called for each fault of ours, with the id that the answer shows. */
  fault(error: unknown, errorId: string, request: HttpRequest): void
}

/** A face that listens: what the HTTP server mounts. */
export interface OpenFace {
  readonly name: string
  readonly prefixes: readonly string[]
  readonly maxBodyBytes?: number | ((path: string) => number | undefined)
  answer(request: HttpRequest): Promise<HttpAnswer>
  refused(refusal: Refusal, request: HttpRequest): HttpAnswer
}

export function openFace<K extends Knock>(face: Face<K>, parts: KnockParts): OpenFace {
  const steps = (face.order ?? usualOrder).map((name) => face.steps[name]).filter((step) => step !== undefined)

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    const knock = face.begin(request)
    try {
      for (const step of steps) {
        const waiting = step(knock)
        if (waiting) await waiting
      }
      const answered = await face.perform(knock)
      face.finish?.(knock, answered)
      return answered
    } catch (error) {
      return told(error, knock)
    }
  }

  function told(error: unknown, knock: K): HttpAnswer {
    const known = refusalOf(error)
    const named = known && known !== error ? (face.storeFault?.(known) ?? known) : known
    const shown = named ?? face.fault?.(error, knock) ?? refusal('platform.internal_error')
    const errorId = shown.errorId ?? crypto.randomUUID()
    if (!(error instanceof Refusal)) parts.fault(error, errorId, knock.request)
    const answer = face.refused(shown, knock, errorId)
    answer.headers['offhook-reason'] = shown.reason
    answer.headers['offhook-error-id'] = errorId
    if (shown.retryAfterMs !== undefined)
      answer.headers['retry-after'] ??= String(Math.max(1, Math.ceil(shown.retryAfterMs / 1000)))
    face.finish?.(knock, answer)
    const accountId = knock.caller?.account.id ?? null
    parts.told({
      errorId,
      face: face.name,
      refusal: shown,
      request: knock.request,
      accountId,
      status: answer.status,
      code: answer.code ?? '',
    })
    return answer
  }

  return {
    name: face.name,
    prefixes: face.prefixes,
    ...(face.maxBodyBytes !== undefined && { maxBodyBytes: face.maxBodyBytes }),
    answer,
    refused: (refused, request) => told(refused, face.begin(request)),
  }
}
