// `node bench/smpp-codec.ts`: how many PDUs a second one core parses and serialises: submit_sm with a text of 60 characters, and its response.

import { decode, encodeTo, type Sink } from '#protocols/smpp/codec.ts'
import type { PduDraft } from '#protocols/smpp/pdu.ts'

const seconds = 1
const runs = 5
const sink: Sink = {
  buffer: Buffer.allocUnsafe(65536),
  at: 0,
  reserve(bytes) {
    if (sink.at + bytes > sink.buffer.length) sink.at = 0
  },
}
const submit: PduDraft = {
  command: 'submit_sm',
  source_addr_ton: 5,
  source_addr: 'Offhook',
  dest_addr_ton: 1,
  dest_addr_npi: 1,
  destination_addr: '447700900123',
  registered_delivery: 1,
  short_message: Buffer.from('x'.repeat(60)),
}

function round(sequence: number): void {
  for (const draft of [submit, { command: 'submit_sm_resp', message_id: '1234567890' } as const]) {
    const from = sink.at
    encodeTo(sink, draft, sequence)
    const read = decode(sink.buffer, sink.at < from ? 0 : from, sink.at)
    if (read.sequence !== sequence) throw new Error('read what was not written')
  }
}

const figures: number[] = []
for (let run = 0; run < runs; run++) {
  const start = process.cpuUsage()
  const until = performance.now() + seconds * 1000
  let pdus = 0
  while (performance.now() < until) for (let i = 0; i < 1000; i++, pdus += 2) round(pdus)
  const { user, system } = process.cpuUsage(start)
  figures.push(pdus / ((user + system) / 1e6))
}
const shown = (figure: number): string => Math.round(figure).toLocaleString('en')
console.log(`parse and serialise: ${figures.map(shown).join(', ')} PDUs a second of one core`)
console.log(`median ${shown(figures.toSorted((a, b) => a - b)[Math.floor(runs / 2)]!)}`)
