import Postgres

@testable import CustomerCare

/// A statement of the service and who runs it.
struct ListedStatement: Sendable {
    /// Whose rights a statement is run with.
    enum Runner: Sendable {
        /// The service's own role.
        case service
        /// The owner of the schema: migrations, administration of clients, demo data.
        case owner
    }

    let text: StatementText
    let columns: [String]
    let runner: Runner

    init<Answer: Row>(_ statement: Statement<Answer>, by runner: Runner = .service) {
        text = statement.text
        columns = statement.columns
        self.runner = runner
    }

    var name: String { "\(text.name)" }

    /// The SQL as it stands in the source.
    var sql: String { "\(text.sql)" }

    /// The SQL without its comments, in lower case, on one line.
    var code: String {
        let lines = sql.split(separator: "\n").map { (line: Substring) -> Substring in
            line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line
        }
        let words = lines.flatMap { line in line.split(separator: " ") }
        return words.map { $0.lowercased() }.joined(separator: " ")
    }

    /// Whether PostgreSQL can prepare it: COPY and TRUNCATE it cannot.
    var isPreparable: Bool { !code.hasPrefix("copy ") && !code.hasPrefix("truncate ") }

    /// The table and the columns of a `copy table (column, …)`; nil for anything else.
    var copied: (table: String, columns: [String])? {
        guard let match = code.wholeMatch(of: /copy (\w+) \(([^)]*)\) .*/) else { return nil }
        let columns = match.2.split(separator: ",").map {
            String($0.drop { $0 == " " })
        }
        return (String(match.1), columns)
    }
}

/// Every statement of module CustomerCare; `StatementTests` finds what is missing here.
enum Statements {
    static let all =
        calling + accounts + subscriptions + lookUps + payments + services + messages + imports
        + dataSubjects + owner

    /// Around the operations: authentication, writes, audit, jobs.
    private static let calling: [ListedStatement] = [
        ListedStatement(ClientRegistry.statement),
        ListedStatement(TariffStatements.newest),
        ListedStatement(Context.useNonceStatement),
        ListedStatement(ReadAudit.insert),
        ListedStatement(StoredAnswer.begin),
        ListedStatement(StoredAnswer.forget),
        ListedStatement(StoredAnswer.store),
        ListedStatement(StoredAnswer.replace),
        ListedStatement(ExpirySweep.nonces),
        ListedStatement(ExpirySweep.answers),
        ListedStatement(ExpirySweep.subscriptions),
        ListedStatement(ExpirySweep.followerAttempts),
        ListedStatement(ExpirySweep.customerAttempts),
        ListedStatement(ExpirySweep.accountAttempts),
        ListedStatement(LoopPart.probe),
        ListedStatement(PartitionKeeper.keep),
    ]

    private static let accounts: [ListedStatement] = [
        ListedStatement(LockedAccount.statement),
        ListedStatement(PutAccount.claim),
        ListedStatement(PutAccount.find),
        ListedStatement(PutAccount.statement),
        ListedStatement(GetAccount.statement),
        ListedStatement(DeleteAccount.releaseZaloUser),
        ListedStatement(DeleteAccount.forgetContact),
        ListedStatement(DeleteAccount.removeNotifications),
        ListedStatement(DeleteAccount.unfollow),
        ListedStatement(DeleteAccount.removeSubscriptions),
        ListedStatement(DeleteAccount.removeStoredAnswers),
        ListedStatement(DeleteAccount.statement),
    ]

    private static let subscriptions: [ListedStatement] = [
        ListedStatement(AddSubscriptions.expire),
        ListedStatement(AddSubscriptions.live),
        ListedStatement(AddSubscriptions.statement),
        ListedStatement(ListSubscriptions.statement),
        ListedStatement(GetSubscription.statement),
        ListedStatement(UpdateSubscription.statement),
        ListedStatement(UpdateSubscription.mute),
        ListedStatement(VerifySubscription.warnFollowers),
        ListedStatement(RemoveSubscription.statement),
        ListedStatement(RemoveSubscription.unfollow),
        ListedStatement(Attempts.statement),
        ListedStatement(VerifySubscription.find),
        ListedStatement(VerifySubscription.evidence),
        ListedStatement(VerifySubscription.statement),
        ListedStatement(VerifySubscription.follow),
        ListedStatement(AttemptCounter.countFollower),
        ListedStatement(AttemptCounter.countCustomer),
        ListedStatement(AttemptCounter.countAccount),
        ListedStatement(AttemptCounter.lockedFollower),
        ListedStatement(AttemptCounter.lockedCustomer),
        ListedStatement(AttemptCounter.lockedAccount),
        ListedStatement(AttemptCounter.forgiveFollower),
        ListedStatement(AttemptCounter.forgiveCustomer),
        ListedStatement(AttemptCounter.forgiveAccount),
    ]

