// Looks at everything a start needs, one thing after another, and says what to do about what is wrong.
// Changes nothing, save that it opens the store as a start would, when the platform does not run.

import { X509Certificate } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { request } from 'undici'
import { SmtpSender } from '#email/smtp-sender.ts'
import { watchClock } from '#loops/watch-clock.ts'
import { openStore } from '#store/open-store.ts'
import { ledgerGaps } from '#store/transfer-rows.ts'
import { systemClock } from '#values/clock.ts'
import { ConfigFault, isPublic, readConfig, type Config, type Environment } from '#config/config.ts'
import { examineCarriers, examineSmppAddresses } from './examine-carriers.ts'
import { examineSound } from './examine-sound.ts'
import { examineMedia, examineSipAddresses } from './examine-voice.ts'
import { runningAt } from './running-at.ts'
import type { Finding } from './finding.ts'

export async function* examine(environment?: Environment): AsyncGenerator<Finding> {
  let config: Config
  try {
    config = readConfig(environment)
  } catch (cause) {
    if (!(cause instanceof ConfigFault)) throw cause
    for (const fault of cause.faults) yield { what: 'settings', fine: false, says: fault }
    return
  }
  yield {
    what: 'settings',
    fine: true,
    says: config.settingsFile === undefined ? 'from the environment' : `from the environment and ${config.settingsFile}`,
  }
  yield dataDirectory(config)
  yield keyFile(config)
  yield disk(config)
  const clockFault = watchClock(systemClock).fault()
  yield clockFault === undefined
    ? { what: 'clock', fine: true, says: new Date(systemClock.nowMs()).toISOString() }
    : { what: 'clock', fine: false, says: clockFault, remedy: 'Set the clock, or start the time service.' }
  if (config.tls) yield certificate(config.tls)
  if (config.smtp) yield await mailServer(config.smtp)
  yield* examineSound(config)
  const running = await runningAt(config)
  yield await (running === undefined ? closedStore(config) : openedStore(running))
  for (const address of config.http) {
    const shown = `${address.host}:${address.port}`
    if (running !== undefined) yield { what: `HTTP ${shown}`, fine: true, says: `the platform runs at ${running}` }
    else yield await port(shown, address.host, address.port)
    if (isPublic(address) && !config.tls) {
      yield {
        what: `HTTP ${shown}`,
        fine: true,
        says: 'reachable from outside without TLS',
        remedy: 'Set OFFHOOK_TLS_CERT and OFFHOOK_TLS_KEY, or put a TLS proxy before it.',
      }
    }
  }
  if (running === undefined) {
    yield* examineSmppAddresses(config)
    yield* examineSipAddresses(config)
  }
  yield* examineMedia(config)
  if (running !== undefined) yield* examineCarriers(environment)
}

async function mailServer(config: NonNullable<Config['smtp']>): Promise<Finding> {
  const what = 'mail server'
  const sender = new SmtpSender(config, () => 'localhost')
  try {
    const says = await sender.probe()
    if (says === undefined) return { what, fine: true, says: `${config.host}:${config.port} takes e-mails from us` }
    return {
      what,
      fine: false,
      says,
      remedy: 'Check host, port, user, password and TLS in OFFHOOK_SMTP; e-mails wait for a day.',
    }
  } finally {
    sender.close()
  }
}

function dataDirectory({ dataDir }: Config): Finding {
  const what = 'data directory'
  if (!existsSync(dataDir)) return { what, fine: true, says: `${dataDir} is not there yet; the first start makes it` }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    return { what, fine: true, says: dataDir }
  } catch {
    return {
      what,
      fine: false,
      says: `${dataDir} cannot be written`,
      remedy: 'Give it to the user that runs the platform, or set OFFHOOK_DATA.',
    }
  }
}

function keyFile(config: Config): Finding {
  const path = join(config.dataDir, 'key')
  if (config.key !== undefined) return { what: 'key', fine: true, says: 'from OFFHOOK_KEY' }
  if (!existsSync(path)) return { what: 'key', fine: true, says: 'not there yet; the first start makes it' }
  const open = (statSync(path).mode & 0o077) !== 0
  if (open) return { what: 'key', fine: false, says: `${path} can be read by others`, remedy: `chmod 600 ${path}` }
  if (!/^[0-9a-f]{64}\s*$/i.test(readFileSync(path, 'utf8'))) {
    return {
      what: 'key',
      fine: false,
      says: `${path} does not hold 64 hex digits`,
      remedy: 'Put back the key that the data was sealed with.',
    }
  }
  return { what: 'key', fine: true, says: path }
}

