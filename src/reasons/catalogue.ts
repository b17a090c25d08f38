// Every reason there is, by slug. Adds nothing of its own: each reason stands in the file of its slug's first word.

import type { Reason, Values } from './reason.ts'
import { outcomeReasons } from './outcome.ts'
import { platformReasons } from './platform.ts'
import { policyReasons } from './policy.ts'
import { apiReasons } from './api.ts'
import { requestReasons } from './request.ts'
import { resourceReasons } from './resource.ts'
import { authReasons } from './auth.ts'
import { oauthReasons } from './oauth.ts'
import { permissionReasons } from './permission.ts'
import { featureReasons } from './feature.ts'
import { rateReasons } from './rate.ts'
import { accountReasons } from './account.ts'
import { trialReasons } from './trial.ts'
import { creditReasons } from './credit.ts'
import { numberReasons } from './number.ts'
import { addressReasons } from './address.ts'
import { provisioningReasons } from './provisioning.ts'
import { applicationReasons } from './application.ts'
import { workerReasons } from './worker.ts'
import { serviceReasons } from './service.ts'
import { webhookReasons } from './webhook.ts'
import { clientReasons } from './client.ts'
import { voipUserReasons } from './voip-user.ts'
import { callReasons } from './call.ts'
import { sessionReasons } from './session.ts'
import { destinationReasons } from './destination.ts'
import { maskingReasons } from './masking.ts'
import { routingReasons } from './routing.ts'
import { ratingReasons } from './rating.ts'
import { markupReasons } from './markup.ts'
import { ttsReasons } from './tts.ts'
import { speechReasons } from './speech.ts'
import { playReasons } from './play.ts'
import { conferenceReasons } from './conference.ts'
import { fileReasons } from './file.ts'
import { recordingReasons } from './recording.ts'
import { reportReasons } from './report.ts'
import { messageReasons } from './message.ts'
import { emailReasons } from './email.ts'
import { faxReasons } from './fax.ts'
import { presenceReasons } from './presence.ts'
import { subscriptionReasons } from './subscription.ts'
import { callLogReasons } from './call-log.ts'
import { verificationReasons } from './verification.ts'
import { tokenReasons } from './token.ts'
import { taskReasons } from './task.ts'

export const catalogue = {
  ...outcomeReasons,
  ...platformReasons,
  ...policyReasons,
  ...apiReasons,
  ...requestReasons,
  ...resourceReasons,
  ...authReasons,
  ...oauthReasons,
  ...permissionReasons,
  ...featureReasons,
  ...rateReasons,
  ...accountReasons,
  ...trialReasons,
  ...creditReasons,
  ...numberReasons,
  ...addressReasons,
  ...provisioningReasons,
  ...applicationReasons,
  ...workerReasons,
  ...serviceReasons,
  ...webhookReasons,
  ...clientReasons,
  ...voipUserReasons,
  ...callReasons,
  ...sessionReasons,
  ...destinationReasons,
  ...maskingReasons,
  ...routingReasons,
  ...ratingReasons,
  ...markupReasons,
  ...ttsReasons,
  ...speechReasons,
  ...playReasons,
  ...conferenceReasons,
  ...fileReasons,
  ...recordingReasons,
  ...reportReasons,
  ...messageReasons,
  ...emailReasons,
  ...faxReasons,
  ...presenceReasons,
  ...subscriptionReasons,
  ...callLogReasons,
  ...verificationReasons,
  ...tokenReasons,
  ...taskReasons,
} as const satisfies Record<string, Reason>

/** The identity of a reason. */
export type Slug = keyof typeof catalogue

/** The values that a refusal with this reason must and may carry. */
export type ParamsOf<S extends Slug> = Values<(typeof catalogue)[S]['params']>

/** The names in braces of a template. */
type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never

/** Every placeholder that its reason has no parameter for; the line below stops compiling when there is one. */
type Stray = { [S in Slug]: Exclude<Placeholders<(typeof catalogue)[S]['detail']>, keyof (typeof catalogue)[S]['params']> }[Slug]
export const everyPlaceholderHasItsParameter: [Stray] extends [never] ? true : Stray = true

export function isSlug(text: string): text is Slug {
  return Object.hasOwn(catalogue, text)
}
