// One conference while it is up: who is in it, who waits and who talks, and when it is over. Each member hears all others and not itself:
// that is the mix's work. Keeps no row (see conferences.ts) and plays nothing to anybody by itself: a member's own verb does.
//
//   waiting: nobody came yet who starts it     running: those who are not held talk, unless one is alone     over: told once

import type { Place } from '#media/contract.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import { joinMix, leaveMix, mute } from './in-mix.ts'
import type { LiveCall } from './live-call.ts'

export interface MemberWish {
  readonly muted: boolean
  readonly startOnEnter: boolean
  readonly endOnExit: boolean
  /** It hears the others from now on, or does not any more and waits. */
  talks(): void
  waits(): void
  /** It is out of it, by no wish of its own. */
  out(why: RoomEnd): void
}

/** `refusal`: its call is to end with this. Absent: its script goes on. */
export interface RoomEnd {
  readonly how: 'ended' | 'ejected'
  readonly refusal?: Refusal
}

export interface Member {
  readonly call: LiveCall
  readonly wish: MemberWish
  readonly joinedMs: number
  isTalking: boolean
  isMuted: boolean
  isHeld: boolean
}

/** What a room tells whoever keeps its record. */
export interface RoomNews {
  started(): void
  joined(member: Member): void
  changed(member: Member): void
  left(member: Member): void
  /** Nobody is in it any more. */
  over(why: Refusal | undefined): void
}

export class ConferenceRoom {
  readonly id: number
  readonly accountId: number
  readonly name: string
  /** Of whoever came first: all streams of a mix are on one worker. */
  readonly place: Place
  readonly mix: string
  readonly #news: RoomNews
  readonly #members = new Map<number, Member>()
  #state: 'waiting' | 'running' | 'over' = 'waiting'

  constructor(row: { readonly id: number; readonly account_id: number; readonly name: string }, place: Place, news: RoomNews) {
    this.id = row.id
    this.accountId = row.account_id
    this.name = row.name
    this.place = place
    this.mix = `conference ${row.id}`
    this.#news = news
  }

  get state(): 'waiting' | 'running' | 'over' {
    return this.#state
  }

  get size(): number {
    return this.#members.size
  }

  get members(): IterableIterator<Member> {
    return this.#members.values()
  }

  member(callId: number): Member | undefined {
    return this.#members.get(callId)
  }

  /** Throws `conference.not_found` when it is over, `conference.full`. */
  enter(call: LiveCall, wish: MemberWish, most: number, atMs: number): Member {
    if (this.#state === 'over') throw refusal('conference.not_found', { conference: this.name })
    if (most > 0 && this.#members.size >= most) throw refusal('conference.full', { conference: this.name, limit: most })
    const member: Member = { call, wish, joinedMs: atMs, isTalking: false, isMuted: wish.muted, isHeld: false }
    mute(call, wish.muted)
    this.#members.set(call.id, member)
    this.#news.joined(member)
    if (wish.startOnEnter && this.#state === 'waiting') {
      this.#state = 'running'
      this.#news.started()
    }
    this.#seat()
    if (!member.isTalking) wish.waits()
    return member
  }

  /** By its own wish, or because its call is over. When it was one whose leaving ends it, or the last, that is the end of the room. */
  leave(callId: number): void {
    const member = this.#take(callId)
    if (!member) return
    if (member.wish.endOnExit || this.#members.size === 0) this.end()
    else this.#seat()
  }

  /** False when it is not in it. Its call ends with the reason. */
  eject(callId: number, why: Refusal): boolean {
    const member = this.#take(callId)
    if (!member) return false
    member.wish.out({ how: 'ejected', refusal: why })
    if (this.#members.size === 0) this.end()
    else this.#seat()
    return true
  }

  /** `why`: the calls of all that are in it end with this; absent: their scripts go on. */
  end(why?: Refusal): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    for (const { call, wish } of this.#members.values()) {
      this.#take(call.id)
      wish.out({ how: 'ended', ...(why && { refusal: why }) })
    }
    this.#news.over(why)
  }

  /** Undefined when it is not in it. */
  change(
    callId: number,
    change: { readonly muted?: boolean | undefined; readonly held?: boolean | undefined },
  ): Member | undefined {
    const member = this.#members.get(callId)
    if (!member) return undefined
    member.isMuted = change.muted ?? member.isMuted
    member.isHeld = change.held ?? member.isHeld
    mute(member.call, member.isMuted)
    this.#seat()
    this.#news.changed(member)
    return member
  }

  /** Who is in the mix now, so that all hear what is played to it through one of them. */
  get talking(): Member[] {
    return [...this.#members.values()].filter(({ isTalking }) => isTalking)
  }

  #take(callId: number): Member | undefined {
    const member = this.#members.get(callId)
    if (!member) return undefined
    this.#members.delete(callId)
    member.isTalking = false
    leaveMix(member.call)
    mute(member.call, false)
    this.#news.left(member)
    return member
  }

  /** Whoever is alone waits, as whoever came before it starts. */
  #seat(): void {
    const isUp = this.#state === 'running' && this.#members.size > 1
    for (const member of this.#members.values()) {
      const talks = isUp && !member.isHeld
      if (talks === member.isTalking) continue
      member.isTalking = talks
      if (talks) {
        member.wish.talks()
        joinMix(member.call, { mix: this.mix })
      } else {
        leaveMix(member.call)
        member.wish.waits()
      }
    }
  }
}
