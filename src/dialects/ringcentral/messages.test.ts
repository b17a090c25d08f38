import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal, refusal, type RefusalArguments } from '#reasons/refusal.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { envelope } from './errors.ts'
import { parseTime } from './formats.ts'
import { directionOf, kindsOf } from './message-fields.ts'
import { moment, yesOrNo } from './query-fields.ts'

test('times whole and reduced, with any zone and any fraction', () => {
  const utc = (text: string) => {
    const ms = parseTime(text)
    return ms === undefined ? undefined : new Date(ms).toISOString()
  }
  assert.equal(utc('2024'), '2024-01-01T00:00:00.000Z')
  assert.equal(utc('2024-03'), '2024-03-01T00:00:00.000Z')
  assert.equal(utc('2024-03-05'), '2024-03-05T00:00:00.000Z')
  assert.equal(utc('2024-03-05T10:20'), '2024-03-05T10:20:00.000Z')
  assert.equal(utc('2024-03-05T10:20:30.1234567+0200'), '2024-03-05T08:20:30.123Z')
  assert.equal(utc('2024-03-05T10:20:30-05:30'), '2024-03-05T15:50:30.000Z')
  for (const wrong of ['', 'yesterday', '2024-13', '2024-03-05T25:00', '05.03.2024'])
    assert.equal(parseTime(wrong), undefined, wrong)
})

test('fields of a query: absent when empty, refused when not understood', () => {
  assert.equal(moment([['dateFrom', '']], 'dateFrom'), undefined)
  assert.equal(yesOrNo([['purge', 'TRUE']], 'purge'), true)
  assert.equal(yesOrNo([], 'purge'), undefined)
  assert.throws(() => yesOrNo([['purge', 'perhaps']], 'purge'), Refusal)
  assert.throws(() => moment([['dateTo', 'soon']], 'dateTo'), Refusal)
})

test('types are kinds of ours; of what there is none, none', () => {
  assert.equal(kindsOf([]), undefined)
  assert.deepEqual(kindsOf(['Fax']), [])
  assert.deepEqual(kindsOf(['Fax', 'VoiceMail']), ['voicemail'])
  assert.deepEqual(kindsOf(['Pager', 'SMS']), ['internal', 'sms', 'flash', 'mms'])
  assert.equal(directionOf([['direction', 'Inbound']]), 'in')
  const both: [string, string][] = [
    ['direction', 'Inbound'],
    ['direction', 'Outbound'],
  ]
  assert.equal(directionOf(both), undefined)
})

test('refusals of messages name the field, and the number in it', () => {
  const told = <S extends Slug>(slug: S, ...more: RefusalArguments<S>) => {
    const { status, body } = envelope(refusal(slug, ...more))
    const [{ errorCode, parameterName, parameterValue }] = body['errors'] as Record<string, unknown>[] as [
      Record<string, unknown>,
    ]
    return [status, body['errorCode'], errorCode, parameterName, parameterValue]
  }
  const number = '+15550001111'
  assert.deepEqual(told('message.recipient_not_us', { number }), [403, 'InternationalProhibited', 'MSG-240', 'to', number])
  assert.deepEqual(told('message.recipient_opted_out', { number }), [400, 'InvalidParameter', 'MSG-243', 'to', number])
  assert.deepEqual(told('number.blocked', { number }), [400, 'InvalidParameter', 'MSG-243', 'from', number])
  assert.deepEqual(told('message.gateway_unreachable'), [503, 'MSG-290', 'MSG-290', 'to', undefined])
  assert.deepEqual(told('message.thread_left'), [403, 'MSG-326', 'MSG-326', 'replyOn', undefined])
  // What the body names is the body's fault, what the path names is not there.
  const extension = { noun: 'extension', id: '7' }
  assert.equal(told('resource.not_found', { ...extension, parameter: 'to.extensionId' })[0], 400)
  assert.equal(told('resource.not_found', { ...extension, parameter: 'extensionId' })[0], 404)
})
