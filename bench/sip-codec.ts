// `node bench/sip-codec.ts`: how many INVITEs of about 1 kB with SDP one core parses and writes again each second, how many of the 19
// invalid messages of RFC 4475 the same parser refuses, and the rate of the npm package `sip` with the same message in the same run.

import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseMessage, serialise } from '#protocols/sip/message-codec.ts'

const seconds = 1
const runs = 5
const invite = Buffer.from(
  [
    'INVITE sip:+447700900123@sip.example.net:5060;transport=udp SIP/2.0',
    'Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK-524287-1---6f2c1d5a9be04c11;rport',
    'Max-Forwards: 70',
    'Contact: <sip:+447700900456@198.51.100.7:5060;transport=udp>',
    'To: <sip:+447700900123@sip.example.net>',
    'From: "Reception" <sip:+447700900456@carrier.example.com>;tag=9f3c21ab',
    'Call-ID: 5Zk1xWcXo1nQ2r0pA7dXgA..@198.51.100.7',
    'CSeq: 1 INVITE',
    'Session-Expires: 1800;refresher=uac',
    'Min-SE: 90',
    'Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE, UPDATE, PRACK',
    'Content-Type: application/sdp',
    'Supported: replaces, 100rel, timer, norefersub',
    'User-Agent: Example Gateway 4.2',
    'P-Asserted-Identity: <sip:+447700900456@carrier.example.com>',
    'Content-Length: 293',
    '',
    'v=0',
    'o=- 1763718000 1 IN IP4 198.51.100.7',
    's=-',
    'c=IN IP4 198.51.100.7',
    't=0 0',
    'm=audio 40012 RTP/AVP 8 0 9 101',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n'),
)
const bodyBytes = invite.length - invite.indexOf('\r\n\r\n') - 4
const wire = Buffer.from(invite.toString().replace('Content-Length: 293', `Content-Length: ${bodyBytes}`))

function ours(): void {
  const { message, fault } = parseMessage(wire)
  if (fault !== undefined || serialise(message).length < 900) throw new Error('read what was not written')
}

const peer = createRequire(import.meta.url)('sip') as {
  parse(text: string): { headers: Record<string, unknown> } | undefined
  stringify(message: object): string
}
function theirs(): void {
  const message = peer.parse(wire.toString('binary'))
  if (message === undefined || Buffer.from(peer.stringify(message), 'binary').length < 900)
    throw new Error('read what was not written')
}

function measure(round: () => void): number {
  const start = process.cpuUsage()
  const until = performance.now() + seconds * 1000
  let rounds = 0
  while (performance.now() < until) for (let i = 0; i < 200; i++, rounds++) round()
  const { user, system } = process.cpuUsage(start)
  return rounds / ((user + system) / 1e6)
}
const shown = (figure: number): string => Math.round(figure).toLocaleString('en')
const median = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!

const figures: number[] = []
const peers: number[] = []
for (let run = 0; run < runs; run++) {
  figures.push(measure(ours))
  peers.push(measure(theirs))
}
console.log(`parse and serialise ${wire.length} octets: ${figures.map(shown).join(', ')} INVITEs a second of one core`)
console.log(
  `median ${shown(median(figures))}; npm sip ${shown(median(peers))}; ratio ${(median(figures) / median(peers)).toFixed(1)}`,
)

const invalid = (
  'badinv01 clerr ncl scalar02 scalarlg quotbal ltgtruri lwsruri lwsstart trws escruri baddate regbadct badaspec baddn badvers ' +
  'mismatch01 mismatch02 bigcode'
).split(' ')
const torture = new URL('../test/vectors/sip/rfc4475/', import.meta.url)
const refused = readdirSync(torture)
  .filter((file) => invalid.includes(file.replace('.dat', '')))
  .filter((file) => parseMessage(readFileSync(new URL(file, torture))).fault !== undefined)
console.log(`${refused.length} of the ${invalid.length} invalid messages of RFC 4475 3.1.2 are refused`)
