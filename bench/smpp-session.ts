// `node bench/smpp-session.ts`: submit_sm round trips a second between two of our sessions over loopback, both in this one thread, window 50.

import { dial } from '#protocols/smpp/dial.ts'
import { listen } from '#protocols/smpp/listen.ts'
import { systemClock as clock } from '#values/clock.ts'

const [trips, runs, window] = [300_000, 5, 50]
const listening = await listen({
  host: '127.0.0.1',
  port: 0,
  session: { clock },
  onSession: () => ({ onRequest: (pdu, respond) => respond(pdu.command === 'submit_sm' ? { message_id: '1234567890' } : {}) }),
})
const { session } = await dial({
  host: '127.0.0.1',
  port: listening.port,
  bind: { command: 'bind_transceiver', system_id: 'bench' },
  session: { clock, window },
  hooks: {},
})
if (!session) throw new Error('not bound')

const submit = {
  command: 'submit_sm',
  source_addr_ton: 5,
  source_addr: 'Offhook',
  dest_addr_ton: 1,
  dest_addr_npi: 1,
  destination_addr: '447700900123',
  short_message: Buffer.from('x'.repeat(60)),
} as const

function run(inFlight: number): Promise<number> {
  const startMs = performance.now()
  let [sent, done] = [0, 0]
  return new Promise((resolve) => {
    const next = (): void => {
      if (sent++ >= trips) return
      session!.send(submit, () => {
        if (++done === trips) resolve(trips / ((performance.now() - startMs) / 1000))
        else next()
      })
    }
    for (let n = 0; n < inFlight; n++) next()
  })
}

for (const inFlight of [window, 1]) {
  const figures: number[] = []
  for (let n = 0; n < (inFlight === 1 ? 1 : runs); n++) figures.push(await run(inFlight))
  const shown = figures.map((figure) => Math.round(figure).toLocaleString('en')).join(', ')
  console.log(`${inFlight} at a time: ${shown} round trips a second`)
}
await session.unbind()
await listening.close()
