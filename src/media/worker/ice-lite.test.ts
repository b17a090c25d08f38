import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { IceLite } from './ice-lite.ts'

interface Wish {
  readonly user?: string
  readonly password?: string
  readonly nominates?: boolean
  readonly controlled?: boolean
}

/** A check as RFC 8445 7.1 has it, without a fingerprint, which is not asked for. */
function check(ice: IceLite, { user = `${ice.ufrag}:them`, password = ice.password, nominates, controlled }: Wish = {}): Buffer {
  const attribute = (type: number, value: Buffer): Buffer => {
    const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
    bytes.writeUInt16BE(type, 0)
    bytes.writeUInt16BE(value.length, 2)
    value.copy(bytes, 4)
    return bytes
  }
  const head = Buffer.from('000100002112a442000102030405060708090a0b', 'hex')
  const role = controlled ? [attribute(0x8029, Buffer.alloc(8))] : [attribute(0x802a, Buffer.alloc(8))]
  const nominated = nominates ? [attribute(0x0025, Buffer.alloc(0))] : []
  const before = Buffer.concat([head, attribute(0x0006, Buffer.from(user)), ...role, ...nominated])
  before.writeUInt16BE(before.length - 20 + 24, 2)
  const signature = createHmac('sha1', password).update(before).digest()
  return Buffer.concat([before, attribute(0x0008, signature)])
}

const ice = new IceLite('192.0.2.1', 4000)

test('the candidate is a host, first of its kind', () => {
  assert.deepEqual(ice.candidates, ['candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host'])
  assert.match(ice.ufrag, /^[\w]{4,}$/)
  assert.match(ice.password, /^[\w]{22,}$/)
})

test('a check is answered with where it came from, signed', () => {
  const found = ice.answer(check(ice, { nominates: true }), '198.51.100.7', 50_000)
  assert.ok(found?.isGood && found.nominates)
  const { answer } = found
  assert.equal(answer.readUInt16BE(0), 0x0101)
  assert.equal(answer.readUInt16BE(2), answer.length - 20)
  assert.equal(answer.readUInt16BE(20), 0x0020)
  assert.equal(answer.readUInt16BE(26) ^ 0x2112, 50_000)
  assert.equal((answer.readUInt32BE(28) ^ 0x2112a442) >>> 0, 0xc6336407)
  const signed = Buffer.from(answer.subarray(0, 32))
  signed.writeUInt16BE(32 - 20 + 24, 2)
  assert.deepEqual(answer.subarray(36, 56), createHmac('sha1', ice.password).update(signed).digest())
  assert.equal(ice.answer(check(ice), '198.51.100.7', 50_000)?.nominates, false)
})

test('an address of IPv6 is told whole', () => {
  const answer = ice.answer(check(ice), '2001:db8::9', 1)!.answer
  assert.equal(answer[25], 2)
  assert.equal((answer.readUInt32BE(28) ^ 0x2112a442) >>> 0, 0x20010db8)
  assert.equal((answer.readUInt32BE(40) ^ 0x08090a0b) >>> 0, 9)
})

test('who does not know the password, or asks for another, gets no answer', () => {
  assert.equal(ice.answer(check(ice, { password: 'wrong' }), '198.51.100.7', 1), undefined)
  assert.equal(ice.answer(check(ice, { user: 'other:them' }), '198.51.100.7', 1), undefined)
  assert.equal(ice.answer(check(ice).subarray(0, 30), '198.51.100.7', 1), undefined)
})

test('two that both wait to be asked are told so', () => {
  const found = ice.answer(check(ice, { controlled: true }), '198.51.100.7', 1)
  assert.equal(found?.isGood, false)
  assert.equal(found?.answer.readUInt16BE(0), 0x0111)
})

test('no bytes bring it down', () => {
  const whole = check(ice)
  for (let at = 0; at < whole.length; at += 1) {
    for (const value of [0, 0x7f, 0xff]) {
      const broken = Buffer.from(whole)
      broken[at] = value
      ice.answer(broken, '198.51.100.7', 1)
    }
  }
})
