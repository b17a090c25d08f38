// Reasons that nothing raises yet, each with the capability that will. test/reasons-raised.test.ts keeps this list honest: it only shrinks.

import type { Slug } from './catalogue.ts'
import type { Capability } from './dictionary.ts'

export interface Awaiting {
  readonly slug: Slug
  readonly capability: Capability
}

export const awaiting: readonly Awaiting[] = [
  { slug: 'outcome.success', capability: 'foundation' },
  { slug: 'outcome.created', capability: 'foundation' },
  { slug: 'outcome.accepted', capability: 'foundation' },
  { slug: 'outcome.no_content', capability: 'foundation' },
  { slug: 'application.code_faulty', capability: 'voice' },
  { slug: 'application.direction_mismatch', capability: 'voice' },
  { slug: 'application.worker_not_accepting', capability: 'voice' },
  { slug: 'auth.virtual_number_forbids_login', capability: 'later' },
  { slug: 'auth.locked_use_sso', capability: 'later' },
  { slug: 'application.start_failed', capability: 'later' },
  { slug: 'worker.application_failed', capability: 'later' },
  { slug: 'worker.runtime_failed', capability: 'later' },
  { slug: 'worker.authentication_failed', capability: 'later' },
  { slug: 'worker.handshake_failed', capability: 'later' },
  { slug: 'worker.version_unsupported', capability: 'later' },
  { slug: 'file.convert_job_not_found', capability: 'later' },
  { slug: 'file.pdf_content_type_required', capability: 'later' },
  { slug: 'file.pdf_missing', capability: 'later' },
  { slug: 'report.duplicate', capability: 'later' },
  { slug: 'report.too_many_in_progress', capability: 'later' },
  { slug: 'report.capacity_reached', capability: 'later' },
  { slug: 'message.disposition_incomplete', capability: 'later' },
  { slug: 'fax.not_for_extension', capability: 'later' },
  { slug: 'fax.resend_state', capability: 'later' },
  { slug: 'fax.envelope_unparsable', capability: 'later' },
  { slug: 'subscription.endpoint_missing', capability: 'later' },
  { slug: 'subscription.push_action_not_allowed', capability: 'later' },
  { slug: 'verification.code_invalid', capability: 'later' },
  { slug: 'verification.code_expired', capability: 'later' },
  { slug: 'task.not_registered', capability: 'later' },
  { slug: 'task.still_running', capability: 'later' },
  { slug: 'task.not_found', capability: 'later' },
  { slug: 'task.stopped', capability: 'later' },
  { slug: 'task.not_implemented', capability: 'later' },
  { slug: 'task.state_report', capability: 'later' },
]
