import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamFigures } from '#media/contract.ts'
import { parseSdp } from '#protocols/sdp/parse-sdp.ts'
import type { Sdp } from '#protocols/sdp/sdp.ts'
import { mediaVerdict } from './media-verdict.ts'

const remote = (host: string, direction = 'sendrecv'): Sdp => {
  const text = `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=${direction}\r\n`
  const sdp = parseSdp(text)
  assert.ok(!('fault' in sdp))
  return sdp
}

const figures = (received: number, over: Partial<StreamFigures> = {}): StreamFigures => ({
  atMs: 60_000,
  sent: { packets: 1000, bytes: 1 },
  received: { packets: received, bytes: 1, lost: 0, late: 0, duplicates: 0 },
  jitterMs: 1,
  codec: 'PCMU',
  ...over,
})

const grounds = { remote: remote('203.0.113.9'), connectedMs: 20_000, onHold: false }

test('nothing came: the cause is named', () => {
  assert.match(
    mediaVerdict({ ...grounds, remote: remote('192.168.1.5'), figures: figures(0) }) ?? '',
    /no audio from the other side in 20 s: .* private address 192\.168\.1\.5:4000/,
  )
  assert.match(mediaVerdict({ ...grounds, remote: remote('8.8.8.8'), figures: figures(0) }) ?? '', /went to 8\.8\.8\.8:4000/)
  const nothingSent = figures(0, { sent: { packets: 0, bytes: 0 } })
  assert.match(mediaVerdict({ ...grounds, remote: remote('8.8.8.8'), figures: nothingSent }) ?? '', /nothing was sent/)
})

test('a private address among neighbours is no NAT by itself', () => {
  const said = mediaVerdict({ ...grounds, local: remote('192.168.1.2'), remote: remote('192.168.1.5'), figures: figures(0) })
  assert.match(said ?? '', /went to the private address 192\.168\.1\.5:4000 and none came back/)
  const abroad = mediaVerdict({ ...grounds, local: remote('8.8.8.8'), remote: remote('192.168.1.5'), figures: figures(0) })
  assert.match(abroad ?? '', /behind a NAT/)
})

test('it stopped coming', () => {
  const silent = figures(400, { silentSinceMs: 50_000 })
  assert.match(mediaVerdict({ ...grounds, figures: silent }) ?? '', /no packets .* last 10 s .* 400 had come/)
  assert.equal(mediaVerdict({ ...grounds, figures: silent, onHold: true }), undefined)
})

test('nothing is said where nothing is wrong, or too little known', () => {
  assert.equal(mediaVerdict({ ...grounds, figures: figures(900) }), undefined)
  assert.equal(mediaVerdict({ ...grounds, figures: undefined }), undefined)
  assert.equal(mediaVerdict({ ...grounds, figures: figures(0), connectedMs: 1_000 }), undefined)
  assert.equal(mediaVerdict({ ...grounds, remote: remote('8.8.8.8', 'recvonly'), figures: figures(0) }), undefined)
})
