// Receipts as SMSCs give them: early, late, twice, of nobody's message, with ids in other forms than they went out, by text or by TLV.
// Each ends the message that it is of, once, and no other.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { BehaviourChange } from '../fakes/smsc.ts'
import { assertOnce, openMessagingPlace, type Message, type PlaceCarrier } from '../messaging-place.ts'
import { until } from '../until.ts'

const five = [1, 2, 3, 4, 5]
/** Three segments of GSM-7. */
const long = 'It goes on and on. '.repeat(20)

test('receipts of every kind', { timeout: 300_000, concurrency: 5 }, async (t) => {
  const place = await openMessagingPlace(t)
  const sendAll = (carrier: PlaceCarrier, many: readonly number[] = five, more?: object): Promise<Message[]> =>
    Promise.all(many.map((n) => place.send(carrier.to(n), more)))
  const ends = (messages: readonly Message[]): Promise<Message[]> => Promise.all(messages.map(({ id }) => place.end(id)))
  const timeline = async (id: string): Promise<string[]> =>
    (await place.good('GET', `/messages/${id}/timeline`)).items.map(({ what, kind }: any) => `${what ?? ''}${kind ?? ''}`)
  /** One may not be delivered, so that mixed-up receipts show. */
  const oneFails = (carrier: PlaceCarrier) => ({ ends: [{ destination: carrier.to(3).slice(1), stat: 'UNDELIV', err: '001' }] })

  const scenarios: [name: string, run: () => Promise<void>][] = []
  const scenario = (name: string, run: () => Promise<void>): void => void scenarios.push([name, run])

  const forms: Record<string, BehaviourChange> = {
    'before the response': { slowMs: 200, receipts: { beforeResponse: true } },
    'decimal of hexadecimal ids': { ids: 'hex_lower', receipts: { ids: 'decimal' } },
    'hexadecimal of decimal ids': { ids: 'decimal', receipts: { ids: 'hex_upper' } },
    'with zeros in front, of ids without': { ids: 'decimal', receipts: { ids: 'decimal_padded' } },
    'without the zeros of ids that have them': { ids: 'hex_padded', receipts: { ids: 'hex_lower' } },
    'in other capitals': { ids: 'hex_lower', receipts: { ids: 'hex_upper' } },
    'three times each': { receipts: { duplicates: 2 } },
    'intermediate, then final': { receipts: { intermediate: true, delayMs: 50 } },
    'by TLVs alone': { receipts: { form: 'tlv' } },
    'by text alone': { receipts: { form: 'text' } },
  }
  for (const text of ['twelve_digits', 'upper_case', 'capital_text', 'shuffled', 'underscored', 'short', 'no_err'] as const)
    forms[`by a text that is ${text}`] = { receipts: { form: 'text', text } }
  forms['by a text with blanks'] = { receipts: { form: 'text', text: 'blank_after_colon' } }

  scenario('shown in the timeline, as octets and as text', async () => {
    const carrier = await place.carrier({})
    const [long] = await ends(await sendAll(carrier, [1], { text: 'Grüße, '.repeat(30) }))
    // Evidence is kept apart, a little later.
    const { items } = await until(
      () => place.good('GET', `/messages/${long!.id}/timeline`),
      (told: any) => told.items.filter(({ kind }: any) => kind === 'deliver_sm').length === 2,
    )
    const submits = items.filter(({ kind }: any) => kind === 'submit_sm')
    assert.equal(submits.map(({ data }: any) => data.decoded.text).join(''), 'Grüße, '.repeat(30))
    assert.ok(submits.every(({ data }: any) => /^[0-9a-f]{100,}$/.test(data.hex)))
  })

  for (const [name, behaviour] of Object.entries(forms)) {
    scenario(name, async () => {
      const carrier = await place.carrier({ behaviour })
      // Numbers of ids go on until hexadecimal and decimal differ, and one could be taken for another.
      await ends(
        await sendAll(
          carrier,
          Array.from({ length: 17 }, (_, n) => 100 + n),
        ),
      )
      await carrier.smsc.behave({ receipts: oneFails(carrier) })
      const ended = await ends(await sendAll(carrier))
      assert.deepEqual(
        ended.map(({ state }) => state),
        five.map((n) => (n === 3 ? 'undelivered' : 'delivered')),
      )
      await assertOnce(carrier.smsc)
    })
  }

  scenario('of an unknown id: parked, and no message is ended by it', async () => {
    const carrier = await place.carrier({ behaviour: { receipts: { send: 'none' } } })
    const sent = await sendAll(
      carrier,
      Array.from({ length: 25 }, (_, n) => n),
    )
    await Promise.all(sent.map(({ id }) => place.until(id, ({ state }) => state === 'sent')))
    const to = place.from.slice(1)
    const ofId = async (id: string): Promise<Message> => {
      const line = (await carrier.smsc.lines()).find(({ messageId }) => messageId === id)!
      return sent.find((one) => one.to === `+${line.destination}`)!
    }
    // Ids 1 to 25 were given. 33 was not, but is 21 in hexadecimal: another message, as its recipient says.
    for (const messageId of ['9915', '33'])
      assert.equal(await carrier.smsc.receipt({ messageId, from: '447999999999', to, stat: 'UNDELIV' }), 0)
    // 34 is 22 in hexadecimal, and the recipient is that of 22: so this SMSC means it.
    const meant = await ofId('22')
    await carrier.smsc.receipt({ messageId: '34', from: meant.to.slice(1), to })
    assert.equal((await place.end(meant.id)).state, 'delivered')
    const states = await Promise.all(sent.map(({ id }) => place.read(id)))
    assert.equal(states.filter(({ state }) => state === 'sent').length, 24)
    const db = new DatabaseSync(join(place.data, 'offhook.db'), { readOnly: true })
    const parked = db.prepare(
      'select ref from parked_receipts where carrier_id = (select max(carrier_id) from messages where recipient = ?)',
    )
    const refs = parked.all(meant.to).map(({ ref }) => ref)
    db.close()
    assert.deepEqual(refs.toSorted(), ['33', '9915'])
  })

  scenario('one for each segment: the message is delivered when all are', async () => {
    const carrier = await place.carrier({ behaviour: { receipts: { send: 'none' } } })
    const sent = await place.send(carrier.to(1), { text: long })
    const { segments } = await place.until(sent.id, ({ state }) => state === 'sent')
    assert.equal(segments, 3)
    const ids = (await carrier.smsc.lines()).map(({ messageId }) => messageId)
    const address = { from: carrier.to(1).slice(1), to: place.from.slice(1) }
    for (const messageId of ids.slice(1)) await carrier.smsc.receipt({ messageId, ...address })
    await carrier.smsc.receipt({ messageId: ids[1]!, ...address })
    assert.equal((await place.read(sent.id)).state, 'sent')
    await carrier.smsc.receipt({ messageId: ids[0]!, ...address })
    assert.equal((await place.end(sent.id)).state, 'delivered')
  })

  scenario('one segment fails: so does the message, whatever becomes of the others', async () => {
    const carrier = await place.carrier({ behaviour: { receipts: { send: 'none' } } })
    const sent = await place.send(carrier.to(1), { text: long })
    await place.until(sent.id, ({ state }) => state === 'sent')
    const ids = (await carrier.smsc.lines()).map(({ messageId }) => messageId)
    const address = { from: carrier.to(1).slice(1), to: place.from.slice(1) }
    await carrier.smsc.receipt({ messageId: ids[0]!, ...address })
    await carrier.smsc.receipt({ messageId: ids[1]!, ...address, stat: 'UNDELIV', err: '001' })
    await carrier.smsc.receipt({ messageId: ids[2]!, ...address })
    const ended = await place.end(sent.id)
    assert.deepEqual([ended.state, ended.reason!.slug], ['undelivered', 'message.handset_unknown'])
  })

  scenario('after its end: noted, and nothing changes', async () => {
    const carrier = await place.carrier({ behaviour: { receipts: { stat: 'EXPIRED', err: '008' } } })
    const ended = await place.end((await place.send(carrier.to(1))).id)
    assert.deepEqual([ended.state, ended.reason!.slug], ['expired', 'message.handset_unreachable'])
    const [line] = await carrier.smsc.lines()
    await carrier.smsc.receipt({ messageId: line!.messageId, from: carrier.to(1).slice(1), to: place.from.slice(1) })
    await until(async () => (await timeline(ended.id)).some((what) => what.includes('receipt_late')))
    assert.equal((await place.read(ended.id)).state, 'expired')
  })

  scenario('a message that the SMSC gave no id for ends when it is handed over', async () => {
    const carrier = await place.carrier({ behaviour: { receipts: { send: 'none' } } })
    const ended = await place.end((await place.send(carrier.to(1), { report: 'none' })).id)
    assert.deepEqual([ended.state, ended.final], ['sent', true])
  })

  await Promise.all(scenarios.map(([name, run]) => t.test(name, run)))
})