function disk(config: Config): Finding {
  const seen = existsSync(config.dataDir) ? config.dataDir : '.'
  const { bavail, bsize } = statfsSync(seen)
  const free = Math.floor((bavail * bsize) / 1024 ** 2)
  const reserve = Math.ceil(config.diskReserveBytes / 1024 ** 2)
  const fine = bavail * bsize >= config.diskReserveBytes
  return {
    what: 'disk',
    fine,
    says: `${free} MiB free, ${reserve} MiB kept back`,
    ...(fine ? {} : { remedy: 'Make room, or lower OFFHOOK_DISK_RESERVE; until then new work is refused.' }),
  }
}

function certificate(tls: { certFile: string; keyFile: string }): Finding {
  const what = 'certificate'
  try {
    const cert = readFileSync(tls.certFile)
    createSecureContext({ cert, key: readFileSync(tls.keyFile) })
    const { validToDate } = new X509Certificate(cert)
    const days = Math.floor((validToDate.getTime() - systemClock.nowMs()) / 86_400_000)
    if (days < 0)
      return {
        what,
        fine: false,
        says: `expired on ${validToDate.toISOString()}`,
        remedy: 'Renew it; a running platform takes the new files up by itself.',
      }
    return { what, fine: true, says: `valid for ${days} more days` }
  } catch (cause) {
    return {
      what,
      fine: false,
      says: (cause as Error).message,
      remedy: 'OFFHOOK_TLS_CERT and OFFHOOK_TLS_KEY must be a PEM chain and the key that belongs to it.',
    }
  }
}

/** The running platform probes its own store. */
async function openedStore(url: string): Promise<Finding> {
  try {
    const { body } = await request(`${url}/readyz`)
    const { dependencies } = (await body.json()) as { dependencies: { store: { ready: boolean; detail?: string } } }
    return {
      what: 'database',
      fine: dependencies.store.ready,
      says: dependencies.store.detail ?? 'the running platform can write to it',
    }
  } catch (cause) {
    return { what: 'database', fine: false, says: `the platform at ${url} did not tell: ${(cause as Error).message}` }
  }
}

async function closedStore(config: Config): Promise<Finding> {
  const what = 'database'
  if (config.database === undefined && !existsSync(join(config.dataDir, 'offhook.db'))) {
    return { what, fine: true, says: 'not there yet; the first start makes it' }
  }
  try {
    const store = await openStore({ url: config.database, dataDir: config.dataDir, clock: systemClock })
    try {
      await store.probe()
      const [gap] = await ledgerGaps(store)
      if (gap) {
        const says = `the balance of account ${gap.account_id} is ${gap.balance_micro}, its transfers sum up to ${gap.ledger_micro} and ${gap.held_micro} are held (millionths)`
        return {
          what: 'ledger',
          fine: false,
          says,
          remedy: 'Rows were changed by hand: restore a backup, or set the balance to the sum.',
        }
      }
    } finally {
      await store.close()
    }
    return { what, fine: true, says: config.database === undefined ? 'SQLite, can be written' : 'PostgreSQL, can be written' }
  } catch (cause) {
    const remedy =
      config.database === undefined
        ? 'Check the data directory, or restore a backup.'
        : 'Check that PostgreSQL runs and that OFFHOOK_DATABASE names it rightly.'
    return { what, fine: false, says: (cause as Error).message, remedy }
  }
}

async function port(shown: string, host: string, number: number): Promise<Finding> {
  const what = `HTTP ${shown}`
  const cause = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port: number }, () => server.close(() => resolve(undefined)))
  })
  if (cause === undefined) return { what, fine: true, says: 'free' }
  const remedies: Record<string, string> = {
    EADDRINUSE: 'Something else listens there: stop it, or set OFFHOOK_HTTP.',
    EACCES: 'Ports below 1024 need a capability (deploy/offhook.service gives it), or set OFFHOOK_HTTP.',
    EADDRNOTAVAIL: 'This machine has no such address; set OFFHOOK_HTTP.',
  }
  return { what, fine: false, says: cause.message, remedy: remedies[cause.code ?? ''] ?? 'Set OFFHOOK_HTTP.' }
}
