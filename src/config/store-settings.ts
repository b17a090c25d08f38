// Settings of what is kept: where, under which key, and how much.

import { resolve } from 'node:path'
import { database, key } from './allowed.ts'
import { secret, size, text, type SettingTable, type ValuesOf } from './setting.ts'

export const storeSettings = {
  OFFHOOK_DATA: {
    ...text('./data'),
    about: 'The data directory: database, key, credentials, recordings, settings file. One process has it at a time.',
    usual: './data',
    example: '/var/lib/offhook',
  },
  OFFHOOK_DATABASE: {
    ...secret(database),
    about: 'PostgreSQL, version 15 or newer.',
    usual: '(SQLite in the data directory)',
    example: 'postgres://offhook:s3cret@db.internal/offhook',
  },
  OFFHOOK_KEY: {
    ...secret(key),
    about: '64 hex digits that seal stored secrets, as `openssl rand -hex 32` prints them.',
    usual: '(a key file in the data directory, made at the first start)',
    example: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  },
  OFFHOOK_EVIDENCE_BYTES: {
    ...size(256 * 1024 * 1024, 0, 2 ** 40),
    about: 'How much is kept of what went over the wire, for timelines; the oldest goes. 0 keeps nothing.',
    usual: '256M',
    example: '2G',
    unit: 'bytes',
  },
  OFFHOOK_DISK_RESERVE: {
    ...size(256 * 1024 * 1024, 0, 2 ** 50),
    about: 'With fewer free bytes in the data directory new work is refused.',
    usual: '256M',
    example: '1G',
    unit: 'bytes',
  },
} satisfies SettingTable

export interface StoreConfig {
  /** Absolute. */
  readonly dataDir: string
  /** A postgres:// URL; undefined is SQLite in the data directory. */
  readonly database: string | undefined
  /** 64 hex digits; undefined: the key file in the data directory. */
  readonly key: string | undefined
  /** Of what went over the wire so much is kept; the oldest goes. */
  readonly evidenceBytes: number
  /** Below this many free bytes in the data directory new work is refused. */
  readonly diskReserveBytes: number
}

export const storeConfig = (set: ValuesOf<typeof storeSettings>): StoreConfig => ({
  dataDir: resolve(set.OFFHOOK_DATA),
  database: set.OFFHOOK_DATABASE,
  key: set.OFFHOOK_KEY,
  evidenceBytes: set.OFFHOOK_EVIDENCE_BYTES,
  diskReserveBytes: set.OFFHOOK_DISK_RESERVE,
})
