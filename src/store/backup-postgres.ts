// Dumps and restores a PostgreSQL store with PostgreSQL's own programs, which must be installed.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackupRefused } from './store-errors.ts'

/** Runs one of PostgreSQL's programs to its end and gives what it printed; its complaints are the error. */
function run(program: string, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    let words = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8').slice(0, 4000)))
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = `${program} is needed for this and was not found; it comes with PostgreSQL's client programs`
      reject(new BackupRefused(error.code === 'ENOENT' ? missing : `${program} cannot be run: ${error.message}`))
    })
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new BackupRefused(`${program} failed: ${words.trim()}`))))
  })
}

/**
 * Calls `act` with the URL without its password, which goes through a password file: the arguments of a program are
 * visible to every user of the machine. https://www.postgresql.org/docs/15/libpq-pgpass.html
 */
async function withoutPassword(url: string, act: (url: string) => Promise<unknown>): Promise<void> {
  const parsed = new URL(url)
  if (parsed.password === '') return void (await act(url))
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

/** The store's version inside a dump, NaN when it holds none. */
export async function versionOfDump(file: string): Promise<number> {
  const printed = await run('pg_restore', ['--data-only', '--table=meta', '--file=-', file])
  // The rows of COPY, name and value with a tab between.
  return Number(/^version\t(\d+)$/m.exec(printed)?.[1])
}
