// What webhooks need of a face: how an event is told in that face's form, and what an answer means there. Whoever registers
// a URL fixes its form; a face hands its form in through the roof. Nothing here sends, waits or repeats.

import type { Refusal } from '#reasons/refusal.ts'
import type { Happening } from '#store/happenings.ts'

export type WebhookMethod = 'GET' | 'POST'

/** Who is to be told of one happening, and where. */
export interface Target {
  readonly accountId: number
  /** The endpoint that wants it; null for a URL of a message, a number or an application. */
  readonly endpointId: number | null
  readonly face: string
  readonly url: string
  /** Tried in the same attempt when the first cannot be had. */
  readonly fallbackUrl?: string | undefined
  /** That of the first unless told. */
  readonly fallbackMethod?: WebhookMethod | undefined
  readonly method: WebhookMethod
  /** The event: `message.delivered`. */
  readonly kind: string
  /** As happenings have it: `messages`. With `nounId` and `url` it makes the order: one is told after the other. */
  readonly noun: string
  readonly nounId: number
  /** What the form renders. Plain JSON. */
  readonly subject: object
  /** For the form alone: which secret signs. */
  readonly secretRef?: string | undefined
  /** The refusal or failure that the event is about, if any. */
  readonly errorId?: string | null | undefined
  /** The URL may name a loopback address: the sandbox account's may. */
  readonly loopback: boolean
}

/** One request, the same to the byte on every attempt. */
export interface Rendered {
  readonly method: WebhookMethod
  /** With the query, where the form has one. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Empty for none. */
  readonly body: string
}

export interface RenderMeans {
  /** Names the delivery: the same on every attempt and replay. */
  readonly deliveryId: number
  /** When it happened, ms UTC. */
  readonly happenedMs: number
}

/** A delivery under way, for what a form does besides rendering. */
export interface Delivery {
  readonly id: number
  readonly accountId: number
  readonly endpointId: number | null
  readonly face: string
  readonly kind: string
  readonly noun: string
  readonly nounId: number
  readonly method: WebhookMethod
  readonly url: string
  /** Of the target, for forms with `answered` or `failed`; else null. */
  readonly subject: object | null
  readonly loopback: boolean
}

export interface WebhookAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
  /** Where it came from: the fallback URL, when that was asked. */
  readonly url: string
}

export interface WebhookForm {
  readonly face: string
  /**
   * Called once for a target, before it is stored; once more for its fallback URL, as signatures may cover the URL.
   */
  render(target: Target, means: RenderMeans): Rendered | Promise<Rendered>
  /**
   * Headers of one attempt, over the rendered ones: a signature that covers the time of sending (Standard Webhooks). A Refusal that it
   * throws is why the attempt failed.
   */
  sign?(delivery: Delivery, rendered: Rendered, nowMs: number): Promise<Readonly<Record<string, string>>>
  /** Whether the answer means it has arrived; any 2xx unless told otherwise. */
  accepts?(answer: WebhookAnswer): boolean
  /**
   * Acts on an answer, such as a script of verbs, before the delivery counts as delivered. A crash may call it twice for
   * one delivery: it must be idempotent by `delivery.id`. A Refusal that it throws is kept with the delivery as its reason,
   * and nothing is repeated; anything else thrown is a failed attempt. With it the whole answer is read, up to 64 KiB.
   */
  answered?(delivery: Delivery, answer: WebhookAnswer): Promise<void>
  /** Told of each attempt that did not arrive, with why; there may be others. Idempotent by `delivery.id`. */
  missed?(delivery: Delivery, reason: Refusal): Promise<void>
  /** Told once a delivery is given up, with why (a reason's slug). Idempotent by `delivery.id`. */
  failed?(delivery: Delivery, reason: string): Promise<void>
  /** Waits before the second, third ... attempt, in ms; after the last it is given up. Unless told: exponential, for 24 h. */
  readonly retryAfterMs?: readonly number[]
}

/** Who wants to know: one list a happening, in their order. The roof hands these in. */
export interface TargetsOf {
  (happenings: readonly Happening[]): Promise<readonly (readonly Target[])[]>
  /**
   * Where it is given: of messages, those alone are told that have a URL of their own, came in, are of an account with endpoints, or are
   * named here. Where all who want to know give it, nobody is asked about the others.
   */
  readonly wants?: WantedMessages
}

export interface WantedMessages {
  /** Those that were sent through these faces. */
  readonly faces?: readonly string[]
  /** All, while the face keeps any facet whose noun begins so. */
  readonly facets?: { readonly face: string; readonly prefix: string }
}

export type WebhookForms = ReadonlyMap<string, WebhookForm>
