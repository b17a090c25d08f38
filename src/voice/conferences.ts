// The conferences of this node, by account and name, each with its row: opened by whoever comes first, ended once. What happens in one is
// written in its order. A name that is open on another node is refused: a call and its conference are on one node. A name that is reserved is
// bound by its reservation, for as many and as long as that says.

import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import {
  changeMember,
  endConference,
  joinConference,
  leaveConference,
  openConference,
  startConference,
  type ConferenceRow,
} from '#store/conferences.ts'
import { readReservation, type ReservationRow } from '#store/conference-reservations.ts'
import type { Actor } from '#store/happenings.ts'
import type { Store, Write } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { ConferenceRoom, type Member, type MemberWish, type RoomNews } from './conference-room.ts'
import type { LiveCall } from './live-call.ts'
import type { Recordings, RunningRecording } from './recordings.ts'
import { reservedNow } from './reserved-conference.ts'
import { asksOf } from './stream-asks.ts'

export interface ConferencesParts {
  readonly store: Pick<Store, 'write' | 'one'>
  readonly clock: Clock
  readonly nextId: NextId
  readonly node: string
  readonly recordings: Recordings
  /** A bug of ours, or a store that cannot be written to. */
  fault(error: unknown): void
}

export interface EnterWish extends MemberWish {
  readonly name: string
  readonly most: number
  /** How long the room may last, counted from its beginning; of whoever comes first. */
  readonly mostMs: number
  readonly record: boolean
}

interface Kept {
  readonly room: ConferenceRoom
  /** Writes of one room, one after the other. */
  written: Promise<void>
  /** Ends it at its longest time. */
  limit: Timer | undefined
  wantsRecording: boolean
  recording: { readonly callId: number; readonly running: Promise<RunningRecording | undefined> } | undefined
}

const keyOf = (accountId: number, name: string): string => `${accountId} ${name}`

export class Conferences {
  readonly #parts: ConferencesParts
  readonly #open = new Map<string, Promise<Kept>>()
  readonly #rooms = new Map<number, Kept>()

  constructor(parts: ConferencesParts) {
    this.#parts = parts
  }

  /**
   * Rejects with `conference.full`, `conference.on_other_node`, or why its media cannot be there; of a reserved one outside its time with
   * `conference.not_running`, `conference.finished`.
   */
  async enter(call: LiveCall, wish: EnterWish): Promise<ConferenceRoom> {
    const { store, clock } = this.#parts
    const reserved = await reservedNow(store, call.account.id, wish.name, clock.nowMs())
    const kept = await this.#roomFor(call, reserved ? { ...wish, mostMs: 0 } : wish)
    if (reserved) this.#endsWith(kept, reserved)
    const { room } = kept
    try {
      // Whoever answered elsewhere has its media brought to where the conference is.
      await call.moveTo(room.place)
      if (call.over) refuse('call.not_found', {})
      // It ended while this one was on its way: the next of the name is another.
      if (room.state === 'over') return await this.enter(call, wish)
      room.enter(call, wish, reserved?.participants ?? wish.most, clock.nowMs())
    } catch (error) {
      if (room.size === 0) room.end()
      throw error
    }
    kept.wantsRecording ||= wish.record
    this.#record(kept)
    return room
  }

  find(id: number): ConferenceRoom | undefined {
    return this.#rooms.get(id)?.room
  }

  /** The one that a call is in. */
  ofCall(callId: number): ConferenceRoom | undefined {
    return [...this.#rooms.values()].find(({ room }) => room.member(callId) !== undefined)?.room
  }

  get size(): number {
    return this.#rooms.size
  }

  /** Of metrics, and of a stop: all of them end, and whoever is in one with it. */
  endAll(why: Refusal): void {
    for (const { room } of this.#rooms.values()) room.end(why)
  }

  /** Resolves when all that happened so far is in the store. */
  async written(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map(({ written }) => written))
  }

  async #roomFor(call: LiveCall, wish: EnterWish): Promise<Kept> {
    const key = keyOf(call.account.id, wish.name)
    const open = this.#open.get(key)
    if (open) return open
    const opened = this.#openRoom(call, wish)
    this.#open.set(key, opened)
    opened.catch(() => this.#open.delete(key))
    return opened
  }

  async #openRoom(call: LiveCall, { name, mostMs }: EnterWish): Promise<Kept> {
    const { store, clock, nextId, node } = this.#parts
    const now = clock.nowMs()
    const actor = { face: call.face }
    const wanted = newRow({ id: nextId(), account_id: call.account.id, face: call.face, name, node }, now)
    const { row, isNew } = await store.write(openConference, { row: wanted, actor })
    if (!isNew) refuse('conference.on_other_node', { conference: name })
    const room = new ConferenceRoom(row, call.place, this.#newsOf(row, actor))
    const kept: Kept = { room, written: Promise.resolve(), limit: undefined, wantsRecording: false, recording: undefined }
    this.#rooms.set(row.id, kept)
    if (mostMs > 0) {
      const why = refusal('conference.max_time_exceeded', { limitSeconds: Math.ceil(mostMs / 1000) })
      kept.limit = clock.after(mostMs, () => room.end(why))
    }
    return kept
  }

  /** At the end of its reservation, wherever that is moved to meanwhile. */
  #endsWith(kept: Kept, reserved: ReservationRow): void {
    const { clock, store, fault } = this.#parts
    const { id, account_id: account, starts_ms: startsMs, ends_ms: endsMs } = reserved
    kept.limit?.cancel()
    if (kept.room.state === 'over') return
    const end = (): void =>
      kept.room.end(refusal('conference.max_time_exceeded', { limitSeconds: Math.ceil((endsMs - startsMs) / 1000) }))
    const look = async (): Promise<void> => {
      const now = await readReservation(store, account, id)
      if (now && now.ends_ms > clock.nowMs()) this.#endsWith(kept, now)
      else end()
    }
    kept.limit = clock.after(Math.max(0, endsMs - clock.nowMs()), () => {
      look().catch((error: unknown) => {
        fault(error)
        end()
      })
    })
  }

