// The key that seals what is stored: set, or in a file that the first start makes.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomHex } from '#values/secrets.ts'
import { ConfigFault, type Config } from './config.ts'

/** The key set, else the one in the data directory, which the first start makes (mode 0600). Throws a ConfigFault. */
export function loadKey(config: Config): string {
  if (config.key !== undefined) return config.key
  const path = join(config.dataDir, 'key')
  let text: string
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    try {
      // Made only when it is not there: two first starts at once agree on one key.
      writeFileSync(path, `${randomHex(32)}\n`, { flag: 'wx', mode: 0o600 })
      chmodSync(path, 0o600)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
    text = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new ConfigFault([
      `The key file ${path} cannot be made or read (${(cause as NodeJS.ErrnoException).code}). Set OFFHOOK_KEY, or make OFFHOOK_DATA writable.`,
    ])
  }
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new ConfigFault([`The key file ${path} does not hold 64 hex digits. Put back the key that the data was sealed with.`])
  return text
}
