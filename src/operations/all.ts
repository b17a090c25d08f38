// Every operation. Routes, OpenAPI and the tests that walk all of them read this list.

import { callChangesOperation, deleteCallLogOperation } from './calls/call-log.ts'
import { deleteCallOperation, endCallOperation, updateCallOperation } from './calls/change-calls.ts'
import { interruptCallOperation } from './calls/interrupt-call.ts'
import { listCallsOperation } from './calls/list-calls.ts'
import { recordCallOperation, stopRecordingCallOperation } from './calls/record-call.ts'
import { placeCallOperation } from './calls/place-call.ts'
import { callTimelineOperation } from './calls/call-timeline.ts'
import { readCallLegsOperation, readCallOperation } from './calls/read-call.ts'
import { cancelConferenceReservationOperation } from './conference-reservations/cancel-reservation.ts'
import { endConferenceReservationOperation } from './conference-reservations/end-reservation.ts'
import {
  listConferenceReservationsOperation,
  readConferenceReservationOperation,
} from './conference-reservations/read-reservations.ts'
import { reserveConferenceOperation } from './conference-reservations/reserve-conference.ts'
import { updateConferenceReservationOperation } from './conference-reservations/update-reservation.ts'
import { ejectConferenceMemberOperation } from './conferences/eject-member.ts'
import { endConferenceOperation } from './conferences/end-conference.ts'
import { listConferencesOperation } from './conferences/list-conferences.ts'
import { listConferenceMembersOperation } from './conferences/list-members.ts'
import { readConferenceOperation } from './conferences/read-conference.ts'
import { updateConferenceMemberOperation } from './conferences/update-member.ts'
import { deleteRecordingOperation } from './recordings/delete-recording.ts'
import { createMaskingOperation } from './maskings/create-masking.ts'
import { endMaskingOperation, updateMaskingOperation } from './maskings/change-masking.ts'
import { listMaskingsOperation, readMaskingOperation } from './maskings/read-masking.ts'
import { listRefersOperation, readReferOperation } from './refers/refers.ts'
import { listRecordingsOperation } from './recordings/list-recordings.ts'
import { readRecordingContentOperation, readRecordingOperation } from './recordings/read-recording.ts'
import { createForwardOperation, deleteForwardOperation, updateForwardOperation } from './numbers/forward-number.ts'
import { openCallSessionOperation } from './call-sessions/open-session.ts'
import {
  changeSessionRecordOperation,
  listCallSessionsOperation,
  readCallSessionOperation,
} from './call-sessions/session-records.ts'
import {
  alertCallSessionOperation,
  confirmRouteOperation,
  connectCallSessionOperation,
  endCallSessionOperation,
} from './call-sessions/step-session.ts'
import { createCarrierOperation } from './carriers/create-carrier.ts'
import { deleteCarrierOperation } from './carriers/delete-carrier.ts'
import { listCarrierKindsOperation, listCarriersOperation, readCarrierOperation } from './carriers/read-carriers.ts'
import { updateCarrierOperation } from './carriers/update-carrier.ts'
import { callFromHandsetOperation, listHandsetCallsOperation, steerHandsetCallOperation } from './handsets/handset-calls.ts'
import { listHandsetMessagesOperation, readHandsetMessagesOperation, sendFromHandsetOperation } from './handsets/handsets.ts'
import {
  createRouteOperation,
  deleteRouteOperation,
  listRoutesOperation,
  readRouteOperation,
  updateRouteOperation,
} from './routes/routes.ts'
import { closeAccountOperation } from './accounts/close-account.ts'
import { createAccountOperation } from './accounts/create-account.ts'
import { listAccountsOperation } from './accounts/list-accounts.ts'
import { moveAccountOperation } from './accounts/move-account.ts'
import { readAccountOperation } from './accounts/read-account.ts'
import { updateAccountOperation } from './accounts/update-account.ts'
import { createAddressOperation } from './addresses/create-address.ts'
import { findAddressOperation, listAddressesOperation, readAddressOperation } from './addresses/read-address.ts'
import { deleteAddressOperation, updateAddressOperation } from './addresses/update-address.ts'
import { createApplicationOperation } from './applications/create-application.ts'
import { deleteApplicationOperation } from './applications/delete-application.ts'
import { listApplicationsOperation } from './applications/list-applications.ts'
import { readApplicationOperation, readServiceOperation } from './applications/read-application.ts'
import { updateApplicationOperation } from './applications/update-application.ts'
import { listAuditOperation } from './audit/list-audit.ts'
import { listRefusalsOperation, readRefusalOperation } from './audit/read-refusal.ts'
import { addMemberOperation } from './client-groups/add-member.ts'
import { createClientGroupOperation } from './client-groups/create-group.ts'
import { deleteClientGroupOperation } from './client-groups/delete-group.ts'
import { deleteMemberOperation, endMemberOperation } from './client-groups/end-member.ts'
import { listClientGroupsOperation, readClientGroupOperation } from './client-groups/read-group.ts'
import { listMembersOperation, readMemberOperation } from './client-groups/read-member.ts'
import { updateMemberOperation } from './client-groups/update-member.ts'
import { createClientOperation } from './clients/create-client.ts'
import { deleteClientOperation } from './clients/delete-client.ts'
import { issueClientTokenOperation } from './clients/issue-client-token.ts'
import { listClientsOperation } from './clients/list-clients.ts'
import { listRegistrationsOperation } from './clients/list-registrations.ts'
import { readClientOperation } from './clients/read-client.ts'
import { updateClientOperation } from './clients/update-client.ts'
import { createBatchOperation, listBatchesOperation, readBatchOperation } from './contacts/contact-batches.ts'
import {
  createContactGroupOperation,
  deleteContactGroupOperation,
  joinContactGroupOperation,
  leaveContactGroupOperation,
  listContactGroupsOperation,
  readContactGroupOperation,
  updateContactGroupOperation,
} from './contacts/contact-groups.ts'
import { createContactOperation } from './contacts/create-contact.ts'
import { deleteContactOperation } from './contacts/delete-contact.ts'
import { listContactsOperation } from './contacts/list-contacts.ts'
import { readContactOperation } from './contacts/read-contact.ts'
import { updateContactOperation } from './contacts/update-contact.ts'
import { closeBalanceOperation, openBalanceOperation, updateBalanceOperation } from './credit/open-balance.ts'
import { readBalanceOperation } from './credit/read-balance.ts'
import { listTransfersOperation, transferCreditOperation } from './credit/transfer-credit.ts'
import { createKeyOperation } from './keys/create-key.ts'
import { deleteKeyOperation } from './keys/delete-key.ts'
import { listKeysOperation } from './keys/list-keys.ts'
import { readKeyOperation, revealKeyOperation } from './keys/read-key.ts'
import { rotateKeyOperation } from './keys/rotate-key.ts'
import { updateKeyOperation } from './keys/update-key.ts'
import { addNumberOperation } from './numbers/add-number.ts'
import { buyNumbersOperation } from './numbers/buy-numbers.ts'
import { listNumbersOperation, listPlacesOperation, listStockOperation } from './numbers/list-numbers.ts'
import { moveNumbersOperation } from './numbers/move-numbers.ts'
import { listNumberRulesOperation, setNumberRuleOperation } from './numbers/number-rules.ts'
import {
  blockNumberOperation,
  offerNumberOperation,
  setNumberTermOperation,
  unblockNumberOperation,
} from './numbers/operate-numbers.ts'
import { findNumberOperation, readNumberOperation } from './numbers/read-number.ts'
import { releaseNumberOperation } from './numbers/release-number.ts'
import { renewNumberOperation } from './numbers/renew-number.ts'
import { endReservationOperation, readReservationOperation, reserveNumbersOperation } from './numbers/reserve-numbers.ts'
import { stockNumbersOperation } from './numbers/stock-numbers.ts'
import { takeTestNumberOperation } from './numbers/take-test-number.ts'
import { subscribeNumberOperation, unsubscribeNumberOperation } from './numbers/subscribe-number.ts'
import { setMessagingOperation, switchNumberOperation } from './numbers/switch-number.ts'
import { distrustNumberOperation, listTrustedNumbersOperation, trustNumberOperation } from './numbers/trusted-numbers.ts'
import { updateNumberOperation } from './numbers/update-number.ts'
import { listEmailsOperation, readEmailOperation } from './emails/read-email.ts'
import { sendEmailOperation } from './emails/send-email.ts'
import { createMediaOperation } from './media/create-media.ts'
import { deleteMediaOperation } from './media/delete-media.ts'
import { renameMediaOperation } from './media/rename-media.ts'
import { listMediaOperation } from './media/list-media.ts'
import { findMediaOperation, readContentOperation, readMediaOperation } from './media/read-media.ts'
import {
  cancelBatchOperation,
  cancelMessageOperation,
  deleteMessageOperation,
  noteOutcomeOperation,
  redactMessageOperation,
} from './messages/change-messages.ts'
import { listMessagesOperation } from './messages/list-messages.ts'
import {
  cancelMessageExportOperation,
  createMessageExportOperation,
  readExportFileOperation,
  readMessageExportOperation,
} from './messages/message-exports.ts'
import { messageTimelineOperation } from './messages/message-timeline.ts'
import { readMessageBatchOperation, readMessageOperation } from './messages/read-message.ts'
import { sendBatchOperation } from './messages/send-batch.ts'
import { sendInternalOperation } from './messages/send-internal.ts'
import { readVoicemailOperation } from './mailbox/read-voicemail.ts'
import { changeMailboxOperation, listMailboxOperation, mailboxChangesOperation, readEntryOperation } from './mailbox/mailbox.ts'
import { sendMessageOperation } from './messages/send-message.ts'
import { createOptOutOperation } from './opt-outs/create-opt-out.ts'
import { deleteOptOutOperation } from './opt-outs/delete-opt-out.ts'
import { exportOptOutsOperation, listOptOutsOperation } from './opt-outs/list-opt-outs.ts'
import type { Operation } from './operation.ts'
import { erasePersonOperation, listErasuresOperation, readErasureOperation } from './privacy/erase-person.ts'
import { exportPersonOperation } from './privacy/export-person.ts'
import {
  buyPackageOperation,
  createPackageOperation,
  listPackagesOperation,
  offerPackageOperation,
  readHeldPackageOperation,
} from './packages/packages.ts'
import {
  assignCarrierDeckOperation,
  assignRateDeckOperation,
  createRateDeckOperation,
  deleteRateDeckOperation,
  exportRatesOperation,
  importRatesOperation,
  listRateDecksOperation,
} from './rates/rate-decks.ts'
import { listRatesOperation } from './rates/list-rates.ts'
import { readPriceOperation } from './rates/read-price.ts'
import { listUsageOperation } from './usage/list-usage.ts'
import { createUserOperation } from './users/create-user.ts'
import { deleteUserOperation } from './users/delete-user.ts'
import { setDoNotDisturbOperation } from './users/do-not-disturb.ts'
import { listUsersOperation } from './users/list-users.ts'
import { findUserOperation, readUserOperation } from './users/read-user.ts'
import { confirmSecondFactorOperation, dropSecondFactorOperation, enrolSecondFactorOperation } from './users/second-factor.ts'
import { updateUserOperation } from './users/update-user.ts'
import { createEndpointOperation } from './webhooks/create-endpoint.ts'
import {
  fetchOffersOperation,
  listDeliveriesOperation,
  readDeliveryOperation,
  replayDeliveriesOperation,
  replayDeliveryOperation,
} from './webhooks/deliveries.ts'
import {
  deleteEndpointOperation,
  listEndpointsOperation,
  readEndpointOperation,
  readWebhookSecretOperation,
  revealEndpointSecretOperation,
  rotateEndpointOperation,
  updateEndpointOperation,
} from './webhooks/endpoints.ts'
import { listEventsOperation, testEndpointOperation, triggerEventOperation } from './webhooks/trigger-event.ts'

