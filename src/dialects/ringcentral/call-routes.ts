// The routes of calls (reference sections 8 to 10), in the columns of routes.ts.

import { refuse } from '#reasons/refusal.ts'
import { callOut } from './call-out.ts'
import { deleteCallLog, listActiveCalls, listCallLog, readCallRecord } from './call-log.ts'
import { syncCallLog } from './call-log-sync.ts'
import { readCallRecording, readCallRecordingContent } from './call-recordings.ts'
import { listDevices, provisionSip, readDevice } from './devices.ts'
import type { Route } from './knock.ts'
import { listPresence, readPresence, updatePresence } from './presence.ts'
import { cancelRingOut, readRingOut, startRingOut } from './ring-out.ts'
import {
  bridgeParty,
  flipParty,
  ignoreParty,
  parkParty,
  pickUpParty,
  superviseParty,
  superviseSession,
} from './telephony-deeds.ts'
import {
  answerParty,
  changeRecording,
  endParty,
  endSession,
  forwardParty,
  holdParty,
  muteParty,
  readParty,
  readSession,
  recordParty,
  rejectParty,
  replyToParty,
  transferParty,
  unholdParty,
} from './telephony.ts'

/** What needs a conference of many legs: clients join those by their own numbers here. */
const notOffered: Route['perform'] = async (_, knock) =>
  refuse('platform.not_implemented', { operation: `${knock.method} ${knock.route!.path}` })

/** `account` and `extension` are the paths of one. */
export function callRoutes(account: string, extension: string): Route[] {
  const reading = { method: 'GET', door: 'user', group: 'heavy', app: 'ReadCallLog' } as const
  const own = { ...reading, user: 'ReadCallLog', others: 'private' } as const
  const company = { ...reading, user: 'ReadCompanyCallLog' } as const
  const ringOut = { door: 'user', app: 'RingOut', others: 'private' } as const
  const control = { door: 'user', group: 'light', app: 'CallControl' } as const
  const device = { method: 'GET', door: 'user', group: 'light', app: 'ReadAccounts', user: 'ReadUserDevices' } as const
  const recording = { ...reading, app: 'ReadCallRecording', user: 'ReadCallRecording' } as const
  const session = `${account}/telephony/sessions/:telephonySessionId`
  const party = `${session}/parties/:partyId`
  const deeds = { hold: holdParty, unhold: unholdParty, park: parkParty } as const
  const withBody = {
    transfer: transferParty,
    forward: forwardParty,
    answer: answerParty,
    reply: replyToParty,
    flip: flipParty,
    bridge: bridgeParty,
    ignore: ignoreParty,
    pickup: pickUpParty,
    supervise: superviseParty,
  } as const
  return [
    { ...own, path: `${extension}/call-log`, perform: listCallLog },
    {
      ...own,
      method: 'DELETE',
      path: `${extension}/call-log`,
      app: 'EditCallLog',
      user: 'EditCallLog',
      perform: deleteCallLog,
    },
    { ...own, path: `${extension}/call-log/:callRecordId`, batch: 'callRecordId', perform: readCallRecord },
    { ...own, path: `${extension}/call-log-sync`, perform: syncCallLog },
    { ...own, path: `${extension}/active-calls`, perform: listActiveCalls },
    { ...company, path: `${account}/call-log`, perform: listCallLog },
    { ...company, path: `${account}/call-log/:callRecordId`, batch: 'callRecordId', perform: readCallRecord },
    { ...company, path: `${account}/call-log-sync`, perform: syncCallLog },
    { ...company, path: `${account}/active-calls`, perform: listActiveCalls },
    { ...recording, path: `${account}/recording/:recordingId`, perform: readCallRecording },
    { ...recording, path: `${account}/recording/:recordingId/content`, perform: readCallRecordingContent },

    ...['ring-out', 'ringout'].flatMap((word): Route[] => [
      {
        ...ringOut,
        method: 'POST',
        path: `${extension}/${word}`,
        group: 'heavy',
        feature: 'voice',
        body: 'json',
        perform: startRingOut,
      },
      { ...ringOut, method: 'GET', path: `${extension}/${word}/:ringOutId`, group: 'light', perform: readRingOut },
      { ...ringOut, method: 'DELETE', path: `${extension}/${word}/:ringOutId`, group: 'heavy', perform: cancelRingOut },
    ]),

    { ...device, path: `${extension}/device`, others: 'private', perform: listDevices },
    { ...device, path: `${account}/device/:deviceId`, perform: readDevice },
    {
      method: 'POST',
      path: '/v1.0/client-info/sip-provision',
      door: 'user',
      group: 'heavy',
      app: 'VoipCalling',
      feature: 'voice',
      body: 'json',
      perform: provisionSip,
    },
    {
      ...control,
      method: 'POST',
      path: `${account}/telephony/call-out`,
      group: 'heavy',
      feature: 'voice',
      body: 'json',
      perform: callOut,
    },
    { ...control, method: 'POST', path: `${account}/telephony/conference`, group: 'heavy', perform: notOffered },
    { ...control, method: 'GET', path: session, perform: readSession },
    { ...control, method: 'DELETE', path: session, perform: endSession },
    { ...control, method: 'POST', path: `${session}/supervise`, body: 'json', perform: superviseSession },
    { ...control, method: 'POST', path: `${session}/parties/bring-in`, perform: notOffered },
    { ...control, method: 'GET', path: party, perform: readParty },
    { ...control, method: 'PATCH', path: party, body: 'json', perform: muteParty },
    { ...control, method: 'DELETE', path: party, perform: endParty },
    ...Object.entries(deeds).map(([deed, perform]): Route => ({ ...control, method: 'POST', path: `${party}/${deed}`, perform })),
    ...Object.entries(withBody).map(([deed, perform]): Route => ({
      ...control,
      method: 'POST',
      path: `${party}/${deed}`,
      body: 'json',
      perform,
    })),
    { ...control, method: 'POST', path: `${party}/reject`, perform: rejectParty },
    { ...control, method: 'POST', path: `${party}/recordings`, perform: recordParty },
    { ...control, method: 'PATCH', path: `${party}/recordings/:recordingId`, body: 'json', perform: changeRecording },

    {
      method: 'GET',
      door: 'user',
      path: `${extension}/presence`,
      group: 'light',
      app: 'ReadPresence',
      user: 'ReadPresenceStatus',
      others: 'anyone',
      batch: 'extensionId',
      mostIds: 30,
      perform: readPresence,
    },
    {
      method: 'PUT',
      door: 'user',
      path: `${extension}/presence`,
      group: 'medium',
      app: 'EditPresence',
      user: 'EditPresenceSettings',
      others: 'administrator',
      body: 'json',
      perform: updatePresence,
    },
    {
      method: 'GET',
      door: 'user',
      path: `${account}/presence`,
      group: 'heavy',
      app: 'ReadPresence',
      user: 'ReadPresenceStatus',
      perform: listPresence,
    },
  ]
}
