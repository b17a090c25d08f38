// What the scenarios about messages share: numbers, sending, and bodies with files.

import assert from 'node:assert/strict'
import type { Answer, World } from '../scenario.ts'
import { logIn, makeApp, makePerson, send, type Native, type Session } from './client.ts'

/** A handset of the pretend network. */
export const handset = '+13105550101'
const extension = '/account/~/extension/~'

export const asOwner = async (world: World): Promise<Session> => logIn(world, await makeApp(world))

/** Of the sandbox account, and of nobody in it, so that each of its people may send from it. */
export async function buyNumber(
  world: World,
  wish: object = {},
  native: Native = world.api,
): Promise<{ id: string; number: string }> {
  const answer = await native('POST', '/numbers', { country: 'US', type: 'local', ...wish })
  assert.ok(answer.status < 300, answer.text)
  return answer.json.items[0]
}

const onlyFax = { voice: false, sms: false, mms: false, fax: true }
const usual = { voice: true, sms: true, mms: true, fax: false }

/** A number that is for sale, as the operator put it into the stock. */
export async function stockNumber(world: World, what: 'fax' | 'usual'): Promise<string> {
  const number = `+1415${(2_000_000 + (crypto.getRandomValues(new Uint32Array(1))[0]! % 7_999_999)).toString()}`
  const capabilities = what === 'fax' ? onlyFax : usual
  const answer = await world.operatorApi('POST', '/number-stock', {
    numbers: [number],
    type: 'local',
    region: 'San Francisco',
    capabilities,
  })
  assert.equal(answer.status, 201, answer.text)
  return number
}

export const body = (from: string, to: string, text = 'hello') => ({
  from: { phoneNumber: from },
  to: [{ phoneNumber: to }],
  text,
})

export const sendSms = (world: World, session: Session, from: string, to: string, text?: string): Promise<Answer> =>
  send(world, session, 'POST', `${extension}/sms`, body(from, to, text))

export interface File {
  readonly name: string
  readonly type: string
  readonly content: Buffer
}

const png = Buffer.from('89504e470d0a1a0a', 'hex')
/** Begins as a picture does. */
export const picture = (sizeBytes: number, name = 'picture.png'): File => ({
  name,
  type: 'image/png',
  content: Buffer.concat([png, Buffer.alloc(sizeBytes - png.length, 1)]),
})

/** As the vendor's clients send it: a form whose first part is JSON. */
export function sendMms(world: World, session: Session, to: string, files: readonly File[]): Promise<Answer> {
  const edge = 'Boundary_of_a_form'
  const part = (name: string, file: string, type: string, content: Buffer) => [
    Buffer.from(
      `--${edge}\r\nContent-Type: ${type}\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\n\r\n`,
    ),
    content,
    Buffer.from('\r\n'),
  ]
  const json = Buffer.from(JSON.stringify(body(world.credentials.ringcentral.mainNumber, to, 'look')))
  const bytes = Buffer.concat([
    ...part('json', 'request.json', 'application/json', json),
    ...files.flatMap(({ name, type, content }) => part('attachment', name, type, content)),
    Buffer.from(`--${edge}--\r\n`),
  ])
  return send(world, session, 'POST', `${extension}/mms`, bytes, { 'content-type': `multipart/form-data; boundary=${edge}` })
}

export const page = (world: World, session: Session, fields: object): Promise<Answer> =>
  send(world, session, 'POST', `${extension}/company-pager`, fields)

/** Somebody in the sandbox account, logged in through an application of their own. */
export async function colleague(world: World): Promise<Session> {
  return logIn(world, await makeApp(world), await makePerson(world))
}

let departments = 0

/** An extension that people share, as this system makes it; nobody unless told. */
export async function department(
  world: World,
  owner: Session,
  fields: object = {},
): Promise<{ id: number; extensionNumber: string }> {
  departments += 1
  const extensionNumber = String(7000 + departments)
  const wish = { type: 'Department', extensionNumber, contact: { firstName: 'Sales' }, ...fields }
  return ok(await send(world, owner, 'POST', '/account/~/extension', wish))
}

export function ok(answer: Answer): any {
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}