    /// Zalo: events in, messages out.
    private static let messages: [ListedStatement] = [
        ListedStatement(OutgoingMessage.insert),
        ListedStatement(ReceiveZaloEvent.insert),
        ListedStatement(ZaloEventWork.due),
        ListedStatement(ZaloEventWork.claim),
        ListedStatement(ZaloEventWork.postpone),
        ListedStatement(ZaloEventWork.finish),
        ListedStatement(ZaloEventWork.messages),
        ListedStatement(ZaloContact.noteStatement),
        ListedStatement(ZaloContact.find),
        ListedStatement(ZaloContact.owner),
        ListedStatement(ZaloContact.follow),
        ListedStatement(ZaloGateway.reserve),
        ListedStatement(Lease.take),
        ListedStatement(Lease.extend),
        ListedStatement(Lease.release),
        ListedStatement(Announcement.insert),
        ListedStatement(Announcer.next),
        ListedStatement(Announcer.advance),
        ListedStatement(Announcer.end),
        ListedStatement(Announcer.followerRange),
        ListedStatement(Announcer.outageRange),
        ListedStatement(Announcer.readingRange),
        ListedStatement(Announcer.tellOutage),
        ListedStatement(Announcer.tellReadingDay),
        ListedStatement(Announcer.tellBills),
        ListedStatement(Announcer.tellDebts),
        ListedStatement(OutageAnnouncements.changed),
        ListedStatement(OutageAnnouncements.remember),
        ListedStatement(OutageAnnouncements.upcoming),
        ListedStatement(OutageAnnouncements.remind),
        ListedStatement(ZaloGateway.find),
        ListedStatement(ZaloGateway.replace),
        ListedStatement(ZaloGateway.noteFault),
        ListedStatement(MessageSender.slots),
        ListedStatement(MessageSender.claim),
        ListedStatement(MessageSender.claimRest),
        ListedStatement(MessageTemplates.approved),
        ListedStatement(MessageTemplates.proposals),
        ListedStatement(StaffOutage.find),
        ListedStatement(StaffOutage.lock),
        ListedStatement(StaffOutage.reach),
        ListedStatement(StaffOutage.propose),
        ListedStatement(StaffOutage.settle),
        ListedStatement(StaffOutage.insertScopes),
        ListedStatement(StaffOutage.clearScopes),
        ListedStatement(StaffOutage.endScopes),
        ListedStatement(CreateStaffOutage.insert),
        ListedStatement(ListStaffOutages.statement),
        ListedStatement(ChangeStaffOutage.statement),
        ListedStatement(PublishStaffOutage.statement),
        ListedStatement(CancelStaffOutage.statement),
        ListedStatement(RestoreStaffOutage.statement),
        ListedStatement(ListDeadLetters.statement),
        ListedStatement(ReplayDeadLetters.statement),
        ListedStatement(ProposeMessageText.propose),
        ListedStatement(ProposeMessageText.lock),
        ListedStatement(ProposeMessageText.replace),
        ListedStatement(ProposeMessageText.approve),
        ListedStatement(ProposeMessageText.settle),
        ListedStatement(MessageSender.account),
        ListedStatement(MessageSender.owing),
        ListedStatement(MessageSender.remove),
        ListedStatement(MessageSender.bury),
        ListedStatement(MessageSender.postponeStatement),
        ListedStatement(MessageSender.keepId),
        ListedStatement(Notification.insert),
        ListedStatement(Notification.receive),
        ListedStatement(ListNotifications.statement),
        ListedStatement(ReadNotification.statement),
        ListedStatement(ExpirySweep.messages),
        ListedStatement(ExpirySweep.announcements),
        ListedStatement(ExpirySweep.deliveries),
        ListedStatement(WebhookEvent.insert),
        ListedStatement(PutWebhook.change),
        ListedStatement(PutWebhook.insert),
        ListedStatement(ListWebhooks.statement),
        ListedStatement(DeleteWebhook.statement),
        ListedStatement(DeleteWebhook.deliveries),
        ListedStatement(RotateWebhookSecret.statement),
        ListedStatement(ListWebhookDeliveries.statement),
        ListedStatement(ReplayWebhookDeliveries.statement),
        ListedStatement(WebhookSender.due),
        ListedStatement(WebhookSender.noteAttempt),
        ListedStatement(WebhookSender.disable),
        ListedStatement(ExpirySweep.deadMessages),
        ListedStatement(ExpirySweep.events),
        ListedStatement(ExpirySweep.messageIds),
        ListedStatement(ZaloTokenRenewal.statement, by: .owner),
    ]

