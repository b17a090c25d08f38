// Chromium as a telephone: a page with jssip that registers over WebSocket, whose microphone is a tone and whose loudspeaker is looked at by
// the page itself (Web Audio): what it hears most, and how loud that is.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { bundleFor } from './browser-bundle.ts'
import { toneFile } from './hearing-phone.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

export interface BrowserPhoneWish {
  readonly login: string
  readonly password: string
  /** Where Offhook takes SIP over WebSocket. */
  readonly wsPort: number
  readonly toneHz: number
}

export interface BrowserPhone {
  /** Resolves once it is answered; rejects with the cause. */
  call(to: string): Promise<void>
  /** Answers the next call that comes, or one that rings already. Resolves once it is up, with who calls. */
  answerNext(): Promise<string>
  /** Resolves once it hears that tone, and hardly anything else. */
  hears(hz: number): Promise<void>
  press(digits: string): Promise<void>
  hangUp(): Promise<void>
  /** Resolves when its call is over, with who ended it and why. */
  ended(): Promise<{ readonly originator: string; readonly cause: string }>
  /** What the browser complained about. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export async function browserPhone(wish: BrowserPhoneWish): Promise<BrowserPhone> {
  assert.ok(executablePath, 'Chromium is missing: apt-get install chromium')
  const folder = mkdtempSync(join(tmpdir(), 'offhook-browser-'))
  const microphone = join(folder, 'tone.wav')
  writeFileSync(microphone, toneFile(wish.toneHz, 10, 48_000))
  const bundle = bundleFor('jssip', 'JsSIP')
  const server = createServer((request, response) => {
    const isScript = request.url === '/jssip.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(
      isScript ? bundle : `<!doctype html><title>Telephone</title><script src="/jssip.js"></script><script>${script}</script>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
    ],
  })
  const close = async (): Promise<void> => {
    await browser.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const complaints: string[] = []
  try {
    const page = await browser.newPage()
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.evaluate(`telephone.register(${JSON.stringify(wish)})`)
    return { ...phoneOf(page), complaints, close }
  } catch (error) {
    await close()
    throw new Error(`the telephone of the browser does not work: ${String(error)}\n${complaints.join('\n')}`, { cause: error })
  }
}

function phoneOf(page: Page): Omit<BrowserPhone, 'complaints' | 'close'> {
  const ask = <T>(what: string, ...given: readonly unknown[]): Promise<T> =>
    page.evaluate(`telephone.${what}(${given.map((one) => JSON.stringify(one)).join()})`)
  return {
    call: (to) => ask('call', to),
    answerNext: () => ask('answerNext'),
    hears: (hz) => ask('hears', hz),
    press: (digits) => ask('press', digits),
    hangUp: () => ask('hangUp'),
    ended: () => ask('ended'),
  }
}

/** Runs in the page. */
const script = `
const telephone = (() => {
  let agent, session, analyser, over, answers
  const ringing = []
  const sound = new AudioContext()
  const listen = (stream) => {
    // Chromium decodes what an element plays.
    const element = new Audio()
    element.srcObject = stream
    element.muted = true
    element.play()
    analyser = sound.createAnalyser()
    analyser.fftSize = 8192
    analyser.smoothingTimeConstant = 0
    sound.createMediaStreamSource(stream).connect(analyser)
  }
  const take = (one) => {
    session = one
    over = new Promise((resolve) => {
      for (const end of ['ended', 'failed']) one.on(end, ({ originator, cause }) => resolve({ originator, cause }))
    })
    const connected = (connection) => connection.addEventListener('track', ({ streams: [stream] }) => listen(stream))
    if (one.connection) connected(one.connection)
    else one.on('peerconnection', ({ peerconnection }) => connected(peerconnection))
    return new Promise((resolve, reject) => {
      one.on('confirmed', () => resolve(one.remote_identity.uri.user))
      one.on('failed', ({ cause }) => reject(new Error(cause)))
    })
  }
  const media = { mediaConstraints: { audio: true, video: false } }
  return {
    register({ login, password, wsPort }) {
      agent = new JsSIP.UA({
        sockets: [new JsSIP.WebSocketInterface('ws://127.0.0.1:' + wsPort)],
        uri: 'sip:' + login + '@127.0.0.1',
        authorization_user: login,
        password,
      })
      agent.on('newRTCSession', ({ originator, session: one }) => {
        if (originator !== 'remote') return
        if (answers) answers(one)
        else ringing.push(one)
      })
      return new Promise((resolve, reject) => {
        agent.on('registered', () => resolve())
        agent.on('registrationFailed', ({ cause }) => reject(new Error(cause)))
        agent.start()
      })
    },
    async call(to) {
      await take(agent.call('sip:' + to + '@127.0.0.1', media))
    },
    answerNext: () =>
      new Promise((resolve, reject) => {
        answers = (one) => {
          answers = undefined
          take(one).then(resolve, reject)
          one.answer(media)
        }
        if (ringing.length > 0) answers(ringing.shift())
      }),
    async hears(hz) {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        if (!analyser) continue
        const bins = new Float32Array(analyser.frequencyBinCount)
        analyser.getFloatFrequencyData(bins)
        const loudest = bins.reduce((best, level, at) => (level > bins[best] ? at : best), 0)
        const width = sound.sampleRate / analyser.fftSize
        if (bins[loudest] > -50 && Math.abs(loudest * width - hz) < 2 * width) return
      }
    },
    async press(digits) {
      // Not before its media are connected.
      const canPress = () => session.connection.getSenders().some(({ dtmf }) => dtmf && dtmf.canInsertDTMF)
      while (!canPress()) await new Promise((resolve) => setTimeout(resolve, 20))
      session.sendDTMF(digits, { transportType: 'RFC2833' })
    },
    hangUp: () => session.terminate(),
    ended: () => over,
  }
})()
`
