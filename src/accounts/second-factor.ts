// Time-based one-time passwords as a second factor (RFC 6238: SHA-1, six digits, 30 s), with one step of tolerance.
// A code is good once: the step of the last code used is kept with the user.

import { Secret, TOTP } from 'otpauth'

const periodS = 30

const totp = (seed: string, login = ''): TOTP =>
  new TOTP({ issuer: 'Offhook', label: login, secret: Secret.fromBase32(seed), digits: 6, period: periodS })

/** 20 random bytes in base32, as authenticator apps take them. */
export const newSeed = (): string => new Secret({ size: 20 }).base32

/** The code an authenticator shows at that time. */
export const currentCode = (seed: string, nowMs: number): string => totp(seed).generate({ timestamp: nowMs })

/** The step that the code belongs to, or undefined when it is wrong or no newer than `lastStep`. */
export function matchingStep(seed: string, code: string, nowMs: number, lastStep: number): number | undefined {
  const delta = totp(seed).validate({ token: code, timestamp: nowMs, window: 1 })
  if (delta === null) return undefined
  const step = Math.floor(nowMs / 1000 / periodS) + delta
  return step > lastStep ? step : undefined
}

/** What an authenticator app scans. */
export const enrolmentUri = (seed: string, login: string): string => totp(seed, login).toString()
