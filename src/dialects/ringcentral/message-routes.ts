// The routes of messages (reference sections 6 and 7), in the columns of routes.ts.

import { sendPage } from './company-pager.ts'
import type { Route } from './knock.ts'
import { readMessageContent } from './message-content.ts'
import { deleteMessage, deleteMessages, listMessages, readMessage, updateMessage } from './message-store.ts'
import { syncMessages } from './message-sync.ts'
import { sendMms, sendSms } from './send-sms.ts'

/** `extension` is the path of one. */
export function messageRoutes(extension: string): Route[] {
  const store = `${extension}/message-store`
  const reading = { door: 'user', app: 'ReadMessages', user: 'ReadMessages', others: 'private' } as const
  const editing = { door: 'user', group: 'medium', app: 'EditMessages', user: 'EditMessages', others: 'private' } as const
  const sending = { method: 'POST', door: 'user', group: 'medium', others: 'private' } as const
  const outbound = { ...sending, app: 'SMS', user: 'OutboundSMS', body: 'raw' } as const
  return [
    { ...outbound, path: `${extension}/sms`, perform: sendSms },
    { ...outbound, path: `${extension}/mms`, perform: sendMms },
    {
      ...sending,
      path: `${extension}/company-pager`,
      app: 'InternalMessages',
      user: 'InternalSMS',
      body: 'json',
      perform: sendPage,
    },
    { ...reading, method: 'GET', path: store, group: 'light', perform: listMessages },
    { ...reading, method: 'GET', path: `${store}/:messageId`, group: 'light', batch: 'messageId', perform: readMessage },
    { ...editing, method: 'PUT', path: `${store}/:messageId`, body: 'json', batch: 'messageId', perform: updateMessage },
    { ...editing, method: 'PATCH', path: `${store}/:messageId`, body: 'json', batch: 'messageId', perform: updateMessage },
    { ...editing, method: 'DELETE', path: `${store}/:messageId`, batch: 'messageId', perform: deleteMessage },
    { ...editing, method: 'DELETE', path: store, body: 'raw', perform: deleteMessages },
    {
      ...reading,
      method: 'GET',
      path: `${store}/:messageId/content/:attachmentId`,
      group: 'medium',
      user: 'ReadMessageContent',
      perform: readMessageContent,
    },
    { ...reading, method: 'GET', path: `${extension}/message-sync`, group: 'light', perform: syncMessages },
  ]
}
