import assert from 'node:assert/strict'
import { test } from 'node:test'
import { carrierFinding, type CarrierLine } from './examine-carriers.ts'

const trunk = { state: 'up', lastError: null, gateways: [{ name: 'a', state: 'up' }], registration: null }
const line = (more: Partial<CarrierLine>): CarrierLine => ({ name: 'far', enabled: true, status: null, trunk, ...more })

test('a trunk that takes calls is well only with its registration and all of its gateways', () => {
  assert.deepEqual(carrierFinding(line({})), { what: 'carrier far', fine: true, says: 'up' })
  const refused = carrierFinding(line({ trunk: { ...trunk, registration: { state: 'refused', cause: '403 Forbidden' } } }))
  assert.equal(refused.fine, false)
  assert.match(refused.says, /registration is refused: 403 Forbidden/)
  const half = carrierFinding(
    line({
      trunk: { ...trunk, gateways: [...trunk.gateways, { name: 'b', state: 'down' }], lastError: { text: 'b: timeout' } },
    }),
  )
  assert.equal(half.fine, false)
  assert.match(half.says, /nothing answers at b \(b: timeout\)/)
  const down = carrierFinding(line({ trunk: { ...trunk, state: 'down', lastError: { text: 'a: timeout' } } }))
  assert.deepEqual([down.fine, down.says], [false, 'down: a: timeout'])
  assert.equal(carrierFinding(line({ trunk: null })).fine, true)
  assert.equal(carrierFinding(line({ enabled: false })).says, 'switched off')
})