  #newsOf({ id, account_id: account, name }: ConferenceRow, actor: Actor): RoomNews {
    const { clock } = this.#parts
    const ask = () => ({ id, account, actor, now: clock.nowMs() })
    return {
      started: () => this.#write(id, startConference, ask()),
      joined: (member) => {
        member.call.record.joined(id)
        this.#write(id, joinConference, { row: memberRow(id, member), actor })
      },
      changed: ({ call, isMuted: muted, isHeld: held }) => {
        this.#write(id, changeMember, { ...ask(), call: call.id, muted, held })
      },
      left: ({ call }) => {
        this.#write(id, leaveConference, { ...ask(), call: call.id })
        const kept = this.#rooms.get(id)
        if (kept) this.#recorderLeft(kept, call.id)
      },
      over: (why) => {
        this.#open.delete(keyOf(account, name))
        this.#write(id, endConference, { ...ask(), state: 'completed', reason: why?.reason ?? null })
        const kept = this.#rooms.get(id)
        this.#rooms.delete(id)
        kept?.limit?.cancel()
        if (kept) this.#last = Promise.all([this.#last, kept.written]).then(() => {})
      },
    }
  }

  /** Of rooms that are over. */
  #last: Promise<void> = Promise.resolve()

  /** Resolves when the rooms that are over are so in the store too. */
  ended(): Promise<void> {
    return this.#last
  }

  #write<A>(id: number, write: Write<A, unknown>, input: A): void {
    const kept = this.#rooms.get(id)
    if (!kept) return
    const written = kept.written.then(() => this.#parts.store.write(write, input))
    kept.written = written.then(
      () => {},
      (error: unknown) => this.#parts.fault(error),
    )
  }

  // What a conference sounds like is heard by each of its members: one of them is recorded, and another when that one leaves.

  #record(kept: Kept): void {
    const { room } = kept
    const [member] = room.talking
    if (!kept.wantsRecording || kept.recording || !member?.call.stream) return
    const { call } = member
    const wish = { source: 'conference', channels: 'mixed', mostMs: 0, conferenceId: room.id } as const
    const running = this.#parts.recordings.start(call, asksOf(member.call.stream), wish).catch((error: unknown) => {
      this.#parts.fault(error)
      return undefined
    })
    kept.recording = { callId: call.id, running }
  }

  #recorderLeft(kept: Kept, callId: number): void {
    const { recording } = kept
    if (recording?.callId !== callId) return
    kept.recording = undefined
    void recording.running.then((running) => running?.stop())
    // Once it is settled who still talks: one who is alone is not recorded anew.
    queueMicrotask(() => kept.room.state !== 'over' && this.#record(kept))
  }
}

function newRow(made: Pick<ConferenceRow, 'id' | 'account_id' | 'face' | 'name' | 'node'>, now: number): ConferenceRow {
  const times = { created_ms: now, started_ms: null, ended_ms: null, updated_ms: now }
  return { ...made, ...times, state: 'waiting', reason: null, detail: '{}' }
}

const memberRow = (id: number, { call, wish, isMuted, isHeld, joinedMs }: Member) => ({
  conference_id: id,
  call_id: call.id,
  account_id: call.account.id,
  muted: Number(isMuted),
  held: Number(isHeld),
  start_on_enter: Number(wish.startOnEnter),
  end_on_exit: Number(wish.endOnExit),
  joined_ms: joinedMs,
  left_ms: null,
  updated_ms: joinedMs,
})
