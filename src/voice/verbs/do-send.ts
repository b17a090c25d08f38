// What a script does beside the call: messages, e-mails, files of the store. What is refused is told, and the script goes on.

import { Refusal } from '#reasons/refusal.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { DeleteFile, SendEmail, SendMessage } from './verb.ts'

export async function doSendMessage(step: Step, verb: SendMessage): Promise<Outcome> {
  try {
    const messageId = await step.until(step.parts.sendMessage(step.call, verb))
    return { result: { verb: 'message', messageId } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { result: { verb: 'message', messageId: null, refusal: error }, failed: error }
  }
}

export async function doSendEmail(step: Step, verb: SendEmail): Promise<Outcome> {
  await step.until(step.parts.sendEmail(step.call, verb))
  return { result: { verb: 'email' } }
}

export async function doDeleteFile(step: Step, { name, recorded }: DeleteFile): Promise<Outcome> {
  await step.until(step.parts.deleteFile(step.call, name, recorded))
  return { result: { verb: 'deleteFile' } }
}
