// A message that was refused, and that its face keeps as failed, is answered with its record. Its reason and error id go in the
// headers that those of a refusal have, so that the answer can be found by them too.

import type { MessageValue } from './message-view.ts'

/** Empty for a message that was accepted. */
export const keptHeaders = ({ reason, errorId }: MessageValue): Readonly<Record<string, string>> =>
  reason !== null && errorId !== null ? { 'offhook-reason': reason.slug, 'offhook-error-id': errorId } : {}
