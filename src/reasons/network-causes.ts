// What telephone networks say: Q.850 causes and SIP statuses, each with the reason it usually stands for. Names are those of the
// specifications, meanings are in our own words. Legs of calls read it to name their ends, and the explainer to tell a cause.

import type { Slug } from './catalogue.ts'

/** `sure`: the specification's meaning is the reason's; `likely`: the reason that it usually is. */
export interface NetworkCause {
  readonly name: string
  readonly meaning: string
  readonly reason: Slug
  readonly confidence: 'sure' | 'likely'
}

type Row = readonly [name: string, meaning: string, reason: Slug, confidence?: 'likely']

export function causeTable<K extends string>(rows: Readonly<Record<K, Row>>): Readonly<Record<K, NetworkCause>> {
  const made = {} as Record<K, NetworkCause>
  for (const key in rows) {
    const [name, meaning, reason, confidence] = rows[key]
    made[key] = { name, meaning, reason, confidence: confidence ?? 'sure' }
  }
  return made
}

/** ITU-T Q.850 (05/98) 2.2.5, by cause value. */
export const q850Causes: Readonly<Record<string, NetworkCause>> = causeTable({
  1: ['Unallocated (unassigned) number', 'Nobody has this number.', 'call.destination_unknown'],
  2: ['No route to specified transit network', 'The network to pass through is not known.', 'routing.no_route', 'likely'],
  3: ['No route to destination', 'No way leads to the destination.', 'routing.no_route', 'likely'],
  4: ['Send special information tone', 'The called party cannot be reached for long.', 'call.destination_unknown', 'likely'],
  5: ['Misdialled trunk prefix', 'The number has a prefix that does not belong there.', 'destination.invalid'],
  6: ['Channel unacceptable', 'The channel offered cannot be used.', 'call.network_failure', 'likely'],
  7: [
    'Call awarded and being delivered in an established channel',
    'The call joins a channel in use.',
    'call.completed',
    'likely',
  ],
  8: ['Preemption', 'The call gave way to a more urgent one.', 'call.network_failure', 'likely'],
  9: ['Preemption - circuit reserved for reuse', 'The call gave way to a more urgent one.', 'call.network_failure', 'likely'],
  16: ['Normal call clearing', 'One of the parties ended the call.', 'call.completed'],
  17: ['User busy', 'The called party is busy.', 'call.busy'],
  18: ['No user responding', 'The device of the called party did not react.', 'call.unreachable'],
  19: ['No answer from user (user alerted)', 'It rang and nobody answered.', 'call.no_answer'],
  20: ['Subscriber absent', 'The mobile or device is off or not registered.', 'call.unreachable'],
  21: ['Call rejected', 'The called side does not want the call.', 'call.declined', 'likely'],
  22: ['Number changed', 'The called party has another number now.', 'call.destination_changed'],
  23: ['Redirection to new destination', 'The call is to go elsewhere.', 'call.transferred', 'likely'],
  25: ['Exchange routing error', 'The call went in circles between exchanges.', 'call.network_failure'],
  26: ['Non-selected user clearing', 'Another device took the call.', 'call.completed', 'likely'],
  27: ['Destination out of order', 'The line of the called party is faulty.', 'call.unreachable', 'likely'],
  28: ['Invalid number format (address incomplete)', 'The number is incomplete or malformed.', 'destination.invalid'],
  29: ['Facility rejected', 'The network does not provide the service asked for.', 'feature.not_enabled', 'likely'],
  30: ['Response to STATUS ENQUIRY', 'An answer to a question about state, no failure.', 'outcome.success', 'likely'],
  31: ['Normal, unspecified', 'An ordinary end of no particular kind.', 'call.unknown_cause', 'likely'],
  34: ['No circuit/channel available', 'All circuits are in use.', 'call.congestion'],
  38: ['Network out of order', 'The network is down for some time.', 'call.network_failure'],
  39: ['Permanent frame mode connection out of service', 'A permanent connection is down.', 'call.network_failure'],
  40: ['Permanent frame mode connection operational', 'A permanent connection works.', 'outcome.success', 'likely'],
  41: ['Temporary failure', 'The network failed and should recover soon.', 'call.network_failure'],
  42: ['Switching equipment congestion', 'The exchange has too much traffic.', 'call.congestion'],
  43: ['Access information discarded', 'Extra information could not be carried.', 'call.network_failure', 'likely'],
  44: ['Requested circuit/channel not available', 'The circuit asked for is taken.', 'call.congestion'],
  46: ['Precedence call blocked', 'No circuit could be freed for a more urgent call.', 'call.congestion'],
  47: ['Resource unavailable, unspecified', 'Something that the call needs is missing.', 'call.congestion', 'likely'],
  49: ['Quality of service not available', 'The quality asked for cannot be given.', 'call.media_incompatible', 'likely'],
  50: ['Requested facility not subscribed', 'The caller has not subscribed to the service.', 'feature.not_enabled'],
  53: ['Outgoing calls barred within CUG', 'The closed user group allows no call out.', 'destination.not_allowed'],
  55: ['Incoming calls barred within CUG', 'The closed user group allows no call in.', 'destination.not_allowed'],
  57: ['Bearer capability not authorized', 'The caller may not use this kind of call.', 'feature.not_enabled'],
  58: ['Bearer capability not presently available', 'This kind of call is not possible just now.', 'call.congestion', 'likely'],
  62: [
    'Inconsistency in designated outgoing access information and subscriber class',
    'The call does not fit the subscription.',
    'feature.not_enabled',
    'likely',
  ],
  63: ['Service or option not available, unspecified', 'A service is not available.', 'feature.not_enabled', 'likely'],
  65: ['Bearer capability not implemented', 'The equipment does not know this kind of call.', 'call.media_incompatible'],
  66: ['Channel type not implemented', 'The equipment does not know this kind of channel.', 'call.media_incompatible'],
  69: ['Requested facility not implemented', 'The equipment does not know the service.', 'platform.not_implemented', 'likely'],
  70: [
    'Only restricted digital information bearer capability is available',
    'Only a lesser kind of call is possible.',
    'call.media_incompatible',
  ],
  79: [
    'Service or option not implemented, unspecified',
    'The equipment does not know the service.',
    'platform.not_implemented',
    'likely',
  ],
  81: ['Invalid call reference value', 'The call meant is not known.', 'call.not_found'],
  82: ['Identified channel does not exist', 'The channel named is not in use here.', 'call.network_failure', 'likely'],
  83: ['A suspended call exists, but this call identity does not', 'No suspended call has this identity.', 'call.not_found'],
  84: ['Call identity in use', 'Another suspended call has this identity.', 'call.state_invalid', 'likely'],
  85: ['No call suspended', 'No call is suspended.', 'call.not_found'],
  86: ['Call having the requested call identity has been cleared', 'The call meant has ended.', 'call.not_found'],
  87: ['User not member of CUG', 'The called party is outside the closed user group.', 'destination.not_allowed'],
  88: ['Incompatible destination', 'The called device cannot take this kind of call.', 'call.media_incompatible'],
  90: ['Non-existent CUG', 'The closed user group does not exist.', 'destination.not_allowed', 'likely'],
  91: ['Invalid transit network selection', 'The network to pass through is named wrongly.', 'destination.invalid', 'likely'],
  95: ['Invalid message, unspecified', 'A signalling message is not valid.', 'request.unparsable', 'likely'],
  96: ['Mandatory information element is missing', 'A signalling message lacks something.', 'request.unparsable', 'likely'],
  97: [
    'Message type non-existent or not implemented',
    'A signalling message is not known.',
    'platform.not_implemented',
    'likely',
  ],
  98: [
    'Message not compatible with call state or message type non-existent or not implemented',
    'A signalling message came at the wrong time.',
    'call.state_invalid',
    'likely',
  ],
  99: [
    'Information element/parameter non-existent or not implemented',
    'A part of a signalling message is not known.',
    'platform.not_implemented',
    'likely',
  ],
  100: ['Invalid information element contents', 'A part of a signalling message is not valid.', 'request.unparsable', 'likely'],
  101: ['Message not compatible with call state', 'A signalling message came at the wrong time.', 'call.state_invalid'],
  102: ['Recovery on timer expiry', 'A step of the call took too long.', 'call.network_failure', 'likely'],
  103: [
    'Parameter non-existent or not implemented, passed on',
    'A parameter was passed on unread.',
    'call.unknown_cause',
    'likely',
  ],
  110: [
    'Message with unrecognized parameter, discarded',
    'A signalling message was thrown away.',
    'call.network_failure',
    'likely',
  ],
  111: ['Protocol error, unspecified', 'The two sides do not speak the same way.', 'call.network_failure', 'likely'],
  127: ['Interworking, unspecified', 'The cause was lost between two kinds of network.', 'call.unknown_cause'],
})

