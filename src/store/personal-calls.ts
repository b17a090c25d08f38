// Where one person's calls stand in an account, by telephone number: found a window of rows at a time over the slow reader, and emptied in
// small writes. A session is one conversation: what a script did on one of its legs names the parties of the others, and so does its sound.

import { happened } from './happenings.ts'
import { dropDeliveries, personsRows, scrubLog, type PersonDeed, type Window } from './personal-data.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { CallRow } from './calls.ts'
import type { CallSessionRow } from './call-sessions.ts'
import type { RecordingRow } from './recordings.ts'

/** Legs to, from, or forwarded by a number. */
export const personsCalls = personsRows<CallRow>('calls', ['caller', 'called', 'forwarded_from'])

const legsOf = statement<{ account: number; session: number }, CallRow>((db) =>
  db
    .selectFrom('calls')
    .selectAll()
    .where('session_id', '=', bind('session'))
    .where('account_id', '=', bind('account'))
    .orderBy('id'),
)
/** All legs of a conversation that are the account's. */
export const legsOfSession = (reader: Pick<Reader, 'all'>, account: number, session: number) =>
  reader.all(legsOf, { account, session })

const recordingsOf = statement<{ account: number; session: number; conference: number }, RecordingRow>((db) =>
  db
    .selectFrom('recordings')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where((eb) => eb.or([eb('session_id', '=', bind('session')), eb('conference_id', '=', bind('conference'))]))
    .orderBy('id'),
)
/** In which the call can be heard: those of its session, and those of the conference that it was in. */
export const recordingsWith = (
  reader: Pick<Reader, 'all'>,
  account: number,
  { session_id: session, conference_id: conference }: Pick<CallRow, 'session_id' | 'conference_id'>,
) => reader.all(recordingsOf, { account, session, conference: conference ?? -1 })

const forget = statement<
  Pick<CallRow, 'id' | 'caller' | 'caller_name' | 'called' | 'forwarded_from' | 'cause' | 'detail'> & { now: number }
>((db) =>
  db
    .updateTable('calls')
    .set({
      caller: bind('caller'),
      caller_name: bind('caller_name'),
      called: bind('called'),
      forwarded_from: bind('forwarded_from'),
      params: null,
      cause: bind('cause'),
      callback: null,
      client_ref: '',
      detail: bind('detail'),
      // Where its sound came from is an address of the person's.
      media: null,
      updated_ms: bind('now'),
      // `caller` is also a member of every function, which the types of set() take for one.
    } as never)
    .where('id', '=', bind('id')),
)
const dropRefers = statement<{ call: number }>((db) => db.deleteFrom('refers').where('call_id', '=', bind('call')))

/** Takes numbers, names, what scripts did, references and what was told out of sessions. Those of which a leg is up are `open`. */
export const eraseCalls = defineWrite(
  'privacy.calls',
  async (tx, deed: PersonDeed & { sessions: readonly number[] }): Promise<{ erased: number; open: number[] }> => {
    const { account, person, hash, actor, sessions, now } = deed
    const digits = person.replace('+', '')
    const open: number[] = []
    let erased = 0
    for (const session of sessions) {
      const legs = await tx.all(legsOf, { account, session })
      if (legs.some(({ ended_ms }) => ended_ms === null)) {
        open.push(session)
        continue
      }
      const other = (value: string): string => (value === person ? hash : value)
      for (const { id, caller, caller_name: name, called, forwarded_from: forwarded, cause } of legs) {
        await tx.run(dropDeliveries, { noun: 'calls', id })
        await scrubLog(tx, 'calls', id)
        await tx.run(dropRefers, { call: id })
        await tx.run(forget, {
          id,
          caller: other(caller),
          caller_name: caller === person ? '' : name,
          called: other(called),
          forwarded_from: other(forwarded),
          cause: cause?.includes(digits) ? null : cause,
          detail: JSON.stringify({ erased: true, redactedMs: now }),
          now,
        })
        const data = { person: hash }
        await happened(tx, { accountId: account, noun: 'calls', nounId: id, kind: 'erased', actor, data, atMs: now })
        erased += 1
      }
    }
    return { erased, open }
  },
)

/** What was told of recordings that are gone. */
export const forgetToldRecordings = defineWrite(
  'privacy.recordings',
  async (tx, { ids }: { readonly ids: readonly number[] }): Promise<null> => {
    for (const id of ids) await tx.run(dropDeliveries, { noun: 'recordings', id })
    return null
  },
)

const sessionsOf = statement<{ account: number; after: number; person: string; plain: string; limit: number }, CallSessionRow>(
  (db) =>
    db
      .selectFrom('call_sessions')
      .selectAll()
      .where('account_id', '=', bind('account'))
      .where('id', '>', bind('after'))
      .where((eb) =>
        eb.or([
          eb('caller', '=', bind('person')),
          eb('called', '=', bind('person')),
          eb('caller', '=', bind('plain')),
          eb('called', '=', bind('plain')),
        ]),
      )
      .orderBy('id')
      .limit(bind('limit')),
)
const sessionsAtOnce = 200

/** Of calls that are switched elsewhere. */
export async function personsCallSessions(
  slow: Reader,
  account: number,
  person: string,
  after: number,
): Promise<Window<CallSessionRow>> {
  const plain = person.replace('+', '')
  const rows = await slow.all(sessionsOf, { account, after, person, plain, limit: sessionsAtOnce })
  return { rows, next: rows.length < sessionsAtOnce ? null : rows.at(-1)!.id }
}

const forgetSession = statement<{ id: number; account: number; caller: string; called: string; now: number }>((db) =>
  db
    .updateTable('call_sessions')
    .set({ caller: bind('caller'), called: bind('called'), client_ref: '', note: '', updated_ms: bind('now') } as never)
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

/** Those that go on are `open`. */
export const eraseCallSessions = defineWrite(
  'privacy.call_sessions',
  async (
    tx,
    deed: PersonDeed & { rows: readonly Pick<CallSessionRow, 'id' | 'caller' | 'called' | 'ended_ms'>[] },
  ): Promise<{ erased: number; open: number[] }> => {
    const { account, person, hash, rows, now } = deed
    const other = (value: string): string => (value === person || `+${value}` === person ? hash : value)
    const open: number[] = []
    let erased = 0
    for (const { id, caller, called, ended_ms } of rows) {
      if (ended_ms === null) {
        open.push(id)
        continue
      }
      await tx.run(dropDeliveries, { noun: 'call_sessions', id })
      await scrubLog(tx, 'call_sessions', id)
      erased += await tx.run(forgetSession, { id, account, caller: other(caller), called: other(called), now })
    }
    return { erased, open }
  },
)
