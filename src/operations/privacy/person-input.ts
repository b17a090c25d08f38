// Whom an operation on personal data is about: a telephone number or an e-mail address, exactly one.

import Type from 'typebox'
import type { Person } from '#messaging/personal-place.ts'
import { refuse } from '#reasons/refusal.ts'
import { Optional } from '../fields.ts'
import { e164 } from '../numbers/number-input.ts'

export const personProperties = {
  phone: Optional(Type.String({ minLength: 2, maxLength: 32, description: "The person's telephone number." })),
  email: Optional(
    Type.String({ minLength: 3, maxLength: 320, pattern: '^[^\\s@]+@[^\\s@]+$', description: "The person's e-mail address." }),
  ),
}

export const personReasons = ['number.invalid', 'request.one_of_required', 'request.parameters_exclusive'] as const

/** Gives number.invalid, request.one_of_required, request.parameters_exclusive. */
export function personOf({ phone, email }: { phone?: string | undefined; email?: string | undefined }): Person {
  if (phone !== undefined && email !== undefined) refuse('request.parameters_exclusive', { parameters: ['phone', 'email'] })
  if (phone !== undefined) return { kind: 'phone', value: e164(phone) }
  if (email !== undefined) return { kind: 'email', value: email.toLowerCase() }
  return refuse('request.one_of_required', { parameters: ['phone', 'email'] })
}
