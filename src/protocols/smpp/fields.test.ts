import { test } from 'node:test'
import assert from 'node:assert/strict'
import { decode, encode } from './codec.ts'
import { commandStatus } from './command-status.ts'
import { findFieldFault } from './field-faults.ts'
import {
  buildEsmClass,
  buildNetworkErrorCode,
  buildRegisteredDelivery,
  readEsmClass,
  readNetworkErrorCode,
  readRegisteredDelivery,
} from './message-bits.ts'
import { viewPdu } from './pdu-view.ts'
import type { PduDraft, RequestPdu } from './pdu.ts'

test('esm_class and registered_delivery, every value both ways', () => {
  for (let value = 0; value < 256; value++) {
    const { type, ...read } = readEsmClass(value)
    if (type !== 'reserved') assert.equal(buildEsmClass({ type, ...read }), value)
  }
  assert.deepEqual(readEsmClass(0x44), { mode: 'default', type: 'delivery_receipt', hasUdh: true, hasReplyPath: false })
  assert.equal(readEsmClass(0x3c).type, 'reserved')
  for (let value = 0; value < 32; value++) assert.equal(buildRegisteredDelivery(readRegisteredDelivery(value)), value)
  assert.deepEqual(readRegisteredDelivery(0x11), { receipt: 'always', acknowledgement: 'none', intermediate: true })
})

test('network_error_code', () => {
  assert.deepEqual(readNetworkErrorCode(Buffer.from([3, 1, 2])), { networkType: 3, code: 258 })
  assert.deepEqual(buildNetworkErrorCode({ networkType: 3, code: 258 }), Buffer.from([3, 1, 2]))
  assert.equal(readNetworkErrorCode(Buffer.from([3, 1])), undefined)
})

const read = (pdu: PduDraft): RequestPdu => decode(encode(pdu)) as RequestPdu
const faultOf = (pdu: PduDraft): number | undefined => findFieldFault(read(pdu), 1_750_000_000_000)?.status

test('what in a request is against the specification', () => {
  assert.equal(
    faultOf({ command: 'submit_sm', destination_addr: '447700900123', validity_period: '000000010000000R' }),
    undefined,
  )
  const faults: [PduDraft, number][] = [
    [{ command: 'bind_receiver', system_id: 'x'.repeat(16) }, commandStatus.ESME_RINVSYSID],
    [{ command: 'bind_receiver', password: 'x'.repeat(9) }, commandStatus.ESME_RINVPASWD],
    [{ command: 'submit_sm', source_addr: 'x'.repeat(21) }, commandStatus.ESME_RINVSRCADR],
    [{ command: 'submit_sm', destination_addr: '1'.repeat(21) }, commandStatus.ESME_RINVDSTADR],
    [{ command: 'submit_sm', schedule_delivery_time: 'soon' }, commandStatus.ESME_RINVSCHED],
    [{ command: 'submit_sm', validity_period: '9'.repeat(16) }, commandStatus.ESME_RINVEXPIRY],
    [{ command: 'submit_sm', priority_flag: 5 }, commandStatus.ESME_RINVPRTFLG],
    [{ command: 'submit_sm', registered_delivery: 0x20 }, commandStatus.ESME_RINVREGDLVFLG],
    [{ command: 'submit_sm', esm_class: 0x0c }, commandStatus.ESME_RINVESMCLASS],
    [{ command: 'submit_sm', replace_if_present_flag: 2 }, commandStatus.ESME_RINVREPFLAG],
    [
      { command: 'submit_sm', short_message: Buffer.from('a'), tlvs: { message_payload: Buffer.from('b') } },
      commandStatus.ESME_RINVMSGLEN,
    ],
    [{ command: 'submit_multi' }, commandStatus.ESME_RINVNUMDESTS],
    [{ command: 'submit_multi', dest_address: [{ dl_name: 'x'.repeat(21) }] }, commandStatus.ESME_RINVDLNAME],
    [{ command: 'query_sm', message_id: 'x'.repeat(65) }, commandStatus.ESME_RINVMSGID],
    [{ command: 'data_sm', destination_addr: '1'.repeat(64) }, 0],
  ]
  for (const [pdu, status] of faults) assert.equal(faultOf(pdu) ?? 0, status, JSON.stringify(pdu))
})

test('for people: names, hex, and no password', () => {
  const bound = viewPdu(read({ command: 'bind_transmitter', sequence: 3, system_id: 'me', password: 'secret' }))
  assert.equal(bound['password'], '***')
  assert.deepEqual(
    viewPdu(
      decode(encode({ command: 'submit_sm_resp', status: 0x58, tlvs: { other: [{ tag: 0x1401, value: Buffer.from('x') }] } })),
    ),
    { command: 'submit_sm_resp', status: 'ESME_RTHROTTLED', sequence: 0, message_id: '', '0x1401': '78' },
  )
  const submitted = viewPdu(read({ command: 'submit_sm', short_message: Buffer.from('hi'), tlvs: { source_port: 5 } }))
  assert.deepEqual([submitted['short_message'], submitted['source_port']], ['6869', 5])
})