export const allOperations = [
  readAccountOperation,
  listAccountsOperation,
  createAccountOperation,
  updateAccountOperation,
  closeAccountOperation,
  moveAccountOperation,
  readUserOperation,
  findUserOperation,
  listUsersOperation,
  createUserOperation,
  updateUserOperation,
  deleteUserOperation,
  setDoNotDisturbOperation,
  enrolSecondFactorOperation,
  confirmSecondFactorOperation,
  dropSecondFactorOperation,
  listKeysOperation,
  readKeyOperation,
  revealKeyOperation,
  createKeyOperation,
  updateKeyOperation,
  rotateKeyOperation,
  deleteKeyOperation,
  listApplicationsOperation,
  readApplicationOperation,
  readServiceOperation,
  createApplicationOperation,
  updateApplicationOperation,
  deleteApplicationOperation,
  listClientsOperation,
  listRegistrationsOperation,
  issueClientTokenOperation,
  readClientOperation,
  createClientOperation,
  updateClientOperation,
  deleteClientOperation,
  listClientGroupsOperation,
  readClientGroupOperation,
  createClientGroupOperation,
  deleteClientGroupOperation,
  listMembersOperation,
  readMemberOperation,
  addMemberOperation,
  updateMemberOperation,
  endMemberOperation,
  deleteMemberOperation,
  listNumbersOperation,
  listStockOperation,
  listPlacesOperation,
  readNumberOperation,
  findNumberOperation,
  buyNumbersOperation,
  takeTestNumberOperation,
  addNumberOperation,
  updateNumberOperation,
  subscribeNumberOperation,
  unsubscribeNumberOperation,
  releaseNumberOperation,
  stockNumbersOperation,
  moveNumbersOperation,
  reserveNumbersOperation,
  readReservationOperation,
  endReservationOperation,
  renewNumberOperation,
  switchNumberOperation,
  setMessagingOperation,
  blockNumberOperation,
  unblockNumberOperation,
  offerNumberOperation,
  setNumberTermOperation,
  listNumberRulesOperation,
  setNumberRuleOperation,
  listTrustedNumbersOperation,
  trustNumberOperation,
  distrustNumberOperation,
  createAddressOperation,
  readAddressOperation,
  findAddressOperation,
  listAddressesOperation,
  updateAddressOperation,
  deleteAddressOperation,
  listContactsOperation,
  readContactOperation,
  createContactOperation,
  updateContactOperation,
  deleteContactOperation,
  listContactGroupsOperation,
  readContactGroupOperation,
  createContactGroupOperation,
  updateContactGroupOperation,
  deleteContactGroupOperation,
  joinContactGroupOperation,
  leaveContactGroupOperation,
  createBatchOperation,
  listBatchesOperation,
  readBatchOperation,
  listOptOutsOperation,
  exportOptOutsOperation,
  createOptOutOperation,
  deleteOptOutOperation,
  sendEmailOperation,
  listEmailsOperation,
  readEmailOperation,
  createMediaOperation,
  listMediaOperation,
  findMediaOperation,
  readMediaOperation,
  readContentOperation,
  renameMediaOperation,
  deleteMediaOperation,
  sendMessageOperation,
  listMessagesOperation,
  readMessageOperation,
  messageTimelineOperation,
  cancelMessageOperation,
  createMessageExportOperation,
  readMessageExportOperation,
  readExportFileOperation,
  cancelMessageExportOperation,
  noteOutcomeOperation,
  redactMessageOperation,
  deleteMessageOperation,
  sendBatchOperation,
  readMessageBatchOperation,
  sendInternalOperation,
  listMailboxOperation,
  readEntryOperation,
  changeMailboxOperation,
  mailboxChangesOperation,
  readVoicemailOperation,
  cancelBatchOperation,
  readBalanceOperation,
  openBalanceOperation,
  updateBalanceOperation,
  closeBalanceOperation,
  transferCreditOperation,
  listTransfersOperation,
  listRateDecksOperation,
  createRateDeckOperation,
  importRatesOperation,
  exportRatesOperation,
  deleteRateDeckOperation,
  assignRateDeckOperation,
  createForwardOperation,
  updateForwardOperation,
  deleteForwardOperation,
  assignCarrierDeckOperation,
  openCallSessionOperation,
  listCallSessionsOperation,
  readCallSessionOperation,
  confirmRouteOperation,
  alertCallSessionOperation,
  connectCallSessionOperation,
  endCallSessionOperation,
  changeSessionRecordOperation,
  listRatesOperation,
  readPriceOperation,
  listPackagesOperation,
  createPackageOperation,
  offerPackageOperation,
  buyPackageOperation,
  readHeldPackageOperation,
  listUsageOperation,
  createCarrierOperation,
  listCarriersOperation,
  listCarrierKindsOperation,
  readCarrierOperation,
  updateCarrierOperation,
  deleteCarrierOperation,
  createRouteOperation,
  listRoutesOperation,
  readRouteOperation,
  updateRouteOperation,
  deleteRouteOperation,
  listHandsetMessagesOperation,
  sendFromHandsetOperation,
  callFromHandsetOperation,
  listHandsetCallsOperation,
  steerHandsetCallOperation,
  readHandsetMessagesOperation,
  listConferencesOperation,
  readConferenceOperation,
  listConferenceMembersOperation,
  updateConferenceMemberOperation,
  placeCallOperation,
  listCallsOperation,
  callChangesOperation,
  deleteCallLogOperation,
  readCallOperation,
  readCallLegsOperation,
  callTimelineOperation,
  updateCallOperation,
  recordCallOperation,
  stopRecordingCallOperation,
  endCallOperation,
  interruptCallOperation,
  deleteCallOperation,
  ejectConferenceMemberOperation,
  endConferenceOperation,
  reserveConferenceOperation,
  listConferenceReservationsOperation,
  readConferenceReservationOperation,
  updateConferenceReservationOperation,
  cancelConferenceReservationOperation,
  endConferenceReservationOperation,
  createMaskingOperation,
  listMaskingsOperation,
  readMaskingOperation,
  updateMaskingOperation,
  endMaskingOperation,
  listRefersOperation,
  readReferOperation,
  listRecordingsOperation,
  readRecordingOperation,
  readRecordingContentOperation,
  deleteRecordingOperation,
  listEndpointsOperation,
  readEndpointOperation,
  createEndpointOperation,
  updateEndpointOperation,
  rotateEndpointOperation,
  revealEndpointSecretOperation,
  testEndpointOperation,
  fetchOffersOperation,
  deleteEndpointOperation,
  listDeliveriesOperation,
  readDeliveryOperation,
  replayDeliveryOperation,
  replayDeliveriesOperation,
  listEventsOperation,
  triggerEventOperation,
  readWebhookSecretOperation,
  exportPersonOperation,
  erasePersonOperation,
  readErasureOperation,
  listErasuresOperation,
  listAuditOperation,
  readRefusalOperation,
  listRefusalsOperation,
] as readonly Operation<any, any>[]
