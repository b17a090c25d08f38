// What the operations on contacts share: numbers in E.164, and the refusals that a write's outcome stands for.

import type { ContactFields, ContactSaved } from '#store/contacts.ts'
import { refuse } from '#reasons/refusal.ts'
import { e164 } from '../numbers/number-input.ts'
import type { ContactGiven } from './contact-view.ts'

/** Gives number.invalid. */
export function contactFieldsOf(given: ContactGiven): ContactFields {
  const { addresses } = given
  if (addresses.phone === undefined) return given as ContactFields
  // With a country, digits that already begin with its code are taken as international.
  return { ...given, addresses: { ...addresses, phone: e164(addresses.phone, given.country) } } as ContactFields
}

/** Gives resource.value_not_unique, resource.not_found, resource.conflict. */
export function requireSaved(saved: ContactSaved): asserts saved is Extract<ContactSaved, { row: unknown }> {
  if (saved.outcome === 'taken')
    refuse('resource.value_not_unique', { parameter: saved.several ? 'addresses' : `addresses.${saved.kind}` })
  if (saved.outcome === 'no_group') refuse('resource.not_found', { noun: 'group', parameter: 'groups' })
  if (saved.outcome === 'gone') refuse('resource.not_found', { noun: 'contact' })
  if (saved.outcome === 'changed') refuse('resource.conflict', { noun: 'contact' })
}
