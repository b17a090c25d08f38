// The ids this vendor dictates the form of. Reference ids of starts are made once there are starts; here they are read.

import { refusal, type Refusal } from '#reasons/refusal.ts'

/** Region-Layer-Cloud, three decimal numbers. */
export const cloudIdForm = /^[0-9]{1,9}-[0-9]{1,9}-[0-9]{1,9}$/

/** Told to clients unless the operator names another one. */
export const usualCloudId = '0-2-0'

/** The vendor's clients hold service names to this. */
export const serviceNameForm = /^[A-Za-z0-9\-_.+]{1,200}$/

/** One id of a start: hexadecimal, decimal and decimal, divided by dots. */
export function readReferenceId(text: string, parameter: string): string | Refusal {
  if (/^[0-9a-fA-F]{1,32}\.[0-9]{1,20}\.[0-9]{1,20}$/.test(text)) return text
  return refusal('request.reference_id_malformed', { parameter, value: text.slice(0, 60) })
}
