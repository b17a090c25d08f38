// Opens the SMPP server door where the settings say. The usual address, which nobody asked for, may be somebody else's: then the
// platform starts without and says so; an address that was asked for must be had.

import type { EsmeDoor } from '#esme-door/esme-door.ts'
import type { Journal } from '#journal/journal.ts'
import { addressFault } from './address-fault.ts'
import type { Config } from '#config/config.ts'

export async function openEsmeDoor(door: EsmeDoor, { smpp, smppIsUsual }: Config, journal: Journal): Promise<void> {
  try {
    await door.start()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (!smppIsUsual || code !== 'EADDRINUSE') throw addressFault('OFFHOOK_SMPP', cause)
    journal.smppAddressTaken(smpp.map(({ host, port }) => `${host}:${port}`).join())
  }
}
