// What can go wrong with a store, told apart by who must act: the database cannot be reached, the disk under it is
// gone or full, a statement failed, a long read took too long, the store is newer than the program.
// It does not say what a client is told: the faces map these to reasons.

/**
 * `database`: the server does not answer or is locked. `barred`: it answers, but is read-only (a standby) or lets nobody in.
 * `storage`: its file or disk is gone, full or not writable.
 */
export type UnavailableKind = 'database' | 'barred' | 'storage'

/** The store cannot read or commit at all; the same may succeed later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  readonly kind: UnavailableKind
  /** True when the connection went while the commit was under way: the change may have been made. */
  readonly outcomeUnknown: boolean

  constructor(kind: UnavailableKind, message: string, cause?: unknown, outcomeUnknown = false) {
    super(message, { cause })
    this.kind = kind
    this.outcomeUnknown = outcomeUnknown
  }
}

/** The database answers, but this statement failed: a table, column or grant is missing, a constraint was broken. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed'
  /** SQLSTATE on PostgreSQL, SQLite's extended result code otherwise. */
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** A long read was stopped at its time limit. */
export class QueryTooSlow extends Error {
  override readonly name = 'QueryTooSlow'
  readonly limitMs: number

  constructor(limitMs: number, cause?: unknown) {
    super(`a read took longer than ${limitMs} ms and was stopped`, { cause })
    this.limitMs = limitMs
  }
}

/** The store was written by a newer program; this one would not understand it. */
export class StoreTooNew extends Error {
  override readonly name = 'StoreTooNew'
  readonly storeVersion: number
  readonly programVersion: number

  constructor(storeVersion: number, programVersion: number) {
    super(`the store has version ${storeVersion}, this program knows versions up to ${programVersion}`)
    this.storeVersion = storeVersion
    this.programVersion = programVersion
  }
}

/** A backup or a restore cannot be done as asked; the message says what is missing. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}

// https://www.sqlite.org/rescode.html: the low byte is the primary result code.
const sqliteKinds: Record<number, UnavailableKind> = {
  5: 'database', // BUSY
  6: 'database', // LOCKED
  8: 'storage', // READONLY
  10: 'storage', // IOERR
  11: 'storage', // CORRUPT
  13: 'storage', // FULL
  14: 'storage', // CANTOPEN
  26: 'storage', // NOTADB
}

/** Gives what node:sqlite threw as one of the classes above; anything else is returned as it is. */
export function sqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || (error as { code?: string }).code !== 'ERR_SQLITE_ERROR') return error
  const errcode = (error as { errcode?: number }).errcode ?? 0
  const kind = sqliteKinds[errcode & 0xff]
  if (kind) return new StoreUnavailable(kind, `the database file cannot be used: ${error.message}`, error)
  return new QueryFailed(String(errcode), error.message, error)
}

/** Gives what pg threw as one of the classes above. `limitMs` is the time limit of the pool it came from. */
export function postgresError(error: unknown, limitMs = 0): unknown {
  if (!(error instanceof Error)) return error
  if (error instanceof StoreUnavailable || error instanceof QueryFailed || error instanceof QueryTooSlow) return error
  const code = (error as { code?: string }).code ?? ''
  const severity = (error as { severity?: string }).severity
  // Without a severity the server has not spoken: refused, reset, timed out, or ended in between.
  if (severity === undefined) {
    if (/^E[A-Z]+$/.test(code) || /connection|terminated|timeout|not queryable/i.test(error.message)) {
      return new StoreUnavailable('database', `the database cannot be reached: ${error.message || code}`, error)
    }
    return error
  }
  if (code === '57014' && limitMs > 0) return new QueryTooSlow(limitMs, error)
  // PostgreSQL appendix A: 53100 disk full, class 58 system error, XX001/XX002 damaged data.
  if (code === '53100' || code.startsWith('58') || code === 'XX001' || code === 'XX002') {
    return new StoreUnavailable('storage', `the database's storage fails: ${error.message}`, error)
  }
  // 08 connection, 57P0x shutting or starting, 53 out of connections or memory.
  if (/^(08|57P|53)/.test(code)) return new StoreUnavailable('database', `the database cannot be used: ${error.message}`, error)
  // 28 and 3D no entry, 25006 read-only: what answers is no database that can be worked with.
  if (/^(28|3D)/.test(code) || code === '25006') {
    return new StoreUnavailable('barred', `the database lets nothing be done: ${error.message}`, error)
  }
  return new QueryFailed(code, error.message, error)
}

/** Plain data that crosses a thread. */
export type ErrorParts = readonly [name: string, message: string, code: string, stack: string]

export function errorParts(thrown: unknown): ErrorParts {
  const error = sqliteError(thrown)
  if (error instanceof StoreUnavailable) return [error.name, error.message, error.kind, error.stack ?? '']
  if (error instanceof QueryFailed) return [error.name, error.message, error.code, error.stack ?? '']
  if (error instanceof Error) return [error.name, error.message, '', error.stack ?? '']
  return ['Error', String(error), '', '']
}

export function errorFrom([name, message, code, stack]: ErrorParts): Error {
  if (name === 'StoreUnavailable') return new StoreUnavailable(code as UnavailableKind, message, { stack })
  if (name === 'QueryFailed') return new QueryFailed(code, message, { stack })
  const error = new Error(message)
  error.stack = stack
  return error
}
