// What runs on calls of a service, by its configuration: the first page, the page of errors and the final page, reference sections 6 and 8.
// A configuration that lets nothing run says why; the call is refused with that and the account's error log has it (2005).

import type { ScriptStart } from '#voice/call-wish.ts'
import type { Page } from '#voice/verbs/verb.ts'
import { refuse } from '#reasons/refusal.ts'
import { isObject } from './action-fields.ts'
import type { InstanceMemory } from './call-info.ts'
import type { Configuration } from './service-schema.ts'

interface PageSetting {
  readonly address?: unknown
  readonly method?: unknown
}

interface RestSettings {
  readonly first_page?: PageSetting
  readonly final_page?: PageSetting
  readonly error_page?: PageSetting
  readonly api_version?: unknown
}

/** undefined: it is no configuration of this face. Throws application.settings_invalid, worker.none_available. */
export function serviceScript(configuration: unknown, service: string): Omit<ScriptStart, 'face'> | undefined {
  if (!isConfiguration(configuration)) return undefined
  const { rest } = configuration as { rest?: RestSettings }
  // A process of the customer's would have to be connected, and none can be.
  if (isWorkers(configuration)) return refuse('worker.none_available', {})
  return scriptOf(configuration, rest ?? {}, service)
}

/** Whether its application runs in a process of the customer's (UAS). */
export function isWorkers(configuration: unknown): boolean {
  const { uas } = (configuration ?? {}) as { uas?: { application_name?: unknown } }
  return typeof uas?.application_name === 'string'
}

const isConfiguration = (value: unknown): value is Configuration => isObject(value) && ('rest' in value || 'uas' in value)

/** Of a service that asks web pages. Throws application.settings_invalid. */
function scriptOf(configuration: Configuration, rest: RestSettings, service: string): Omit<ScriptStart, 'face'> {
  const page = pageOf(rest.first_page, 'first_page', service)
  if (!page) return refuse('application.settings_invalid', { application: service, fault: 'rest.first_page has no address' })
  return {
    page,
    fallback: pageOf(rest.error_page, 'error_page', service) ?? null,
    finalPage: pageOf(rest.final_page, 'final_page', service) ?? null,
    memory: { ...memoryFrom(configuration, rest, service) },
  }
}

function pageOf(setting: PageSetting | undefined, name: string, service: string): Page | undefined {
  const { address, method } = setting ?? {}
  if (typeof address !== 'string' || address === '') return undefined
  const url = URL.parse(address)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { url: url.href, method: method === 'GET' ? 'GET' : 'POST' }
  const fault = `rest.${name} is no absolute http or https address`
  return refuse('application.settings_invalid', { application: service, fault })
}

function memoryFrom(configuration: Configuration, rest: RestSettings, service: string): Partial<InstanceMemory> {
  const { application_parameters: parameters, tts_voice: voice, early_media: early, call_recording: recording } = configuration
  const { enabled, mode } = (recording ?? {}) as { enabled?: unknown; mode?: unknown }
  return {
    service,
    apiVersion: rest.api_version === '1.0' ? '1.0' : '2.0',
    applicationParameters: typeof parameters === 'string' ? parameters : '',
    ttsVoice: typeof voice === 'string' ? voice : null,
    earlyMedia: early === true,
    recording: enabled !== true ? null : mode === 'separate' ? 'separate' : 'mixed',
  }
}
