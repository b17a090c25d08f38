// What networks say: SMPP command_status and receipt states, each with the reason it usually stands for; those of telephone networks are
// in the catalogue's own table. Names are those of the specifications, meanings are in our own words. Vendors of carriers differ; their
// own tables live with the carriers.

import type { Slug } from '#reasons/catalogue.ts'
import { causeTable, type NetworkCause } from '#reasons/network-causes.ts'

/** SMPP 3.4 5.1.3, by command_status in lower-case hexadecimal of eight digits. */
export const smppStatuses: Readonly<Record<string, NetworkCause>> = causeTable({
  '00000000': ['ESME_ROK', 'No error.', 'outcome.success'],
  '00000001': ['ESME_RINVMSGLEN', 'The message length is not valid.', 'message.content_too_long', 'likely'],
  '00000002': ['ESME_RINVCMDLEN', 'The command length is not valid.', 'request.unparsable'],
  '00000003': ['ESME_RINVCMDID', 'The command is not known.', 'platform.not_implemented', 'likely'],
  '00000004': ['ESME_RINVBNDSTS', 'The command does not fit the state of the bind.', 'request.unprocessable', 'likely'],
  '00000005': ['ESME_RALYBND', 'The bind exists already.', 'resource.in_use', 'likely'],
  '00000006': ['ESME_RINVPRTFLG', 'The priority is not valid.', 'request.parameter_invalid'],
  '00000007': ['ESME_RINVREGDLVFLG', 'Asking for a receipt in this way is not possible.', 'message.delivery_report_unsupported'],
  '00000008': ['ESME_RSYSERR', 'The SMSC met a fault of its own.', 'message.send_failed', 'likely'],
  '0000000a': ['ESME_RINVSRCADR', 'The source address is not valid.', 'message.sender_invalid'],
  '0000000b': ['ESME_RINVDSTADR', 'The destination address is not valid.', 'message.recipient_invalid'],
  '0000000c': ['ESME_RINVMSGID', 'The message id is not valid.', 'resource.not_found'],
  '0000000d': ['ESME_RBINDFAIL', 'The bind failed.', 'auth.credentials_invalid', 'likely'],
  '0000000e': ['ESME_RINVPASWD', 'The password is wrong.', 'auth.credentials_invalid'],
  '0000000f': ['ESME_RINVSYSID', 'The system id is wrong.', 'auth.credentials_invalid'],
  '00000011': ['ESME_RCANCELFAIL', 'The message could not be cancelled.', 'request.unprocessable', 'likely'],
  '00000013': ['ESME_RREPLACEFAIL', 'The message could not be replaced.', 'request.unprocessable', 'likely'],
  '00000014': ['ESME_RMSGQFUL', 'The queue of the SMSC is full.', 'message.carrier_throttled', 'likely'],
  '00000015': ['ESME_RINVSERTYP', 'The service type is not valid.', 'service.id_invalid'],
  '00000033': ['ESME_RINVNUMDESTS', 'The number of destinations is not valid.', 'request.batch_too_large', 'likely'],
  '00000034': ['ESME_RINVDLNAME', 'The distribution list is not known.', 'resource.not_found'],
  '00000040': ['ESME_RINVDESTFLAG', 'The destination flag is not valid.', 'request.parameter_invalid'],
  '00000042': ['ESME_RINVSUBREP', 'Replacing an earlier message cannot be asked for so.', 'request.parameter_invalid'],
  '00000043': ['ESME_RINVESMCLASS', 'The esm_class is not valid.', 'message.type_unhandled'],
  '00000044': ['ESME_RCNTSUBDL', 'Sending to the distribution list failed.', 'message.send_failed', 'likely'],
  '00000045': ['ESME_RSUBMITFAIL', 'The submission failed.', 'message.send_failed'],
  '00000048': ['ESME_RINVSRCTON', 'The type of number of the source is not valid.', 'message.sender_invalid'],
  '00000049': ['ESME_RINVSRCNPI', 'The numbering plan of the source is not valid.', 'message.sender_invalid'],
  '00000050': ['ESME_RINVDSTTON', 'The type of number of the destination is not valid.', 'message.recipient_invalid'],
  '00000051': ['ESME_RINVDSTNPI', 'The numbering plan of the destination is not valid.', 'message.recipient_invalid'],
  '00000053': ['ESME_RINVSYSTYP', 'The system type is not valid.', 'auth.credentials_invalid', 'likely'],
  '00000054': ['ESME_RINVREPFLAG', 'The replace flag is not valid.', 'request.parameter_invalid'],
  '00000055': ['ESME_RINVNUMMSGS', 'The number of messages is not valid.', 'request.number_out_of_range'],
  '00000058': ['ESME_RTHROTTLED', 'The SMSC slows the sender down.', 'message.carrier_throttled'],
  '00000061': ['ESME_RINVSCHED', 'The time to deliver is not valid.', 'message.date_malformed'],
  '00000062': ['ESME_RINVEXPIRY', 'The validity period is not valid.', 'message.date_malformed', 'likely'],
  '00000063': ['ESME_RINVDFTMSGID', 'The predefined message does not exist.', 'resource.not_found'],
  '00000064': ['ESME_RX_T_APPN', 'The receiving application failed for the moment.', 'message.gateway_no_response', 'likely'],
  '00000065': ['ESME_RX_P_APPN', 'The receiving application failed for good.', 'message.carrier_violation', 'likely'],
  '00000066': ['ESME_RX_R_APPN', 'The receiving application rejected the message.', 'message.carrier_violation', 'likely'],
  '00000067': ['ESME_RQUERYFAIL', 'The query failed.', 'resource.not_found', 'likely'],
  '000000c0': ['ESME_RINVOPTPARSTREAM', 'The optional part of the PDU is damaged.', 'request.unparsable'],
  '000000c1': ['ESME_ROPTPARNOTALLWD', 'An optional parameter is not allowed.', 'request.parameter_unknown', 'likely'],
  '000000c2': ['ESME_RINVPARLEN', 'A parameter has the wrong length.', 'request.length_invalid'],
  '000000c3': ['ESME_RMISSINGOPTPARAM', 'An expected optional parameter is missing.', 'request.parameter_missing'],
  '000000c4': ['ESME_RINVOPTPARAMVAL', 'The value of an optional parameter is not valid.', 'request.parameter_invalid'],
  '000000fe': ['ESME_RDELIVERYFAILURE', 'The message could not be delivered.', 'message.send_failed', 'likely'],
  '000000ff': ['ESME_RUNKNOWNERR', 'The cause is not known.', 'message.unknown_error'],
})

