import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallflowFault, readCallflow } from './callflow.ts'
import { verbsOf } from './flow-verbs.ts'
import { scriptMeans } from '../../../test/script-means.ts'
import { lintCallflow } from './lint-callflow.ts'

const makeCall = { action: 'makeCall', params: { source: '6591230001', destination: '+6591230002' } }
const page = { url: 'https://hooks.example/vca', method: 'POST' } as const

const faultOf = (value: unknown, startsWithCall = true): readonly [code: number, path: string, isMissing?: true] => {
  try {
    readCallflow(value, { startsWithCall })
  } catch (error) {
    if (error instanceof CallflowFault) return error.isMissing ? [error.code, error.path, true] : [error.code, error.path]
    throw error
  }
  return assert.fail('nothing was wrong')
}

test('a callflow is read, with what it leaves out filled in', () => {
  const actions = readCallflow(
    [
      makeCall,
      { action: 'say', params: { text: 'hi', voiceProfile: 'en-IE-EmilyNeural', more: 1 } },
      { action: 'sayAndCapture', params: { promptMessage: 'code', voiceProfile: 'de-DE-Male', maxDigits: 4 } },
      { action: 'hangup' },
    ],
    { startsWithCall: true },
  )
  assert.deepEqual(actions, [
    { action: 'makeCall', source: '+6591230001', destination: '+6591230002', isRecorded: false },
    { action: 'say', text: 'hi', voice: { language: 'en-IE', speed: 1 }, times: 1 },
    {
      action: 'sayAndCapture',
      prompt: 'code',
      voice: { language: 'de-DE', voice: 'male', speed: 1 },
      least: 0,
      most: 4,
      betweenMs: 5000,
      inAllMs: 5000,
      endsOnHash: true,
      tries: 1,
    },
    { action: 'hangup' },
  ])
})

test('a fault has its number and its place', () => {
  assert.deepEqual(faultOf('x'), [-1009, 'callflow'])
  assert.deepEqual(faultOf([makeCall, 7]), [-1009, 'callflow[1]'])
  assert.deepEqual(faultOf([makeCall, { action: 'toString' }]), [-1007, 'callflow[1].action'])
  assert.deepEqual(faultOf([{ action: 'hangup' }]), [-1013, 'callflow[0].action'])
  assert.deepEqual(faultOf([makeCall, { action: 'playFile', params: { fileUrl: 'ftp://x/y' } }]), [
    -1009,
    'callflow[1].params.fileUrl',
  ])
  assert.deepEqual(faultOf([makeCall, makeCall], false), [-1010, 'callflow'])
  const calling = (params: object) => faultOf([{ action: 'makeCall', params: { ...makeCall.params, ...params } }])
  assert.deepEqual(calling({ source: '12ab' }), [-1014, 'callflow[0].params.source'])
  assert.deepEqual(calling({ destination: '12ab' }), [-1017, 'callflow[0].params.destination'])
  assert.deepEqual(calling({ source: true }), [-1009, 'callflow[0].params.source'])
})

test('what is not there is told from what is wrong', () => {
  assert.deepEqual(faultOf(undefined), [-1009, 'callflow', true])
  assert.deepEqual(faultOf([{}]), [-1009, 'callflow[0].action', true])
  assert.deepEqual(faultOf([{ action: 'makeCall' }]), [-1009, 'callflow[0].params.source', true])
  assert.deepEqual(faultOf([makeCall, { action: 'say', params: { text: null } }]), [-1009, 'callflow[1].params.text', true])
  assert.deepEqual(readCallflow([], { startsWithCall: false }), [])
})

test('who is told is asked after a capture, with what follows kept, and after the last action', () => {
  const say = { action: 'say', params: { text: 'hi', voiceProfile: 'en-US-Female' } }
  const capture = { action: 'sayAndCapture', params: { promptMessage: 'code', voiceProfile: 'en-US-Female', noOfTries: 3 } }
  const read = (flow: unknown[]) => readCallflow(flow, { startsWithCall: false })
  const names = (flow: unknown[], asked = true) =>
    verbsOf(read(flow), asked ? page : undefined, true).verbs.map(({ verb }) => verb)
  assert.deepEqual(names([say]), ['play', 'redirect'])
  assert.deepEqual(names([say], false), ['play'])
  assert.deepEqual(names([say, { action: 'hangup' }]), ['play', 'hangUp'])
  const { verbs, rest } = verbsOf(read([say, capture, say]), page, true)
  const gather = verbs.at(-1)!
  assert.ok(gather.verb === 'gather' && gather.then === page && gather.thenWhenEmpty)
  assert.equal(gather.again?.onNothing.length, 2)
  assert.equal(rest.length, 1)
})

test('whoever called in is answered only when the bridged party is', () => {
  const dial = (isIncoming: boolean) =>
    verbsOf(readCallflow([makeCall], { startsWithCall: true }), undefined, isIncoming).verbs[0]!
  assert.ok('answerWithThem' in dial(true))
  assert.ok(!('answerWithThem' in dial(false)))
})

test('a file is checked without a call: every action, then all together', async () => {
  assert.deepEqual(await lintCallflow(JSON.stringify({ callflow: [makeCall] }), scriptMeans), [])
  const notes = await lintCallflow(JSON.stringify([{ action: 'dance' }, { action: 'say' }, { action: 'hangup' }]), scriptMeans)
  assert.deepEqual(
    notes.map(({ code, line, column, place }) => [code, line, column, place]),
    [
      ['-1007', 1, 3, 'callflow[0].action'],
      ['-1009', 1, 21, 'callflow[1].params.text'],
    ],
  )
  const [note] = await lintCallflow('{', scriptMeans)
  assert.deepEqual([note!.code, note!.line, note!.column], ['-1001', 1, 2])
})
