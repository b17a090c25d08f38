// Opens the SMPP server door where the settings say. The usual address, which nobody asked for, may be somebody else's: then the
// platform starts without the door and says so; an address that was asked for must be had.

import { EsmeDoor, type EsmeDoorParts } from '#esme-door/esme-door.ts'
import type { Journal } from '#journal/journal.ts'
import type { Config } from './config.ts'

export async function openEsmeDoor(
  config: Config,
  parts: Omit<EsmeDoorParts, 'listen' | 'tls'> & { readonly journal: Journal },
): Promise<EsmeDoor> {
  const door = new EsmeDoor({ ...parts, listen: config.smpp, tls: config.tls })
  try {
    await door.start()
    return door
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (!config.smppIsUsual || code !== 'EADDRINUSE') throw cause
    parts.journal.smppAddressTaken(config.smpp.map(({ host, port }) => `${host}:${port}`).join())
    const shut = new EsmeDoor({ ...parts, listen: [], tls: undefined })
    await shut.start()
    return shut
  }
}
