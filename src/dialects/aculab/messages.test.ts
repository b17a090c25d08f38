// Messages at this vendor's door, without sockets: what is refused first, references, and states. Reference sections 3 and 11,
// cases 13 to 16.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { readBalanceOperation } from '#operations/credit/read-balance.ts'
import { transferCreditOperation } from '#operations/credit/transfer-credit.ts'
import { createOptOutOperation } from '#operations/opt-outs/create-opt-out.ts'
import { Key } from '#values/secrets.ts'
import { openHarness, type FaceHarness, type HarnessAnswer } from '../../../test/face-harness.ts'
import { aculab } from './aculab.ts'
import { messageForm, notificationPage } from './message-form.ts'
import { MessageRefs } from './message-refs.ts'
import { statusOf } from './message-told.ts'

let face: FaceHarness
let from = ''
before(async () => {
  face = await openHarness(aculab)
  const { items } = await face.run(buyNumbersOperation, face.sandbox, { country: 'US', type: 'local' })
  from = items[0].number.slice(1)
})
after(() => face.close())

const to = '14155550142'

function ask(operation: string, fields: Record<string, string> | [string, string][]): Promise<HarnessAnswer> {
  const { basicUser, apiAccessKey } = face.credentials
  const authorization = `Basic ${Buffer.from(`${basicUser}:${apiAccessKey}`).toString('base64')}`
  const path = `/aculab/${operation}?${String(new URLSearchParams(fields))}`
  return face.ask({ path, headers: { authorization, accept: 'application/json' } })
}

async function refused(code: string, fields: Record<string, string> | [string, string][], operation = 'msg_send') {
  const answer = await ask(operation, fields)
  assert.equal(answer.json?.error?.code, code, `${JSON.stringify(fields)}: ${answer.text}`)
  return answer.json.error
}

const whole = () => ({ to, from, content: 'Your cab is outside' })
const changeAccount = (change: object) =>
  face.run(updateAccountOperation, face.operator, { id: face.sandbox.account.id, ...change })

test('the checks of msg_send come in the order of the reference', async () => {
  // Section 3: the account's state, unknown names, repeats, missing or empty, syntax, exclusions, meaning, funds.
  const past = Date.now() - 1000
  await changeAccount({ kind: 'trial', settings: { trialEndsAt: past } })
  await refused('0900', { colour: 'red' })
  await changeAccount({ kind: 'developer' })
  await refused('0100', { colour: 'red' })
  await changeAccount({ kind: 'full', settings: { trialEndsAt: null } })
  await refused('0029', { ...whole(), to: '', colour: 'red' })
  await refused('0003', [
    ['to', to],
    ['to', to],
  ])
  await refused('0001', { from, type: 'telegram' })
  await refused('0023', { to: '', from, type: 'telegram' })
  await refused('0023', { ...whole(), content: '' })
  await refused('0024', { ...whole(), msg_media: 'a.png,,b.png', type: 'telegram' })
  // Syntax, all faults of it at once.
  const { details } = await refused('0712', {
    to: `+${to}`,
    from: '0441',
    content: 'x'.repeat(1201),
    type: 'telegram',
    msg_media: 'no-extension',
    request_delivery_report: 'perhaps',
    status_page: '/relative',
    status_method: 'PUT',
  })
  assert.equal(details.length, 8)
  // What a type takes, before anything is looked up.
  await refused('0720', { to: from, from })
  await refused('0719', { ...whole(), type: 'flash', msg_media: 'nowhere.png' })
  await refused('0726', { ...whole(), msg_media: 'nowhere.png' })
  // What the account is configured for, the content, both sides, and last what it costs.
  const { features } = face.sandbox.account.settings
  await changeAccount({ settings: { features: features.filter((one) => one !== 'sms') } })
  await refused('0728', { ...whole(), to: from, content: ' ' })
  await changeAccount({ settings: { features } })
  await refused('0724', { ...whole(), to: from, content: ' ' })
  await refused('0729', { ...whole(), to: from })
  await refused('0700', { ...whole(), from: '14155550139' })
  await refused('0704', { ...whole(), from: '14155550139', content: 'x'.repeat(1201) })
  await refused('0707', { ...whole(), from: '14155550139', status_method: 'PUT' })
})

test('values as this vendor writes them', async () => {
  for (const bad of [`+${from}`, '0', '12', 'TwelveLetters', '-', '14155']) {
    const error = await refused(bad === '14155' ? '0700' : '0002', { ...whole(), from: bad })
    assert.match(error.text, /from|number/)
  }
  await refused('0002', { ...whole(), status_page: 'ftp://example.com/' })
  await refused('0007', { ...whole(), request_delivery_report: 'yes' })
  await refused('0401', { ...whole(), type: 'mms', msg_media: '../a.png' })
  const sent = await ask('msg_send', { ...whole(), content: 'Grüße 🙂', type: 'flash', request_delivery_report: 'f' })
  assert.equal(sent.status, 200, sent.text)
  const [ref] = sent.json.msg_refs
  assert.match(ref, /^[0-9a-f]{8}\.\d+\.\d+$/)
  const told = (await ask('msg_status', { msg_refs: `${ref}/${ref.toUpperCase()}` })).json
  assert.deepEqual([told[ref].type, told[ref].direction], ['flash', 'send'])
  assert.deepEqual(told[ref.toUpperCase()], told[ref])
})

