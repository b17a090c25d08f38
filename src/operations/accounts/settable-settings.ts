// Which settings an account may set for itself, and which only whoever stands above it.

import type { SettingsChange, VoiceSettings } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'

const ownSettings = new Set(['timezone', 'language', 'allowedSources', 'quietHours', 'retentionDays', 'answers'])

/** Limits of which 0 is the widest. */
const noneAtZero = new Set([
  'platformPerSecond',
  'prefixPerHour',
  'callsPerSecond',
  'concurrentCalls',
  'callSpendPerDayMicros',
  'spendPerMonthMicros',
])
const width = (name: string, limit: number): number => (limit === 0 && noneAtZero.has(name) ? Infinity : limit)

/**
 * Limits, features, country and currency bound an account; it cannot loosen its own bounds, only set those of accounts
 * below it, and no wider than its own. Gives permission.denied.
 */
export function requireSettableBy(caller: Caller, settings: SettingsChange, kind: string | undefined, ofItself = false): void {
  if (caller.permissions.has('operator')) return
  const bounded = Object.keys(settings).filter((name) => !ownSettings.has(name))
  if (ofItself && (bounded.length > 0 || kind !== undefined))
    refuse('permission.denied', { permission: `settings.${bounded[0] ?? 'kind'}` })
  const own = caller.home.settings
  if (settings.features?.some((feature) => !own.features.includes(feature)))
    refuse('permission.denied', { permission: 'settings.features' })
  if (settings.safeDestinations?.some((one) => !own.safeDestinations.some((wider) => one.startsWith(wider))))
    refuse('permission.denied', { permission: 'settings.safeDestinations' })
  for (const [name, value] of Object.entries(settings.limits ?? {})) {
    if (width(name, value) > width(name, own.limits[name as keyof typeof own.limits]))
      refuse('permission.denied', { permission: `settings.limits.${name}` })
  }
  requireVoiceSettable(own.voice, settings.voice)
  if (kind === 'full' && caller.home.kind !== 'full') refuse('permission.denied', { permission: 'kind' })
}

/** What is closed to an account it cannot open below it. */
function requireVoiceSettable(own: VoiceSettings, given: Partial<VoiceSettings> = {}): void {
  const { countries = [], riskClasses = [], called } = given
  if (!own.countries.includes('*') && countries.some((one) => !own.countries.includes(one)))
    refuse('permission.denied', { permission: 'settings.voice.countries' })
  if (riskClasses.some((one) => !own.riskClasses.includes(one)))
    refuse('permission.denied', { permission: 'settings.voice.riskClasses' })
  const isWider = (one: string): boolean => !own.called.some((wider) => one.startsWith(wider))
  if (called && own.called.length > 0 && (called.length === 0 || called.some(isWider)))
    refuse('permission.denied', { permission: 'settings.voice.called' })
}
