// A whole backup: the store, and beside it the key and the settings without which it is of no use.

import { copyFileSync, constants, existsSync, chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BackupRefused } from '#store/store-errors.ts'
import { backupStore, restoreStore } from '#store/backup.ts'
import { readConfig, type Config, type Environment } from '#config/config.ts'
import { runningAt } from './running-at.ts'

/** Files of the data directory that go with the store. */
const companions = ['key', 'settings.json', 'credentials.json'] as const

/** Gives the files written. `file` must not exist. */
export async function backup(file: string, environment?: Environment): Promise<string[]> {
  const config = readConfig(environment)
  await backupStore(placeOf(config), file)
  const written = [file]
  for (const name of companions) {
    const from = join(config.dataDir, name)
    if (!existsSync(from)) continue
    const to = `${file}.${name}`
    copyFileSync(from, to, constants.COPYFILE_EXCL)
    chmodSync(to, 0o600)
    written.push(to)
  }
  return written
}

/** Gives the files put back. Throws BackupRefused when the platform runs, or holds data and `force` is not given. */
export async function restore(file: string, force: boolean, environment?: Environment): Promise<string[]> {
  const config = readConfig(environment)
  const running = await runningAt(config)
  if (running !== undefined) throw new BackupRefused(`the platform runs at ${running}; stop it before a restore`)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const present = companions.filter((name) => existsSync(`${file}.${name}`))
  const inTheWay = present.filter((name) => existsSync(join(config.dataDir, name)))
  if (inTheWay.length > 0 && !force) {
    throw new BackupRefused(`${config.dataDir} has ${inTheWay.join(' and ')} already; --force replaces what is there`)
  }
  await restoreStore(placeOf(config), file, { force })
  const written = [config.database === undefined ? config.dataDir : 'the database']
  for (const name of present) {
    const to = join(config.dataDir, name)
    if (existsSync(to)) copyFileSync(to, `${to}.before-restore`)
    copyFileSync(`${file}.${name}`, to)
    chmodSync(to, 0o600)
    written.push(to)
  }
  return written
}

function placeOf(config: Config): { url: string | undefined; dataDir: string } {
  return { url: config.database, dataDir: config.dataDir }
}