/** Final SIP statuses (RFC 3261 21 and the registry), for calls. */
export const sipStatuses: Readonly<Record<string, NetworkCause>> = causeTable({
  200: ['OK', 'Accepted.', 'outcome.success'],
  202: ['Accepted', 'Accepted, work goes on.', 'outcome.accepted'],
  300: ['Multiple Choices', 'The called party may be had at several addresses.', 'call.redirected'],
  301: ['Moved Permanently', 'The called party has another address now.', 'call.destination_changed'],
  302: ['Moved Temporarily', 'The called party is elsewhere for now.', 'call.redirected'],
  305: ['Use Proxy', 'The called party is to be called over a proxy.', 'call.redirected'],
  400: ['Bad Request', 'The request is malformed.', 'request.unparsable'],
  401: ['Unauthorized', 'Credentials are needed or wrong.', 'auth.credentials_invalid'],
  402: ['Payment Required', 'Credit is missing.', 'credit.insufficient', 'likely'],
  403: ['Forbidden', 'The other side understood and will not do it.', 'permission.denied', 'likely'],
  404: ['Not Found', 'The called user does not exist there.', 'call.destination_unknown'],
  405: ['Method Not Allowed', 'The method is not allowed at this address.', 'api.method_not_allowed'],
  406: ['Not Acceptable', 'No acceptable form of answer.', 'call.media_incompatible', 'likely'],
  407: ['Proxy Authentication Required', 'Credentials for the proxy are needed or wrong.', 'auth.credentials_invalid'],
  408: ['Request Timeout', 'No answer came in time.', 'call.unreachable', 'likely'],
  410: ['Gone', 'The user was there and is gone.', 'call.destination_changed', 'likely'],
  413: ['Request Entity Too Large', 'The body is too large.', 'request.body_too_large'],
  414: ['Request-URI Too Long', 'The address is too long.', 'request.url_too_long'],
  415: ['Unsupported Media Type', 'The body is of a kind that is not taken.', 'request.content_type_invalid'],
  416: ['Unsupported URI Scheme', 'The kind of address is not known.', 'destination.invalid'],
  420: ['Bad Extension', 'An extension of SIP is required that is not known.', 'platform.not_implemented', 'likely'],
  421: ['Extension Required', 'An extension of SIP is needed.', 'request.unprocessable', 'likely'],
  423: ['Interval Too Brief', 'The expiry asked for is too short.', 'request.number_out_of_range'],
  430: ['Flow Failed', 'The connection that the phone registered over is gone.', 'client.registration_expired', 'likely'],
  480: ['Temporarily Unavailable', 'The called party cannot be reached just now.', 'call.unreachable'],
  481: ['Call/Transaction Does Not Exist', 'The call is not known or over.', 'call.not_found'],
  482: ['Loop Detected', 'The request came round in a circle.', 'call.network_failure'],
  483: ['Too Many Hops', 'The request passed too many servers.', 'call.network_failure'],
  484: ['Address Incomplete', 'The number is incomplete.', 'destination.invalid'],
  485: ['Ambiguous', 'The address fits several users.', 'destination.invalid', 'likely'],
  486: ['Busy Here', 'The called party is busy.', 'call.busy'],
  487: ['Request Terminated', 'The call was cancelled before it was answered.', 'call.canceled_by_request'],
  488: ['Not Acceptable Here', 'No common codec or transport.', 'call.media_incompatible'],
  489: ['Bad Event', 'The event package is not known.', 'subscription.filters_invalid', 'likely'],
  491: ['Request Pending', 'Another change of the call is under way.', 'call.state_invalid', 'likely'],
  493: ['Undecipherable', 'The body could not be decrypted.', 'request.unparsable', 'likely'],
  500: ['Server Internal Error', 'The other server met a fault of its own.', 'call.network_failure', 'likely'],
  501: ['Not Implemented', 'The method is not known to the server.', 'platform.not_implemented'],
  502: ['Bad Gateway', 'A server further on gave no usable answer.', 'call.network_failure'],
  503: ['Service Unavailable', 'The other server is overloaded or down.', 'call.congestion', 'likely'],
  504: ['Server Time-out', 'A server further on did not answer.', 'call.network_failure'],
  505: ['Version Not Supported', 'The version of SIP is not known.', 'request.unparsable', 'likely'],
  513: ['Message Too Large', 'The message is too large.', 'request.body_too_large'],
  600: ['Busy Everywhere', 'The called party is busy on every device.', 'call.busy'],
  603: ['Decline', 'The called party does not want the call.', 'call.declined'],
  604: ['Does Not Exist Anywhere', 'The called user exists nowhere.', 'call.destination_unknown'],
  606: ['Not Acceptable', 'No common codec or transport anywhere.', 'call.media_incompatible'],
  607: ['Unwanted', 'The called party marked the caller as unwanted.', 'call.declined'],
  608: ['Rejected', 'An intermediary rejected the call.', 'policy.session_blocked', 'likely'],
})
