// The npm package `smpp`, an SMPP peer that nobody here wrote, with as much of its types as the tests use.

import type { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { createRequire } from 'node:module'

export interface PackagePdu {
  command: string
  command_id: number
  command_status: number
  sequence_number: number
  response(options?: object): PackagePdu
  toBuffer(): Buffer
  [field: string]: any
}

export interface PackageSession extends EventEmitter {
  send(pdu: PackagePdu, answered?: (pdu: PackagePdu) => void): boolean
  close(): void
  destroy(): void
}

export interface PackageTlv {
  readonly id: number
  readonly tag: string
}

export interface SmppPackage {
  PDU: {
    new (command: string, fields?: object): PackagePdu
    fromBuffer(bytes: Buffer): PackagePdu | false
  }
  connect(options: object, connected?: () => void): PackageSession
  createServer(options: object, listener: (session: PackageSession) => void): Server
  readonly commands: Readonly<Record<string, { readonly id: number; readonly params?: Readonly<Record<string, unknown>> }>>
  readonly tlvs: Readonly<Record<string, PackageTlv>>
  readonly errors: Readonly<Record<string, number>>
}

export const smppPackage = createRequire(import.meta.url)('smpp') as SmppPackage
