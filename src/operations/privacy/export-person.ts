import Type from 'typebox'
import { placesOf } from '#messaging/personal-data.ts'
import type { PersonalItem } from '#messaging/personal-place.ts'
import { refuse } from '#reasons/refusal.ts'
import { Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { personOf, personProperties, personReasons } from './person-input.ts'

type OfRecording = { readonly id: number; readonly secret: string }

/** Parts of places looked at for one page: each is one long read. */
const partsAtMost = 10
const itemsEnough = 500

/** By POST, so that the number stands in no log of addresses. Nothing of it is kept: each page is looked up as it is asked for. */
export const exportPersonOperation = operation({
  name: 'privacy.export',
  summary: 'Export what is kept about a person',
  permission: 'privacy.export',
  input: Type.Object(
    {
      ...personProperties,
      after: Optional(Type.String({ minLength: 1, maxLength: 100, description: 'The cursor of the page before.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        noun: Type.String({ description: 'message, call, recording, call_session, contact, opt_out, email or refusal.' }),
        data: Type.Record(Type.String(), Type.Unknown(), { description: 'All that is kept; times in ms UTC, bytes in hex.' }),
      }),
    ),
    next: Type.Union([Type.String({ description: 'The cursor of the next page.' }), Type.Null()]),
  }),
  reasons: [...personReasons, 'request.cursor_invalid'],
  route: { method: 'POST', path: '/privacy/export' },
  async run({ caller, read, slow, notes, clock, voice }, { after, ...given }) {
    const person = personOf(given)
    const { urls } = voice.recordings
    const means = { read, slow, notes, nowMs: clock.nowMs(), recordingUrl: (row: OfRecording) => urls.urlOf(row) }
    const places = placesOf(person.kind)
    let [at, from] = after === undefined ? [0, -1] : readCursor(after, places.length)
    const items: PersonalItem[] = []
    for (let part = 0; part < partsAtMost && at < places.length && items.length < itemsEnough; part += 1) {
      const shown = await places[at]!.show(means, caller.account.id, person, from)
      items.push(...shown.items)
      at = shown.next === null ? at + 1 : at
      from = shown.next ?? -1
    }
    return {
      items: items as { noun: string; data: Record<string, unknown> }[],
      next: at < places.length ? `${at}.${from}` : null,
    }
  },
})

/** Gives request.cursor_invalid. */
function readCursor(text: string, places: number): [number, number] {
  const found = /^(\d)\.(-1|\d{1,16})$/.exec(text)
  const at = Number(found?.[1])
  if (!found || at >= places) refuse('request.cursor_invalid', { parameter: 'after' })
  return [at, Number(found[2])]
}
