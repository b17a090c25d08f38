// The other nodes that share the store: an operation that must be run where a call's legs are is asked of the node that has them, by a row
// and a NOTIFY, and its answer comes back the same way; should a NOTIFY be lost, both sides look by themselves. Each is run at most once:
// it is taken by one write, and who waits no longer withdraws it by another. Not needed where one process has the store.

import type { Account } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import type { Permission } from '#accounts/permissions.ts'
import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import {
  answerCommand,
  answersNoun,
  askNode,
  commandsNoun,
  hasCommands,
  readCommand,
  takeCommands,
  withdrawCommand,
  type NodeCommandRow,
} from '#store/node-commands.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { dryRefusal, revivedRefusal, type KeptRefusal } from './kept-refusal.ts'
import type { Operation } from './operation.ts'
import type { Run } from './run.ts'

export interface OtherNodesParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly nextId: NextId
  /** What another node may ask for. */
  readonly operations: readonly { readonly name: string }[]
  /** This node among those that share the store. */
  readonly node: string
  readonly accountOf: (id: number) => Account | undefined | Promise<Account | undefined>
  /** What a failure of the store is to whoever asked; undefined for a fault of ours. */
  readonly refusalOf: (error: unknown) => Refusal | undefined
  /** A bug of ours, under this error id. */
  fault(error: unknown, errorId: string): void
  /** How long things may take, for tests. */
  readonly limits?: Partial<OtherNodesLimits>
}

export interface OtherNodesLimits {
  /** From asking until it must have been taken. */
  readonly takenMs: number
  /** From asking until there must be an answer: a party that is put on hold has 32 s to answer its re-INVITE (RFC 3261 17.1.1.2). */
  readonly answeredMs: number
  /** Both sides look so often, whether or not they were told of anything. */
  readonly lookMs: number
}

const usualLimits: OtherNodesLimits = { takenMs: 5_000, answeredMs: 45_000, lookMs: 1_000 }

/** A caller without what every node knows by itself. */
interface DryCaller extends Pick<Caller, 'face' | 'user' | 'credentialId' | 'keyName'> {
  readonly accountId: number
  readonly homeId: number
  readonly app: (Omit<NonNullable<Caller['app']>, 'permissions'> & { readonly permissions: readonly Permission[] }) | null
  readonly permissions: readonly Permission[]
}

interface Asked {
  readonly operation: string
  readonly caller: DryCaller
  readonly input: unknown
  readonly idempotencyKey?: string | undefined
}

type Answer = { readonly output: unknown } | { readonly refusal: KeptRefusal }

export class OtherNodes {
  readonly #parts: OtherNodesParts
  readonly #limits: OtherNodesLimits
  /** By command: wakes whoever waits for its answer. */
  readonly #waiting = new Map<number, () => void>()
  /** Being run here. */
  readonly #running = new Set<Promise<void>>()
  #run: Run | undefined
  #taking: Promise<void> | undefined
  #takeAgain = false
  #timer: Timer | undefined

