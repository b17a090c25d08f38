// What a first start says of itself, and that its examples do what they say: the commands are taken from the page and given to a shell.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../ports.ts'
import { newFolder, startProgram } from '../program.ts'
import { baresip } from '../sip-peers.ts'
import { until } from '../until.ts'

const run = promisify(execFile)
const plain = (html: string): string =>
  html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

test(
  'the first page, credentials.json and the first lines say where phones register and programs bind; the examples work',
  {
    timeout: 90_000,
  },
  async (t) => {
    const [sipPort, smppPort] = [await freePort(), await freePort()]
    const data = newFolder()
    const { url, said } = await startProgram(t, data, {
      OFFHOOK_SIP: `udp://127.0.0.1:${sipPort}`,
      OFFHOOK_SMPP: `127.0.0.1:${smppPort}`,
    })
    const registrar = `sip:127.0.0.1:${sipPort};transport=udp`
    const bind = `smpp://127.0.0.1:${smppPort}`
    assert.match(said, new RegExp(`^Phones register at ${registrar}$`, 'm'))
    assert.match(said, new RegExp(`^SMPP binds at ${bind}$`, 'm'))
    const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
    assert.deepEqual([credentials.sip.registrars, credentials.smpp.address], [[registrar], bind])
    const page = await (await fetch(`${url}/`, { headers: { accept: 'text/html' } })).text()
    assert.ok(page.includes(`<code>${registrar}</code>`) && page.includes(`<code>${bind}</code>`))
    const examples = [...page.matchAll(/<pre>([^]*?)<\/pre>/g)].map(([, text]) => plain(text!))
    assert.equal(examples.length, 4)
    const [whoami, client, phone, call] = examples as [string, string, string, string]
    const key = whoami.split('\n')[0]!
    const shell = async (command: string): Promise<any> => JSON.parse((await run('sh', ['-c', `${key}\n${command}`])).stdout)
    assert.equal((await shell(whoami.split('\n')[1]!)).accountName, 'Sandbox')
    assert.equal((await shell(client)).login, 'anna')
    const [, account] = /'\/uanew (.*)'$/.exec(phone)!
    const softphone = await baresip({ account: `${account};answermode=auto` })
    await softphone.says(/200 OK|registered successfully/i)
    const { id } = await shell(call)
    const placed = await until(
      () => shell(`curl -s -H "Authorization: Bearer $key" ${url}/v1/calls/${id}`),
      ({ final }) => final,
    )
    assert.equal(placed.reason.slug, 'markup.ended', 'it heard the script to its end')
  },
)
