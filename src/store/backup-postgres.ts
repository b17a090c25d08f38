// Dumps and restores a PostgreSQL store with PostgreSQL's own programs, which must be installed.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackupRefused } from './store-errors.ts'

/** Runs one of PostgreSQL's programs to its end; its words are the error. */
function run(program: string, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ['ignore', 'ignore', 'pipe'] })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8').slice(0, 4000)))
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = `${program} is needed for this and was not found; it comes with PostgreSQL's client programs`
      reject(new BackupRefused(error.code === 'ENOENT' ? missing : `${program} cannot be run: ${error.message}`))
    })
    child.on('close', (code) => (code === 0 ? resolve() : reject(new BackupRefused(`${program} failed: ${words.trim()}`))))
  })
}

/**
 * Calls `act` with the URL without its password, which goes through a password file: the arguments of a program are
 * visible to every user of the machine. https://www.postgresql.org/docs/15/libpq-pgpass.html
 */
async function withoutPassword(url: string, act: (url: string) => Promise<void>): Promise<void> {
  const parsed = new URL(url)
  if (parsed.password === '') return await act(url)
  const dir = await mkdtemp(join(tmpdir(), 'offhook-'))
  try {
    const passfile = join(dir, 'pass')
    const password = decodeURIComponent(parsed.password).replaceAll(/[\\:]/g, (found) => `\\${found}`)
    await writeFile(passfile, `*:*:*:*:${password}\n`, { mode: 0o600 })
    parsed.password = ''
    parsed.searchParams.set('passfile', passfile)
    await act(parsed.href)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** A consistent snapshot in pg_dump's own format, without the unsynchronised tables' rows. */
export async function dumpPostgres(url: string, file: string): Promise<void> {
  const argv = ['--format=custom', '--no-owner', '--no-privileges', '--no-unlogged-table-data', `--file=${file}`]
  await withoutPassword(url, (safe) => run('pg_dump', [...argv, `--dbname=${safe}`]))
}

export async function loadPostgres(url: string, file: string): Promise<void> {
  const argv = ['--clean', '--if-exists', '--no-owner', '--no-privileges', '--single-transaction', '--exit-on-error']
  await withoutPassword(url, (safe) => run('pg_restore', [...argv, `--dbname=${safe}`, file]))
}