/** SMPP 3.4 5.2.28 and appendix B: the `stat` of a delivery receipt. */
export const receiptStates: Readonly<Record<string, NetworkCause>> = causeTable({
  DELIVRD: ['DELIVERED', 'The message reached the handset.', 'outcome.success'],
  ENROUTE: ['ENROUTE', 'The message is on its way.', 'outcome.accepted'],
  ACCEPTD: ['ACCEPTED', 'The message was read on behalf of the subscriber.', 'outcome.accepted', 'likely'],
  EXPIRED: ['EXPIRED', 'The validity ended before the handset could be reached.', 'message.handset_unreachable', 'likely'],
  DELETED: ['DELETED', 'The message was deleted in the network.', 'message.blocked', 'likely'],
  UNDELIV: ['UNDELIVERABLE', 'The message cannot be delivered.', 'message.unknown_error', 'likely'],
  UNKNOWN: ['UNKNOWN', 'The network does not know what became of the message.', 'message.unknown_error'],
  REJECTD: ['REJECTED', 'The network rejected the message.', 'message.carrier_violation', 'likely'],
})

/**
 * The `err` of a delivery receipt. SMPP leaves its values to each SMSC; these are the ones on which many agree,
 * so that each is likely at best.
 */
export const receiptErrors: Readonly<Record<string, NetworkCause>> = causeTable({
  '000': ['000', 'No error.', 'outcome.success', 'likely'],
  '001': ['001', 'The subscriber is not known.', 'message.handset_unknown', 'likely'],
  '002': ['002', 'The subscriber is not known.', 'message.handset_unknown', 'likely'],
  '003': ['003', 'The subscriber is not known.', 'message.handset_unknown', 'likely'],
  '004': ['004', 'The message was blocked.', 'message.blocked', 'likely'],
  '005': ['005', 'The message was blocked.', 'message.blocked', 'likely'],
  '007': ['007', 'The message was blocked.', 'message.blocked', 'likely'],
  '008': ['008', 'The handset cannot be reached.', 'message.handset_unreachable', 'likely'],
  '010': ['010', 'The destination takes no messages.', 'message.landline', 'likely'],
  '011': ['011', 'The handset cannot be reached.', 'message.handset_unreachable', 'likely'],
  '022': ['022', 'The message was blocked.', 'message.blocked', 'likely'],
  '023': ['023', 'The handset cannot be reached.', 'message.handset_unreachable', 'likely'],
  '038': ['038', 'The subscriber is not known.', 'message.handset_unknown', 'likely'],
  '039': ['039', 'The subscriber is not known.', 'message.handset_unknown', 'likely'],
  '224': ['224', 'The message was blocked.', 'message.blocked', 'likely'],
  '225': ['225', 'The message was blocked.', 'message.blocked', 'likely'],
  '228': ['228', 'The handset cannot be reached.', 'message.handset_unreachable', 'likely'],
  '229': ['229', 'The message was blocked.', 'message.blocked', 'likely'],
  '230': ['230', 'The message was blocked.', 'message.blocked', 'likely'],
  '231': ['231', 'The carrier refused the message.', 'message.carrier_violation', 'likely'],
  '232': ['232', 'The subscriber is not known.', 'message.handset_unknown', 'likely'],
})

/** What an HTTP status alone usually means; the weakest of all hints. */
export const httpStatuses: Readonly<Record<string, Slug>> = {
  200: 'outcome.success',
  201: 'outcome.created',
  202: 'outcome.accepted',
  204: 'outcome.no_content',
  400: 'request.unparsable',
  401: 'auth.credentials_invalid',
  402: 'credit.insufficient',
  403: 'permission.denied',
  404: 'resource.not_found',
  405: 'api.method_not_allowed',
  408: 'request.too_slow',
  409: 'resource.conflict',
  410: 'api.version_retired',
  411: 'request.content_length_missing',
  413: 'request.body_too_large',
  414: 'request.url_too_long',
  415: 'request.content_type_invalid',
  416: 'request.range_not_satisfiable',
  422: 'request.unprocessable',
  429: 'rate.limit_exceeded',
  431: 'request.header_too_large',
  500: 'platform.internal_error',
  501: 'platform.not_implemented',
  502: 'platform.backend_bad_gateway',
  503: 'platform.service_unavailable',
  504: 'platform.backend_unreachable',
  507: 'platform.disk_nearly_full',
}

/** The key of a command_status: a number, `0x58`, eight hexadecimal digits, or decimal digits; empty when it is none of these. */
export function smppKey(commandStatus: number | string): string {
  const text = String(commandStatus).trim()
  const value = Number(/^[0-9a-f]{8}$/i.test(text) ? `0x${text}` : text === '' ? NaN : text)
  return Number.isInteger(value) && value >= 0 && value <= 0xffffffff ? value.toString(16).padStart(8, '0') : ''
}
