// What the scenarios about calls share: a carrier's trunk, the pages of an application, services bound to numbers, and the error log.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, World } from '../scenario.ts'
import type { PeerCall } from '../sip-call.ts'
import type { SipPeer } from '../sip-peer.ts'
import { until } from '../until.ts'
import { ask, basic, changeAccount } from './client.ts'
import { numberFor } from './messages.ts'

/** Where calls of these scenarios go out to: numbers of the account's own country. */
export const outside = '16465550'

/** The carrier's side of a trunk: it calls the account's numbers, and gets the calls to `outside`. */
export async function trunk(world: World): Promise<SipPeer> {
  const peer = await world.phone()
  const detail = { gateways: `127.0.0.1:${peer.port}`, optionsSeconds: 0 }
  const name = `trunk-${peer.port}`
  const made = await world.operatorApi('POST', '/carriers', { name, kind: 'sip-trunk', detail, secret: 'secret' })
  assert.equal(made.status, 201, made.text)
  const route = { carrierId: made.json.id, prefix: `+${outside}`, kind: 'voice' }
  assert.equal((await world.operatorApi('POST', '/routes', route)).status, 201)
  await until(
    async () => (await world.operatorApi('GET', `/carriers/${made.json.id}`)).json.trunk?.state,
    (state) => state === 'up',
    'the trunk comes up',
  )
  return peer
}

export interface Pages {
  readonly url: string
  /** Actions by path; anything else is 404. */
  readonly answers: Map<string, object>
  /** What was asked: the instance info of each request. */
  readonly asked: readonly { readonly path: string; readonly info: any }[]
  /** The first request for a page, once it came. */
  seen(path: string): Promise<any>
}

/** An application on this machine, while `act` runs. */
export async function withPages(act: (pages: Pages) => Promise<void>): Promise<void> {
  const answers = new Map<string, object>()
  const asked: { path: string; info: any }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      asked.push({ path, info: JSON.parse(Buffer.concat(chunks).toString('utf8')) })
      const answer = answers.get(path)
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
      response.end(answer ? JSON.stringify({ api_version: '2.0', ...answer }) : '{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const seen = async (path: string) =>
    (await until(
      () => asked.find((one) => one.path === path),
      (one) => one,
      `the page ${path} is asked`,
    ))!.info
  try {
    await act({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, asked, seen })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

export const rest = ({ url }: Pages) => ({
  rest: {
    first_page: { address: `${url}/first` },
    final_page: { address: `${url}/final` },
    api_version: '2.0',
  },
})

export const sleep = (seconds = 60): object => ({ actions: [{ sleep: { seconds } }] })

/** A number of the account that this inbound service answers. */
export async function inbound(world: World, name: string, configuration: object): Promise<string> {
  const made = await ask(world, 'PUT', `/service/v1/inbound/${name}`, { body: configuration })
  assert.equal(made.status, 200, made.text)
  const { number } = await numberFor(world, `calls ${name}`)
  const bound = await ask(world, 'GET', `/tel_update_number?number=${number}&service=${name}`)
  assert.equal(bound.status, 200, bound.text)
  return number
}

export const password = 'open sesame'

/** Its credentials, as starts need them. */
export async function outbound(world: World, name: string, configuration: object): Promise<Record<string, string>> {
  const body = { service_password: password, ...configuration }
  const made = await ask(world, 'PUT', `/service/v1/outbound/${name}`, { body })
  assert.equal(made.status, 200, made.text)
  return { authorization: basic(`${world.credentials.aculab.basicUser}/${name}`, password) }
}

export function start(world: World, headers: Record<string, string>, calls: object): Promise<Answer> {
  return ask(world, 'POST', '/service_start', { headers, body: new URLSearchParams({ rest_calls: JSON.stringify(calls) }) })
}

/** From the network to a number of the account. */
export const callIn = (world: World, peer: SipPeer, number: string, from = `${outside}199`): Promise<PeerCall> =>
  peer.call({ server: world.sip, from, to: number })

/** The row of the error log of the last hour with this code; of one application, where others may have the same. The answer is kept. */
export async function logged(world: World, code: string, instance?: string): Promise<Record<string, string>> {
  const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', '_')
  const span = `from=${stamp(Date.now() - 3_600_000)}&to=${stamp(Date.now() + 60_000)}`
  const begun = await ask(world, 'GET', `/report_start?report=err&${span}&filetype=json`)
  assert.equal(begun.status, 200, begun.text)
  const path = `/report_get?filename=${encodeURIComponent(begun.json.filename)}`
  const rowOf = (answer: Answer) =>
    answer.json.find(
      (row: Record<string, string>) =>
        row['Error Code'] === code && (instance === undefined || row['Application Instance ID'] === instance),
    )
  const answer = await until(
    () => ask(world, 'GET', path),
    (found) => rowOf(found) !== undefined,
    `${code} is logged`,
  )
  world.keep(answer)
  return rowOf(answer)
}

/** Every field of a row of the log. */
export function loggedAs(
  row: Record<string, string>,
  expected: { text: RegExp; ddi?: string; cli?: string; instance?: RegExp },
): void {
  const {
    Date_Time: at,
    'Error Code': _,
    'Error Text': text,
    DDI: ddi,
    CLI: cli,
    'Application Instance ID': instance,
    ...more
  } = row
  assert.match(at!, /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/)
  assert.match(text!, expected.text)
  assert.equal(ddi, expected.ddi ?? ddi)
  assert.equal(cli, expected.cli ?? cli)
  assert.match(instance!, expected.instance ?? /^[0-9a-f]{16}\.\d+$/)
  assert.deepEqual(more, { 'Application Parameters': '' })
}

export { changeAccount }

/** The operator puts the sandbox account on hold, and gives what lifts that again. */
export async function putOnHold(world: World): Promise<() => Promise<void>> {
  const { accountId } = (await world.api('GET', '/whoami')).json
  const becomes = async (status: string): Promise<void> => {
    const answer = await world.operatorApi('PATCH', `/accounts/${accountId}`, { status })
    assert.equal(answer.status, 200, answer.text)
  }
  await becomes('suspended')
  return () => becomes('active')
}
