// Times and words as this vendor writes them (reference 1 and 2.2).

import type { Role } from '#accounts/permissions.ts'
import { refuse } from '#reasons/refusal.ts'

export const apiVersion = '2012-04-24'

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number): string => String(n).padStart(2, '0')

/** RFC 2822 as the vendor has it: `Tue, 4 Feb 2020 08:15:09 +0000`, the day without a leading zero. */
export function dateText(ms: number): string {
  const at = new Date(ms)
  const day = `${days[at.getUTCDay()]}, ${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

export const isoText = (ms: number): string => new Date(ms).toISOString()

export const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const dayMs = 24 * 60 * 60_000

/** `YYYY-MM-DD`, also with a time behind it (reference 4.2); the start of the day, UTC. Gives request.date_invalid. */
export function dayOf(parameter: string, text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)Z?)?$/.exec(text)
  const ms = parts ? Date.parse(`${parts[1]}T${parts[2] ?? '00:00:00'}Z`) : NaN
  // Date.parse lets the 31st of a short month pass as the next one's first days.
  if (Number.isNaN(ms) || dayText(ms) !== parts![1])
    refuse('request.date_invalid', { parameter, value: text.slice(0, 40), expected: 'YYYY-MM-DD' })
  return ms
}

/** The moment up to which a filter's end reaches: the whole day when it names one. */
export const endOf = (parameter: string, text: string): number => dayOf(parameter, text) + (text.length === 10 ? dayMs - 1 : 0)

const roleNames: Record<Role, string> = {
  administrator: 'Administrator',
  developer: 'Developer',
  auditor: 'Auditor',
  people_administrator: 'Turnkey Applications Administrator',
  member: 'Turnkey Applications Developer',
}

export const roleName = (role: Role): string => roleNames[role]

/** Gives request.parameter_invalid. */
export function roleOf(text: string): Role {
  const found = Object.entries(roleNames).find(([, name]) => name.toLowerCase() === text.toLowerCase())
  if (!found)
    refuse('request.parameter_invalid', {
      parameter: 'Role',
      value: text.slice(0, 60),
      expected: `one of ${Object.values(roleNames).join(', ')}`,
    })
  return found[0] as Role
}
