// The store as the core sees it: reads that may answer at once, named writes that answer after their commit.

import type { Statement } from './statement.ts'

export type MaybePromise<T> = T | Promise<T>

/** Reads committed rows. On SQLite it answers at once, from a read-only connection; on PostgreSQL later. */
export interface Reader {
  all<P extends object, R>(statement: Statement<P, R>, params: P): MaybePromise<R[]>
  one<P extends object, R>(statement: Statement<P, R>, params: P): MaybePromise<R | undefined>
}

/** What a write sees: its own transaction. */
export interface Transaction {
  all<P extends object, R>(statement: Statement<P, R>, params: P): MaybePromise<R[]>
  one<P extends object, R>(statement: Statement<P, R>, params: P): MaybePromise<R | undefined>
  /** Gives the number of rows changed. */
  run<P extends object>(statement: Statement<P>, params: P): MaybePromise<number>
  /** Tells listeners of `onChange`, after the commit, that this noun changed. `happened` calls it. */
  touched(noun: string): void
}

/**
 * A write is one named function: plain data in and out, awaiting nothing but its transaction, safe to repeat.
 * What can race is a condition inside it, returned as a value.
 */
export interface Write<A, R> {
  readonly name: string
  readonly run: (tx: Transaction, input: A) => Promise<R>
}

export function defineWrite<A, R>(name: string, run: (tx: Transaction, input: A) => Promise<R>): Write<A, R> {
  return { name, run }
}

/** Ties a write to an idempotency key: the first outcome is kept with it, in the same commit. */
export interface Claim {
  readonly accountId: number
  readonly keyHash: string
  readonly fingerprint: string
  readonly nowMs: number
  /** Sealed already, kept beside the write's result as `reveal`: what only the first answer shows, such as a new secret. */
  readonly reveal?: string
}

/** `kept` is the outcome of an earlier request under the same key (the write did not run). */
export type Claimed<R> = { readonly result: R } | { readonly kept: { fingerprint: string; outcome: string } }

/** A node that holds a number by its lease. */
export interface PresentNode {
  /** The lease: `node` and the number. */
  readonly thing: string
  readonly node: string
  readonly epoch: number
}

/** That this process lives, seen by the others at once; see postgres-presence.ts. */
export interface Presence {
  /** Locks the number for as long as this process is connected; false while another has it. */
  hold(number: number): Promise<boolean>
  letGo(): Promise<void>
  /** Nodes other than this one that have a lease, though nobody has their lock; undefined while nothing can be said about it. */
  absent(node: string, nowMs: number): Promise<readonly PresentNode[] | undefined>
  /** Called when the connection was lost, and is there again. */
  onBack(listener: () => void): void
}

export interface Store extends Reader {
  readonly engine: 'sqlite' | 'postgres'
  /** Where several processes share the store. */
  readonly presence?: Presence
  write<A, R>(write: Write<A, R>, input: A): Promise<R>
  claim<A, R>(write: Write<A, R>, input: A, claim: Claim): Promise<Claimed<R>>
  /** Unsynchronised writes (refusals, later evidence): grouped, never awaited by an answer. */
  note(write: Write<never, unknown> | Write<any, unknown>, input: unknown): void
  /** Resolves when the notes given so far are done with, written or lost. */
  noted(): Promise<void>
  /** How many notes were dropped because too many were waiting. */
  readonly droppedNotes: number
  /** Reads of the unsynchronised tables. */
  readonly notes: Reader
  /** Long reads (totals, search, exports): off the main thread, with a time limit. */
  readonly slow: Reader
  /**
   * Called after each commit of this or another node with the nouns it touched, `accounts created` for what is only
   * new; `*` stands for any, when news of
   * other nodes may have been missed.
   */
  onChange(listener: (nouns: ReadonlySet<string>) => void): void
  /** Rejects with the cause when the store cannot commit. */
  probe(): Promise<void>
  close(): Promise<void>
}