    private static let dataSubjects: [ListedStatement] = [
        ListedStatement(SearchCustomers.statement),
        ListedStatement(SearchCustomers.recent),
        ListedStatement(ListBillingGaps.statement),
        ListedStatement(ListStaffActions.statement),
        ListedStatement(ListAuditEvents.statement),
        ListedStatement(ListFollowers.own),
        ListedStatement(ListFollowers.statement),
        ListedStatement(RemoveFollower.find),
        ListedStatement(ListDataReads.subjects),
        ListedStatement(ListDataReads.statement),
        ListedStatement(PutAccount.noteConsent),
        ListedStatement(ExportAccount.recent),
        ListedStatement(ExportAccount.contact),
        ListedStatement(ExportAccount.consents),
        ListedStatement(ExportAccount.forms),
        ListedStatement(ExportAccount.history),
    ]

    private static let lookUps: [ListedStatement] = [
        ListedStatement(GetCustomer.statement),
        ListedStatement(ListBills.statement),
        ListedStatement(BillOfMonth.statement),
        ListedStatement(GetCurrentBill.statement),
        ListedStatement(GetBillExplanation.statement),
        ListedStatement(ReactiveBillOfMonth.statement),
        ListedStatement(GetConsumption.statement),
        ListedStatement(GetForecast.statement),
        ListedStatement(GetBillFlags.statement),
        ListedStatement(ListOutages.statement),
        ListedStatement(GetReadingSchedule.statement),
        ListedStatement(GetReadings.statement),
        ListedStatement(Chat.statement),
        ListedStatement(PutCalendar.find),
        ListedStatement(PutCalendar.statement),
        ListedStatement(DeleteCalendar.statement),
        ListedStatement(DeleteAccount.removeCalendars),
        ListedStatement(GetCalendar.statement),
        ListedStatement(GetCalendar.dueDates),
        ListedStatement(GetDebts.statement),
        ListedStatement(GetAccountDebts.codes),
        ListedStatement(GetAccountDebts.statement),
    ]

    private static let payments: [ListedStatement] = [
        ListedStatement(LockedPayment.statement),
        ListedStatement(PaymentSteps.update),
        ListedStatement(PaymentSteps.event),
        ListedStatement(Ledger.insert),
        ListedStatement(ClaimedBills.lock),
        ListedStatement(ClaimedBills.balances),
        ListedStatement(ClaimedBills.allocations),
        ListedStatement(ClaimedBills.credit),
        ListedStatement(PaymentSettlement.order),
        ListedStatement(PaymentSettlement.receive),
        ListedStatement(PaymentSettlement.task),
        ListedStatement(PaymentWatch.due),
        ListedStatement(PaymentWatch.claim),
        ListedStatement(PaymentWatch.postpone),
        ListedStatement(PaymentWatch.orders),
        ListedStatement(Payment.statement),
        ListedStatement(ListPayments.account),
        ListedStatement(ListPayments.statement),
        ListedStatement(ProviderWord.keepOrder),
        ListedStatement(PayableBill.lock),
        ListedStatement(PayableBill.allocate),
        ListedStatement(PayableBill.announce),
        ListedStatement(CreatePayment.statement),
        ListedStatement(CreatePayment.order),
        ListedStatement(CreatePayment.reorder),
        ListedStatement(CreatePayment.keepAction),
        ListedStatement(ListPaymentTasks.statement),
        ListedStatement(Refund.insert),
        ListedStatement(Refund.due),
        ListedStatement(Refund.claim),
        ListedStatement(Refund.note),
        ListedStatement(ResolvePaymentTask.find),
        ListedStatement(ResolvePaymentTask.customer),
        ListedStatement(ResolvePaymentTask.insert),
        ListedStatement(ResolvePaymentTask.lock),
        ListedStatement(ResolvePaymentTask.replace),
        ListedStatement(ResolvePaymentTask.confirm),
        ListedStatement(ResolvePaymentTask.finish),
        ListedStatement(BillCorrection.lock, by: .owner),
        ListedStatement(BillCorrection.insert, by: .owner),
        ListedStatement(BillCorrection.balance, by: .owner),
        ListedStatement(SettlementImport.booked, by: .owner),
    ]

