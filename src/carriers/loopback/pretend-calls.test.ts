// Calls of the pretend network with real streams: what each kind of number does, in order and once, and what a handset is told to do.

import assert from 'node:assert/strict'
import { once, EventEmitter } from 'node:events'
import { after, test } from 'node:test'
import { WorkerMedia } from '#media/media.ts'
import type { Stream, StreamNews } from '#media/contract.ts'
import { refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import type { LegEnd, LegNews } from '#voice/leg.ts'
import type { IncomingCall } from '#voice/line.ts'
import { claimPorts } from '../../../test/ports.ts'
import { pretendKind } from './pretend-trunk.ts'

const media = new WorkerMedia({ clock: systemClock, rtpPorts: await claimPorts(200), workers: 1 })
after(() => media.stop())

interface Said {
  readonly phone: string
  readonly text: string | null
}

function network() {
  const incoming: IncomingCall[] = []
  const said: Said[] = []
  let lastId = 100
  const kind = pretendKind({
    clock: systemClock,
    nextId: () => (lastId += 1),
    speak: async () => [{ kind: 'silence', ms: 20 }],
    said: (phone, text) => void said.push({ phone, text }),
    takeIncoming: (call) => void incoming.push(call),
  })
  const trunk = kind.open({ id: 7, name: 'loopback', detail: { ringMs: 0 }, secret: '' })
  return { kind, trunk, incoming, said }
}

/** News as words, and a wait for one of them. */
function listening(): LegNews & { readonly words: string[]; until(word: string): Promise<void>; end(): LegEnd } {
  const words: string[] = []
  const told = new EventEmitter()
  let last: LegEnd | undefined
  const tell = (word: string): void => {
    words.push(word)
    told.emit(word)
  }
  return {
    words,
    until: async (word) => void (words.includes(word) || (await once(told, word))),
    end: () => last!,
    ringing: (early) => tell(early ? 'early' : 'ringing'),
    answered: () => tell('answered'),
    ended(end) {
      last = end
      tell('ended')
    },
  }
}

const wish = (to: string, timeoutMs = 60_000) => ({
  id: 1,
  place: media.place(),
  from: '+14155550100',
  to,
  headers: {},
  timeoutMs,
})

const digitsOf = (stream: Stream, count: number): Promise<string> =>
  new Promise((resolve) => {
    let digits = ''
    stream.onNews((news: StreamNews) => {
      if (news.type !== 'digit') return
      digits += news.digit
      if (digits.length === count) resolve(digits)
    })
  })

test('a number that works rings, is answered, and presses what its plan says', async () => {
  const { trunk } = network()
  const news = listening()
  const leg = trunk.place(wish('+13105550132'), news)
  await news.until('answered')
  assert.equal(await digitsOf(leg.stream!, 5), '1234#')
  const told: string[] = []
  leg.stream!.onNews(({ type }) => type === 'closed' && told.push(...news.words))
  leg.hangUp(refusal('call.completed'))
  await news.until('ended')
  assert.deepEqual(news.words, ['ringing', 'answered', 'ended'])
  assert.deepEqual(told, ['ringing', 'answered'], 'what the stream still tells comes before the end')
  assert.ok(news.end().figures!.received.packets > 0)
  assert.deepEqual([news.end().by, news.end().cause.reason], ['us', 'call.completed'])
})

test('who is busy, declines or is unknown says so, once, with the status and the cause', async () => {
  const { trunk } = network()
  for (const [to, words, reason, status, q850] of [
    ['+13105550122', ['ended'], 'call.busy', 486, 17],
    ['+13105550124', ['ringing', 'ended'], 'call.declined', 603, 21],
    ['+13105550126', ['ended'], 'call.destination_unknown', 404, 1],
  ] as const) {
    const news = listening()
    trunk.place(wish(to), news)
    await news.until('ended')
    assert.deepEqual(news.words, words)
    const { cause, by } = news.end()
    assert.deepEqual([by, cause.reason, cause.sipStatus, cause.q850], ['peer', reason, status, q850])
  }
})

test('nobody answers, until the time is over', async () => {
  const { trunk } = network()
  const news = listening()
  trunk.place(wish('+13105550123', 50), news)
  await news.until('ended')
  assert.deepEqual([news.words, news.end().cause.reason], [['ringing', 'ended'], 'call.no_answer'])
})

test('a handset calls, speaks, hears keys, is told what to do, and hangs up', async () => {
  const { kind, incoming, said } = network()
  const id = kind.call(5, { handset: '+13105550101', to: '+14155550100', say: 'sales', headers: { 'X-A': '1' } })!
  const [call] = incoming
  assert.deepEqual([call!.id, call!.from, call!.to, call!.headers], [id, '+13105550101', '+14155550100', { 'X-A': '1' }])
  const news = listening()
  call!.listen(news)
  await call!.leg.answer(media.place())
  await news.until('answered')
  call!.leg.stream!.sendDigits('42')
  const party = kind.party('+13105550101', id)!
  const heard = digitsOf(call!.leg.stream!, 1)
  await party.say('more')
  party.press('9')
  assert.equal(await heard, '9')
  assert.deepEqual(
    said.map(({ text }) => text),
    ['sales', 'more'],
  )
  party.partyHangsUp()
  await news.until('ended')
  assert.deepEqual([news.words, news.end().by, news.end().cause.q850], [['answered', 'ended'], 'peer', 16])
  const [seen] = kind.calls('+13105550101')
  assert.deepEqual(
    [seen!.id, seen!.placedFor, seen!.direction, seen!.state, seen!.reason],
    [id, 5, 'placed', 'ended', 'call.completed'],
  )
  assert.equal(kind.party('+13105550101', id), undefined)
})

test('a caller who is refused is told why', () => {
  const { kind, incoming } = network()
  kind.call(5, { handset: '+13105550101', to: '+14155550100' })
  const news = listening()
  incoming[0]!.listen(news)
  incoming[0]!.leg.refuse(refusal('number.not_bound', { number: '+14155550100', context: 'Voice' }))
  assert.deepEqual(news.words, ['ended'])
  assert.deepEqual([news.end().cause.reason, news.end().cause.sipStatus], ['number.not_bound', 404])
  assert.equal(kind.calls('+13105550101')[0]!.reason, 'number.not_bound')
  kind.call(5, { handset: '+13105550101', to: '+14155550100' })
  incoming[1]!.listen(news)
  incoming[1]!.leg.refuse(refusal('markup.rejected', { cause: 'busy' }), { status: 486 })
  assert.equal(news.end().cause.sipStatus, 486, 'with the status that it is told')
})

test('who is let go while it rings was cancelled', async () => {
  const { trunk } = network()
  const news = listening()
  const leg = trunk.place(wish('+13105550123'), news)
  await news.until('ringing')
  leg.hangUp(refusal('call.answered_elsewhere'))
  await news.until('ended')
  assert.equal(news.end().cause.sipStatus, 487)
})
