// POST .../sms and .../mms (reference 6.1). To several recipients a message is a group: one to its sender, refused as a whole
// or sent to all. The first attempt is waited for, so that a network that cannot take it now is told at once (MSG-290).

import { readEntryOperation } from '#operations/mailbox/mailbox.ts'
import { sendBatchOperation } from '#operations/messages/send-batch.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { parseE164 } from '#values/e164.ts'
import { requirePerson } from './extension-view.ts'
import { userNamed } from './extensions.ts'
import { countryOfId } from './formats.ts'
import { inner, shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { messageBody } from './message-body.ts'
import { messageRecords } from './message-record.ts'

const recipientsAtMost = 10
const charactersAtMost = 1000
const filesAtMost = 10
const awaitMs = 1500

/** Of one number, in a minute; counted apart from the group of the route (MSG-305). */
const perMinute = { sms: 40, mms: 50 } as const
const windowMs = 60_000

interface Wish {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
}

export const sendSms = (room: Room, knock: RingCentralKnock): Promise<HttpAnswer> => send(room, knock, false)
/** The same, with at least one file. */
export const sendMms = (room: Room, knock: RingCentralKnock): Promise<HttpAnswer> => send(room, knock, true)

async function send(room: Room, knock: RingCentralKnock, needsFiles: boolean): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const { run, rates } = room.parts
  const { fields, files } = await messageBody(knock)
  // Whoever asks is a person; another extension may be none.
  if (userId !== caller.user?.id) requirePerson(await userNamed(room, caller, userId!, knock.params['extensionId']!), 'messaging')
  const wish = wishOf(fields, files.length, needsFiles, caller.account.settings.country)
  const { from, to } = wish
  const kind = files.length > 0 ? 'mms' : 'sms'
  const bucket = `rc ${kind} ${caller.account.id} ${from}`
  await rates.take({ bucket, limit: perMinute[kind], windowMs, scope: 'messages' })
  const one = {
    from,
    text: wish.text,
    kind,
    userId: userId!,
    toItself: true,
    carrierMustBeUp: true,
    ...(files.length > 0 && { files }),
  }
  const idempotencyKey = knock.request.headers['idempotency-key']
  try {
    const id =
      to.length === 1
        ? (await run(sendMessageOperation, caller, { ...one, to: to[0], awaitMs }, { idempotencyKey })).id
        : await sendGroup(to.map((number) => ({ ...one, to: number })))
    return json(await messageRecords(room, knock)(await run(readEntryOperation, caller, { id })))
  } catch (error) {
    throw error instanceof Refusal && to.length === 1 ? aboutRecipient(error, to[0]!) : error
  }

  async function sendGroup(messages: readonly object[]): Promise<number> {
    const { items } = await run(sendBatchOperation, caller, { messages, asGroup: true }, { idempotencyKey })
    return items[0]!.message!.id
  }
}

/** A network's refusal does not name the number; the vendor's does. */
function aboutRecipient(error: Refusal, number: string): Refusal {
  if (error.reason !== 'message.send_failed' || error.params['number'] !== undefined) return error
  return new Refusal(error.reason, { ...error.params, number }, error)
}

/** Faults of fields are collected. Gives request.parameter_missing, request.parameter_invalid, request.value_repeated. */
function wishOf(fields: Fields, files: number, needsFiles: boolean, home: string): Wish {
  const faults: Refusal[] = []
  const take = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      faults.push(error)
      return undefined
    }
  }
  const country = take(() => countryOf(fields)) ?? home
  const from = take(() => numberIn(inner(fields, 'from')['phoneNumber'], 'from', country))
  const to = take(() => recipientsOf(fields, country, faults))
  const said = take(() => textOf(fields, files)) ?? ''
  if (files > filesAtMost || (needsFiles && files === 0)) {
    const expected = `1 to ${filesAtMost} files`
    faults.push(refusal('request.parameter_invalid', { parameter: 'attachments', expected }))
  }
  if (faults.length > 0) refuseAll(faults)
  return { from: from!, to: to!, text: said }
}

/** The dialling plan for numbers without a plus: by id or by code, not both. */
function countryOf(fields: Fields): string | undefined {
  const { id, isoCode } = inner(fields, 'country')
  const given = id ?? isoCode
  if (given === undefined) return undefined
  const found = id === undefined ? String(isoCode).toUpperCase() : countryOfId(String(id))
  if ((id !== undefined && isoCode !== undefined) || found === undefined || !/^[A-Z]{2}$/.test(found))
    refuse('request.parameter_invalid', {
      parameter: id === undefined ? 'country.isoCode' : 'country.id',
      value: shown(given),
      expected: 'a country',
    })
  return found
}

function numberIn(value: unknown, parameter: string, country: string): string {
  if (value === undefined || value === null || value === '')
    refuse('request.parameter_invalid', { parameter, expected: 'a phone number' })
  const number = typeof value === 'string' ? parseE164(value, { country }) : undefined
  if (!number?.isPossible) refuse('request.parameter_invalid', { parameter, value: shown(value), expected: 'a phone number' })
  return number.number
}

function recipientsOf(fields: Fields, country: string, faults: Refusal[]): string[] {
  const given = fields['to']
  if (!Array.isArray(given) || given.length === 0 || given.length > recipientsAtMost) {
    const value = given === undefined || given === null ? {} : { value: shown(given) }
    refuse('request.parameter_invalid', { parameter: 'to', ...value, expected: `1 to ${recipientsAtMost} recipients` })
  }
  const numbers: string[] = []
  for (const one of given as unknown[]) {
    try {
      const number = numberIn((one as { phoneNumber?: unknown } | null)?.phoneNumber, 'to', country)
      if (numbers.includes(number)) faults.push(refusal('request.value_repeated', { parameter: 'to', value: number }))
      else numbers.push(number)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      faults.push(error)
    }
  }
  return numbers
}

function textOf(fields: Fields, files: number): string {
  const said = text(fields, 'text') ?? ''
  if (said.length > charactersAtMost)
    refuse('request.parameter_invalid', {
      parameter: 'text',
      value: shown(said),
      expected: `at most ${charactersAtMost} characters`,
    })
  if (said.trim() === '' && files === 0)
    refuse('request.parameter_invalid', { parameter: 'text', value: said.slice(0, 100), expected: 'a text' })
  return said
}