    private static let services: [ListedStatement] = [
        ListedStatement(ServiceRequest.statement),
        ListedStatement(ServiceRequest.history),
        ListedStatement(LockedServiceRequest.lockOne),
        ListedStatement(LockedServiceRequest.change),
        ListedStatement(LockedServiceRequest.text),
        ListedStatement(ServiceRequestAttachment.list),
        ListedStatement(ServiceRequestAttachment.same),
        ListedStatement(ServiceRequestAttachment.one),
        ListedStatement(ServiceRequestAttachment.insert),
        ListedStatement(AttachmentSweep.known),
        ListedStatement(ServiceRequestErasure.forgetTexts),
        ListedStatement(ServiceRequestErasure.forgetAttachments),
        ListedStatement(LockedServiceRequest.event),
        ListedStatement(OutageReportWatch.due),
        ListedStatement(OutageReport.claim),
        ListedStatement(OutageReport.earlier),
        ListedStatement(OutageReport.place),
        ListedStatement(OutageReport.join),
        ListedStatement(OutageReport.joinCode),
        ListedStatement(OutageReport.count),
        ListedStatement(CreateServiceRequest.followed),
        ListedStatement(CreateServiceRequest.unit),
        ListedStatement(CreateServiceRequest.insert),
        ListedStatement(RateServiceRequest.statement),
        ListedStatement(ListServiceRequests.statement),
        ListedStatement(ServiceRequestErasure.lock),
        ListedStatement(ServiceRequestErasure.note),
        ListedStatement(ServiceRequestErasure.cancel),
        ListedStatement(ServiceRequestErasure.forget),
        ListedStatement(Context.staffAction),
        ListedStatement(ListStaffServiceRequests.statement),
        ListedStatement(StaffServiceRequest.statement),
        ListedStatement(StaffServiceRequest.history),
        ListedStatement(TransitionServiceRequest.lock),
        ListedStatement(ListOutageIncidents.statement),
        ListedStatement(CompleteOutageIncident.lock),
        ListedStatement(CompleteOutageIncident.propose),
        ListedStatement(CompleteOutageIncident.lockReports),
        ListedStatement(CompleteOutageIncident.noteTakenUp),
        ListedStatement(CompleteOutageIncident.takeUp),
        ListedStatement(CompleteOutageIncident.noteCompleted),
        ListedStatement(CompleteOutageIncident.complete),
        ListedStatement(CompleteOutageIncident.tell),
        ListedStatement(CompleteOutageIncident.end),
    ]

    private static let owner: [ListedStatement] = [
        ListedStatement(Schema.lockStatement, by: .owner),
        ListedStatement(Schema.partitionStatement, by: .owner),
        ListedStatement(ClientStatements.insertClient, by: .owner),
        ListedStatement(ClientStatements.insertSecret, by: .owner),
        ListedStatement(ClientStatements.lock, by: .owner),
        ListedStatement(ClientStatements.liveSecrets, by: .owner),
        ListedStatement(ClientStatements.sealedSecrets, by: .owner),
        ListedStatement(ClientStatements.expireSecrets, by: .owner),
        ListedStatement(ClientStatements.deleteExpired, by: .owner),
        ListedStatement(ClientStatements.deleteSecrets, by: .owner),
        ListedStatement(ClientStatements.revoke, by: .owner),
        ListedStatement(ClientStatements.list, by: .owner),
        ListedStatement(TariffStatements.insert, by: .owner),
        ListedStatement(TariffStatements.tariffs, by: .owner),
        ListedStatement(TariffStatements.prices, by: .owner),
        ListedStatement(TariffStatements.vatRates, by: .owner),
        ListedStatement(TariffStatements.reactiveTables, by: .owner),
        ListedStatement(DemoStatements.lock, by: .owner),
        ListedStatement(DemoStatements.known, by: .owner),
        ListedStatement(DemoStatements.units, by: .owner),
        ListedStatement(DemoStatements.clearBills, by: .owner),
        ListedStatement(DemoStatements.clearCustomers, by: .owner),
        ListedStatement(DemoStatements.customers, by: .owner),
        ListedStatement(DemoStatements.bills, by: .owner),
        ListedStatement(DemoStatements.balances, by: .owner),
        ListedStatement(DemoNetworkStatements.clear, by: .owner),
        ListedStatement(DemoNetworkStatements.links, by: .owner),
        ListedStatement(DemoNetworkStatements.outages, by: .owner),
        ListedStatement(DemoNetworkStatements.scopes, by: .owner),
        ListedStatement(DemoNetworkStatements.horizons, by: .owner),
        ListedStatement(DemoNetworkStatements.schedules, by: .owner),
    ]
}
