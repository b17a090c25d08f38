import { test } from 'node:test'
import assert from 'node:assert/strict'
import { handClock } from '#values/clock.ts'
import { Journal } from './journal.ts'
import { maskNumber, maskText } from './mask.ts'

function open() {
  const lines: Record<string, unknown>[] = []
  const clock = handClock()
  const stream = {
    write: (text: string) =>
      void lines.push(
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      ),
  }
  return { journal: new Journal({ level: 'info', clock, stream }), lines, clock }
}

test('numbers are masked, short codes stay', () => {
  assert.equal(maskNumber('+12025550123'), '+1202*****23')
  assert.equal(maskNumber('12345'), '12345')
  assert.equal(maskText('to +12025550123 failed at postgres://user:word@db/x'), 'to +1202*****23 failed at postgres://***@db/x')
})

test('a refusal is one line and one count, and hostile text stays in its line', async () => {
  const { journal, lines } = open()
  journal.requestRefused({
    face: 'api',
    reason: 'auth.failed',
    errorId: 'e1',
    traceId: 't1',
    source: 'x\n{"level":60}',
    evidence: 'asked by +12025550123',
  })
  assert.equal(lines.length, 1)
  assert.equal(lines[0]?.['source'], 'x\n{"level":60}')
  assert.equal(lines[0]?.['evidence'], 'asked by +1202*****23')
  assert.match((await journal.metrics()).text, /offhook_refusals_total\{face="api",reason="auth.failed"\} 1\n/)
})

test('a flood of refusals is counted in full and written in part', async () => {
  const { journal, lines, clock } = open()
  clock.advance(5000)
  for (let count = 0; count < 250; count += 1) journal.connectionRefused('request.framing_invalid', '10.0.0.1', 'e')
  assert.equal(lines.length, 100)
  clock.advance(1000)
  journal.connectionRefused('request.framing_invalid', '10.0.0.1', 'e')
  assert.equal(lines[100]?.['lines'], 150)
  assert.match((await journal.metrics()).text, /offhook_refusals_total\{face="",reason="request.framing_invalid"\} 251\n/)
})

test('a fault tells its cause but not the fields of an error', () => {
  const { journal, lines } = open()
  const cause = Object.assign(new Error('duplicate +12025550123', { cause: new Error('inner') }), {
    detail: 'Key (secret)=(x)',
    code: '23505',
  })
  journal.faultFound(cause, 'e1', 't1')
  const fault = lines[0]?.['fault'] as Record<string, unknown>
  assert.equal(fault['message'], 'duplicate +1202*****23')
  assert.equal(fault['code'], '23505')
  assert.equal((fault['cause'] as Record<string, unknown>)['message'], 'inner')
  assert.doesNotMatch(JSON.stringify(lines), /secret/)
})

test('answers are counted by face, method and status; written only at debug', async () => {
  const { journal, lines } = open()
  journal.requestAnswered('api', 'GET', 200, 3, 't')
  journal.setLevel('debug')
  journal.requestAnswered('api', 'GET', 200, 3, 't')
  assert.equal(lines.length, 1)
  const { text } = await journal.metrics()
  assert.match(text, /offhook_http_requests_total\{face="api",method="GET",status="200"\} 2\n/)
  assert.match(text, /offhook_http_request_duration_seconds_bucket\{le="0.005",face="api"\} 2\n/)
  assert.match(text, /offhook_http_request_duration_seconds_bucket\{le="0.0025",face="api"\} 0\n/)
  assert.match(text, /offhook_http_request_duration_seconds_bucket\{le="\+Inf",face="api"\} 2\n/)
  assert.match(text, /offhook_http_request_duration_seconds_count\{face="api"\} 2\n/)
  assert.match(text, /# TYPE offhook_http_request_duration_seconds histogram\n/)
})

test('a loop that fails again and again the same way is told now and then, with how often it was', () => {
  const { journal, lines, clock } = open()
  for (let round = 0; round <= 100; round += 1) {
    journal.loopFailed('purge', new Error('gone'))
    clock.advance(100)
  }
  journal.loopFailed('purge', new Error('another'))
  assert.deepEqual(
    lines.map(({ repeated }) => repeated),
    [undefined, 99, undefined],
  )
})
