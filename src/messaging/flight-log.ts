// Which messages are on the wire now: a small file of slots that is written before a submit leaves. It outlives the process, not
// the power; after a crash it tells which messages the network may have without our knowing.
//
//   slot  0: id 8 bytes | attempt 8 bytes      a slot is used again once the outcome stands in the store
//   slot  1: ...

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

const slotBytes = 16

export interface Flight {
  readonly id: number
  readonly attempt: number
}

export class FlightLog {
  readonly #path: string
  readonly #free: number[] = []
  readonly #slot = Buffer.alloc(slotBytes)
  #fd = -1
  #slots = 0

  constructor(path: string) {
    this.#path = path
  }

  /** What was in flight when the last process ended; known until `begin`. */
  found(): Flight[] {
    return readFlights(this.#path)
  }

  /** A new log, once what was found stands in the store: a process may die while it starts, too. */
  begin(): void {
    this.#fd = openSync(this.#path, 'w', 0o600)
  }

  /** Takes a slot; give it back with `landed`. Throws when it cannot be written, on a full disk. */
  departed(id: number, attempt: number): number {
    const slot = this.#free.at(-1) ?? this.#slots
    this.#slot.writeDoubleLE(id, 0)
    this.#slot.writeDoubleLE(attempt, 8)
    writeSync(this.#fd, this.#slot, 0, slotBytes, slot * slotBytes)
    if (slot === this.#slots) this.#slots += 1
    else this.#free.pop()
    return slot
  }

  /** Its outcome is in the store: the slot may name another. What it names until then is told apart by the attempt. */
  landed(slot: number): void {
    this.#free.push(slot)
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }
}

function readFlights(path: string): Flight[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return []
  }
  const flights: Flight[] = []
  for (let at = 0; at + slotBytes <= bytes.length; at += slotBytes) {
    const id = bytes.readDoubleLE(at)
    const attempt = bytes.readDoubleLE(at + 8)
    if (Number.isSafeInteger(id) && id > 0 && Number.isSafeInteger(attempt)) flights.push({ id, attempt })
  }
  return flights
}
