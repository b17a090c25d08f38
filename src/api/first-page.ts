// The first page: that it is running, the first request, how a softphone is registered and called, and where everything listens. Plain HTML
// whose commands can be pasted as they are.

import { escapeHtml } from '#protocols/http/escape.ts'
import { isWebSocket } from '#protocols/sip/transport-names.ts'
import { page } from './page.ts'

/** Where it listens besides HTTP. */
export interface Listens {
  /** `udp:127.0.0.1:5060`, one each. */
  readonly sip: readonly string[]
  /** `smpp://127.0.0.1:2775`, one each. */
  readonly smpp: readonly string[]
}

export interface FirstPageParts {
  readonly version: string
  readonly publicUrl: () => string
  /** Whether the credentials of a first start are in force, and where they stand. */
  readonly credentialsFile: () => string | undefined
  /** What each face is called and where it answers. */
  readonly doors: readonly { readonly name: string; readonly prefix: string }[]
  readonly listens: () => Listens
}

/** A script to try a call with: it speaks, and reads back nothing. */
export const helloPath = '/examples/hello.xml'
export const helloScript = `<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say language="en-gb">Hello. This is Offhook, and you are heard. Goodbye.</Say>
</Response>
`

const phone = { login: 'anna', password: 'Softphone-1' }

export function firstPage(parts: FirstPageParts): string {
  const { version, publicUrl, credentialsFile, doors, listens } = parts
  const base = publicUrl()
  const file = credentialsFile()
  const first =
    file === undefined
      ? `<p>Ask with a key of yours:</p>${shell('key=ok_...', `curl -H "Authorization: Bearer $key" ${base}/v1/whoami`)}`
      : `<p>The keys of this sandbox stand in <code>${escapeHtml(file)}</code>. On this machine, in a shell:</p>${shell(
          `key=$(sed -n '/"api"/,/}/s/.*"key": "\\(.*\\)".*/\\1/p' ${file})`,
          `curl -H "Authorization: Bearer $key" ${base}/v1/whoami`,
        )}`
  const rows = doors.map(({ name, prefix }) => row(name, base + prefix))
  return page(
    'Offhook',
    `<h1>Offhook</h1>
<p>A communications platform of your own: calls, messages and numbers, speaking the API of five vendors. Whatever fails or is refused says why, whose fault it is, whether to try again, and what to do.</p>
<p class="ok"><strong>It is running.</strong> Version ${escapeHtml(version)}. <a href="/readyz">Is it ready?</a> <a href="/metrics">Metrics</a></p>
<h2>A first request</h2>
${first}
<h2>Phones and binds</h2>
${placesTable(listens())}
${softphone(base, listens().sip)}
<h2>Where to go on</h2>
<ul>
<li><a href="/reasons">Reasons and codes</a>: every reason this platform gives, and every code of the five vendors.</li>
<li><a href="/docs">The API, described</a>, and the same as <a href="/v1/openapi.json">OpenAPI 3.1</a>.</li>
</ul>
<h2>The doors</h2>
<table><thead><tr><th>API</th><th>Base address</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  )
}

function placesTable({ sip, smpp }: Listens): string {
  const rows = [
    ...sip.map((one) => row('Phones register (SIP)', registrarOf(one))),
    ...smpp.map((one) => row('Programs bind (SMPP)', one)),
  ]
  if (sip.length === 0) rows.push(row('Phones register (SIP)', 'nowhere: see OFFHOOK_SIP'))
  if (smpp.length === 0) rows.push(row('Programs bind (SMPP)', 'nowhere: see OFFHOOK_SMPP'))
  return `<table><thead><tr><th>What</th><th>Where</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function softphone(base: string, sip: readonly string[]): string {
  const udp = sip.find((one) => one.startsWith('udp:'))
  if (udp === undefined) return ''
  const domain = udp.slice('udp:'.length)
  const { login, password } = phone
  const ask = `curl -H "Authorization: Bearer $key" -H 'Content-Type: application/json'`
  const client = JSON.stringify({ login, password })
  const called = JSON.stringify({ from: login, to: `client:${login}`, url: base + helloPath })
  return `<h3>A softphone</h3>
<p>Make a phone of the sandbox, with the key of above:</p>
${shell(`${ask} -d '${client}' ${base}/v1/clients`)}
<p>Register any softphone as <code>sip:${login}@${escapeHtml(domain)}</code> over UDP, with the password <code>${password}</code>. With baresip:</p>
${shell(`baresip -e '/uanew <sip:${login}@${domain};transport=udp>;auth_pass=${password}'`)}
<p>Call from it: <code>+13105550130</code> answers and says "sales", <code>+13105550122</code> is busy. And call it, so that it hears <a href="${helloPath}">a small script</a>:</p>
${shell(`${ask} -d '${called}' ${base}/v1/calls`)}
<p>What happened stands at <code>${escapeHtml(base)}/v1/calls</code>, and of each call all of it, in order, at <code>/v1/calls/{id}/timeline</code>.</p>`
}

/** `udp:127.0.0.1:5060` as people type it. */
export function registrarOf(place: string): string {
  const at = place.indexOf(':')
  const [transport, address] = [place.slice(0, at), place.slice(at + 1)]
  return isWebSocket(transport) ? `${transport}://${address}` : `sip:${address};transport=${transport}`
}

const row = (what: string, where: string): string =>
  `<tr><td>${escapeHtml(what)}</td><td><code>${escapeHtml(where)}</code></td></tr>`

const shell = (...lines: readonly string[]): string => `<pre>${escapeHtml(lines.join('\n'))}</pre>`