test('a trial reaches whom it trusts, and nobody sends without credit', async () => {
  await changeAccount({ kind: 'trial' })
  await refused('0302', whole())
  await changeAccount({ kind: 'full' })
  const { availableMicro, currency } = await face.run(readBalanceOperation, face.sandbox, {})
  const transfer = { accountId: face.sandbox.account.id, amountMicro: availableMicro, currency }
  await face.run(transferCreditOperation, face.operator, { ...transfer, kind: 'withdrawal' })
  const { text } = await refused('0101', whole())
  assert.match(text, /0\.\d+ USD are needed, 0\.00 USD are there/)
  await face.run(transferCreditOperation, face.operator, { ...transfer, kind: 'topup' })
  assert.equal((await ask('msg_send', whole())).status, 200)
})

test('who wants nothing from the account is on the list of each sender', async () => {
  await face.run(createOptOutOperation, face.sandbox, { to: '+14155550155' })
  for (const side of [{ from }, { from: '*' }, { to: '14155550155' }] as Record<string, string>[]) {
    const { json } = await ask('msg_optouts', side)
    assert.deepEqual(
      json.map((one: { to: string; from: string }) => [one.to, one.from]),
      [['14155550155', '*']],
    )
  }
  await refused('0002', { to: '+14155550155' }, 'msg_optouts')
  await refused('0002', { from: 'seventeen letters' }, 'msg_optouts')
})

test('a reference is its message and segment, and no other text is one', () => {
  const refs = new MessageRefs(new Key('5'.repeat(64)))
  const ids = [0, 1, 2 ** 21, 896_000_000_000_123, Number.MAX_SAFE_INTEGER]
  for (const id of ids) {
    assert.deepEqual(refs.read(refs.refOf(id)), { id, segment: undefined })
    assert.deepEqual(refs.read(refs.refOf(id, 12)), { id, segment: 12 })
  }
  const ref = refs.refOf(896_000_000_000_123)
  const [first = '', second = '', last = ''] = ref.split('.')
  for (const other of [
    `0${ref}`,
    `${first}.${second}.0${last}`,
    `${first}.${Number(second) + 1}.${last}`,
    `${first}_01.${second}.${last}`,
    `ffffffffffffffff.${second}.99999999999999999999`,
    'abc',
  ])
    assert.equal(refs.read(other), undefined, other)
  const others = new MessageRefs(new Key('6'.repeat(64)))
  assert.equal(others.read(ref), undefined)
})

test('every state of a message has one of this vendor', () => {
  const told = (state: string, final = true) => statusOf({ state, final })
  assert.deepEqual(
    ['scheduled', 'queued', 'sent'].map((state) => told(state, false)),
    ['queued', 'queued', 'submitted_to_carrier'],
  )
  assert.deepEqual(
    ['sent', 'delivered', 'undelivered', 'failed', 'expired', 'unconfirmed', 'canceled', 'received'].map((state) => told(state)),
    ['sent', 'delivered', 'failed', 'failed', 'failed', 'unknown', 'cancelled', 'received'],
  )
})

test('an update has the number of its reason, where the vendor has one', async () => {
  const form = messageForm({ key: new Key('5'.repeat(64)), store: {} as never })
  const subject = {
    id: 896_000_000_000_123,
    direction: 'out',
    kind: 'sms',
    from: '+14155550100',
    to: '+14155550142',
    state: 'failed',
    final: true,
    segments: 1,
    media: [],
    params: {},
    happenedMs: 0,
  }
  const target = { method: 'POST', url: 'http://page/', errorId: 'e1' }
  const updateOf = async (reason: string, params: object = {}) => {
    const rendered = await form.render({ ...target, subject: { ...subject, reason, params } } as never, {
      deliveryId: 1,
      happenedMs: 0,
    })
    assert.equal(rendered.headers['offhook-error-id'], 'e1')
    assert.equal(rendered.headers['offhook-reason'], reason)
    return JSON.parse(rendered.body).aculab_msg_err as string
  }
  assert.equal(await updateOf('message.queue_full'), '711')
  assert.equal(await updateOf('message.content_too_long', { multipart: 'no' }), '705')
  assert.equal(await updateOf('message.content_too_long', { multipart: 'yes' }), '704')
  assert.equal(await updateOf('message.country_not_served'), '712')
  assert.equal(await updateOf('message.validity_expired'), '999')
})

test('where a service wants to be told', () => {
  const page = (address?: unknown, method?: string) => notificationPage({ messages: { notification_page: { address, method } } })
  assert.deepEqual(page('https://example.com/a', 'GET'), { url: 'https://example.com/a', method: 'GET' })
  assert.deepEqual(page('http://example.com/'), { url: 'http://example.com/', method: 'POST' })
  for (const nothing of [page(), page('/a'), page('ftp://a/'), notificationPage(undefined), notificationPage({ messages: {} })])
    assert.equal(nothing, undefined)
})
