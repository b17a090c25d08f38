// What the scenarios about reserved conferences share: reservations through this face, and those that our own API begins at once.

import assert from 'node:assert/strict'
import type { Answer, World } from '../scenario.ts'
import { ask } from './client.ts'

/** `YYYY-MM-DD-HH-MM`, UTC, so many minutes from now. */
export const ahead = (minutes: number): string =>
  new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16).replaceAll(/[T:]/g, '-')

let made = 0
export const freshName = (): string => `Meeting${process.pid}x${(made += 1)}`

export interface Wish {
  readonly conference_name?: string
  readonly max_participants?: string
  readonly start_time?: string
  readonly duration?: string
}

/** One hour from now, for one hour, for ten, unless told otherwise. */
export function reserve(world: World, wish: Wish = {}): Promise<Answer> {
  const usual = { conference_name: freshName(), max_participants: '10', start_time: ahead(60), duration: '60' }
  return ask(world, 'GET', `/conference_reservation_create?${new URLSearchParams({ ...usual, ...wish })}`)
}

/** The token of one that was reserved. */
export async function reserved(world: World, wish: Wish = {}): Promise<string> {
  const answer = await reserve(world, wish)
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.json.reservation_token, /^[0-9a-f]{14}$/)
  return answer.json.reservation_token
}

export const modify = (world: World, reference: Record<string, string>, duration = 10): Promise<Answer> =>
  ask(world, 'GET', `/conference_reservation_modify?${new URLSearchParams({ ...reference, duration: String(duration) })}`)

export const remove = (world: World, reference: Record<string, string>): Promise<Answer> =>
  ask(world, 'GET', `/conference_reservation_remove?${new URLSearchParams(reference)}`)

/** Begun through our own API, where one may begin at once. Gives its native id. */
export async function running(world: World, name: string, durationMinutes: number): Promise<string> {
  const answer = await world.api('POST', '/conference-reservations', { name, participants: 10, durationMinutes })
  assert.equal(answer.status, 201, answer.text)
  assert.equal(answer.json.state, 'running')
  return answer.json.id
}

export const createUrl = '/conference_reservation_create'
export const modifyUrl = '/conference_reservation_modify'
export const removeUrl = '/conference_reservation_remove'