  constructor(parts: OtherNodesParts) {
    this.#parts = parts
    this.#limits = { ...usualLimits, ...parts.limits }
    const { store, node } = parts
    store.onChange((nouns) => {
      const isMissed = nouns.has('*')
      if (isMissed || nouns.has(commandsNoun(node))) this.#take()
      if (isMissed || nouns.has(answersNoun(node)) || nouns.has('nodes')) for (const wake of this.#waiting.values()) wake()
    })
  }

  /** From now on this node does what others ask. */
  start(run: Run): void {
    const { clock, store, node } = this.#parts
    this.#run = run
    this.#timer = clock.every(this.#limits.lookMs, () => {
      Promise.resolve(hasCommands(store, node, clock.nowMs())).then(
        (found) => found && this.#take(),
        // The store will be back, and says so.
        () => {},
      )
    })
  }

  /** Takes no more; resolves when what was taken has its answer. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#run = undefined
    await this.#taking
    await Promise.all(this.#running)
  }

  /**
   * The output of an operation that another node runs. Rejects with its refusal, or with platform.node_lost, platform.node_timed_out
   * (it was not done, and will not be), platform.node_outcome_unknown.
   */
  async ask(
    node: string,
    operation: Operation<any, any>,
    caller: Caller,
    input: unknown,
    idempotencyKey?: string,
  ): Promise<unknown> {
    const { store, clock, key, nextId, node: asker } = this.#parts
    const { takenMs } = this.#limits
    const id = nextId()
    const now = clock.nowMs()
    const asked: Asked = { operation: operation.name, caller: dryCaller(caller), input, idempotencyKey }
    const ask = { id, node, asker, sealed: key.seal(JSON.stringify(asked)), now, deadlineMs: now + takenMs }
    try {
      const answer = this.#answerOf(id, () => store.write(askNode, ask))
      return outputOf(JSON.parse(key.open(await answer)) as Answer)
    } finally {
      this.#waiting.delete(id)
    }
  }

  /** Sealed. */
  async #answerOf(id: number, ask: () => Promise<boolean>): Promise<string> {
    const { store, clock } = this.#parts
    const { takenMs, answeredMs, lookMs } = this.#limits
    const askedMs = clock.elapsedMs()
    let news = this.#news(id)
    if (!(await ask())) refuse('platform.node_lost')
    for (;;) {
      const waking = clock.after(lookMs, () => this.#waiting.get(id)?.())
      await news
      waking.cancel()
      news = this.#news(id)
      const row = await readCommand(store, id, clock.nowMs())
      if (row?.answer_sealed) return row.answer_sealed
      const waitedMs = clock.elapsedMs() - askedMs
      if (row?.alive === false) {
        // It may have answered with its last breath.
        await store.write(withdrawCommand, { id })
        const last = await readCommand(store, id, clock.nowMs())
        return last?.answer_sealed ?? refuse('platform.node_lost')
      }
      if (row?.state === 'asked' && waitedMs >= takenMs && (await store.write(withdrawCommand, { id }))) {
        refuse('platform.node_timed_out', { limitMs: takenMs })
      }
      if (!row || waitedMs >= answeredMs) refuse('platform.node_outcome_unknown', { limitMs: answeredMs })
    }
  }

  #news(id: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.set(id, resolve)
    return promise
  }

  // What others ask

  #take(): void {
    if (!this.#run) return
    this.#takeAgain = true
    this.#taking ??= this.#takeAll().finally(() => (this.#taking = undefined))
  }

  async #takeAll(): Promise<void> {
    const { store, clock, node } = this.#parts
    while (this.#takeAgain && this.#run) {
      this.#takeAgain = false
      try {
        for (const row of await store.write(takeCommands, { node, now: clock.nowMs() })) {
          const run = this.#run
          const running = this.#carryOut(run, row).finally(() => this.#running.delete(running))
          this.#running.add(running)
        }
      } catch (error) {
        // The next look takes what is still there.
        this.#refusalOf(error)
      }
    }
  }

  async #carryOut(run: Run, { id, asker, ask_sealed: sealed }: NodeCommandRow): Promise<void> {
    const { store, clock, key, operations } = this.#parts
    let answer: Answer
    try {
      const { operation: name, caller, input, idempotencyKey } = JSON.parse(key.open(sealed)) as Asked
      const operation = operations.find((one) => one.name === name)
      if (!operation) throw new Error(`another node asks for ${name}, which this one does not know`)
      const options = { isHere: true, idempotencyKey }
      answer = { output: await run(operation as Operation, await this.#callerOf(caller), input, options) }
    } catch (error) {
      answer = { refusal: dryRefusal(this.#refusalOf(error)) }
    }
    const told = { id, asker, sealed: key.seal(JSON.stringify(answer)) }
    const untilMs = clock.elapsedMs() + this.#limits.answeredMs
    for (;;) {
      try {
        return await store.write(answerCommand, told)
      } catch (error) {
        this.#refusalOf(error)
        if (clock.elapsedMs() > untilMs) return
        await clock.sleep(this.#limits.lookMs)
      }
    }
  }

  #refusalOf(error: unknown): Refusal {
    const known = this.#parts.refusalOf(error)
    if (known) return known
    const why = refusal('platform.internal_error')
    why.errorId = crypto.randomUUID()
    this.#parts.fault(error, why.errorId)
    return why
  }

  async #callerOf({ accountId, homeId, app, permissions, ...caller }: DryCaller): Promise<Caller> {
    const account = (await this.#parts.accountOf(accountId)) ?? refuse('account.not_active', { state: 'closed' })
    const home =
      homeId === accountId
        ? account
        : ((await this.#parts.accountOf(homeId)) ?? refuse('account.not_active', { state: 'closed' }))
    return {
      ...caller,
      account,
      home,
      app: app && { ...app, permissions: new Set(app.permissions) },
      permissions: new Set(permissions),
    }
  }
}

function dryCaller({ account, home, app, permissions, face, user, credentialId, keyName }: Caller): DryCaller {
  return {
    face,
    user,
    credentialId,
    keyName,
    accountId: account.id,
    homeId: home.id,
    app: app && { ...app, permissions: [...app.permissions] },
    permissions: [...permissions],
  }
}

function outputOf(answer: Answer): unknown {
  if ('refusal' in answer) throw revivedRefusal(answer.refusal)
  return answer.output
}
