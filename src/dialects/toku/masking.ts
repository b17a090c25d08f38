// Number masking (reference section 10): two parties call each other over a secret number, which both dial and see. A session binds them to it
// until it is closed or its time is over. Their calls are told to its `callback_url`, as the calls of any number are.

import Type from 'typebox'
import { Optional } from '#operations/fields.ts'
import { endMaskingOperation, updateMaskingOperation } from '#operations/maskings/change-masking.ts'
import { createMaskingOperation } from '#operations/maskings/create-masking.ts'
import type { MaskingShown } from '#operations/maskings/masking-view.ts'
import { listMaskingsOperation, readMaskingOperation } from '#operations/maskings/read-masking.ts'
import { refuse } from '#reasons/refusal.ts'
import { partyIn, partyText } from './call-fields.ts'
import { callbackUrlIn, methodIn } from './callback.ts'
import { given, route, type Body, type Call } from './call.ts'
import { digitsOf, gmtOf, localTime, plainNumber, readLocalTime } from './formats.ts'
import { pageAsked, totalOf } from './paging.ts'

const states = { open: 'open', expired: 'closed', ended: 'closed' } as const

function maskingBody({ ids, caller: { account }, nowMs }: Call, masking: MaskingShown): Body {
  const { reference, expiresAt } = masking
  return {
    session_id: ids.show('masking', masking.id),
    ...(reference !== '' && { reference_id: reference }),
    secret_number: plainNumber(masking.number),
    party_a: partyText(masking.partyA),
    party_b: partyText(masking.partyB),
    state: states[masking.state],
    record_call: masking.isRecorded ? 1 : 0,
    callback_url: masking.statusUrl ?? '',
    callback_method: masking.statusMethod ?? 'POST',
    create_time: localTime(account, masking.createdAt),
    expiry_time: expiresAt === null ? '' : localTime(account, expiresAt),
    gmt: gmtOf(account, nowMs),
  }
}

const truth = Optional(
  Type.Union([Type.Boolean(), Type.Literal('true'), Type.Literal('false'), Type.Literal(1), Type.Literal(0)]),
)

const changeable = {
  expiry_time: Optional(Type.String({ maxLength: 40 })),
  callback_url: Optional(Type.String({ maxLength: 2048 })),
  callback_method: Optional(Type.String({ maxLength: 16 })),
  record_call: truth,
}
const Create = Type.Object({
  secret_number: Optional(Type.String({ minLength: 1, maxLength: 64 })),
  party_a: Type.String({ minLength: 1, maxLength: 200 }),
  party_b: Type.String({ minLength: 1, maxLength: 200 }),
  ...changeable,
})
const Change = Type.Object(changeable)

/** Gives webhook.callback_url_invalid, webhook.method_invalid, request.date_invalid. */
function settingsIn({ body, caller }: Call) {
  const recorded = body['record_call']
  const expires = body['expiry_time'] as string | undefined
  return given({
    statusUrl: callbackUrlIn(body),
    statusMethod: methodIn(body, 'callback_method'),
    expiresAt: expires === undefined ? undefined : readLocalTime(caller.account, 'expiry_time', expires),
    isRecorded: recorded === undefined ? undefined : recorded === true || recorded === 1 || recorded === 'true',
  })
}

const names = {
  number: 'secret_number',
  partyA: 'party_a',
  partyB: 'party_b',
  expiresAt: 'expiry_time',
  reference: 'reference_id',
}

const create = route({
  method: 'POST',
  path: '/masking/v1/sessions',
  needs: [createMaskingOperation],
  read(call) {
    const { body, check } = call
    check(Create, body)
    const { secret_number: number, reference_id: reference } = body
    return {
      ...given({
        number: number === undefined ? undefined : digitsOf(number as string),
        reference: reference === undefined ? undefined : String(reference),
      }),
      ...settingsIn(call),
      partyA: partyIn(body, 'party_a'),
      partyB: partyIn(body, 'party_b'),
    }
  },
  perform: (call, input) => call.ask(createMaskingOperation, input, { names }),
  write: maskingBody,
  made: ({ ids }, { id }) => `/masking/v1/sessions/${ids.show('masking', id)}`,
})

const idInPath = ({ ids, params }: Call): { id: number } => ({
  id: ids.read('masking', params['session_id']!) ?? refuse('session.not_found', {}),
})

const path = '/masking/v1/sessions/:session_id'

const list = route({
  method: 'GET',
  path: '/masking/v1/sessions',
  needs: [listMaskingsOperation],
  read: ({ query }) => pageAsked(query),
  perform: async (call, asked) => ({ asked, page: await call.ask(listMaskingsOperation, { ...asked }) }),
  write: (call, { asked, page }) => ({ sessions: page.items.map((one) => maskingBody(call, one)), ...totalOf(page, asked) }),
})

const read = route({
  method: 'GET',
  path,
  needs: [readMaskingOperation],
  read: idInPath,
  perform: (call, input) => call.ask(readMaskingOperation, input),
  write: maskingBody,
})

const change = route({
  method: 'PUT',
  path,
  needs: [updateMaskingOperation],
  read(call) {
    call.check(Change, call.body)
    return { ...settingsIn(call), ...idInPath(call) }
  },
  perform: (call, input) => call.ask(updateMaskingOperation, input, { names }),
  write: maskingBody,
})

const end = route({
  method: 'DELETE',
  path,
  needs: [endMaskingOperation],
  read: idInPath,
  perform: (call, input) => call.ask(endMaskingOperation, input),
  write: maskingBody,
})

export const maskingRoutes = [create, list, read, change, end]
