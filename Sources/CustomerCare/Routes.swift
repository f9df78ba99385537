/// The table of contents of the product: every operation, one line each.
enum Routes {
    static let all: [any Endpoint.Type] = [
        // Accounts: a person's Zalo identity.
        PutAccount.self,
        GetAccount.self,
        DeleteAccount.self,
        ExportAccount.self,
        ListDataReads.self,

        // Subscriptions: an account follows a customer code.
        AddSubscriptions.self,
        ListSubscriptions.self,
        GetSubscription.self,
        UpdateSubscription.self,
        RemoveSubscription.self,
        VerifySubscription.self,

        // Calendars: a secret address for each subscription.
        PutCalendar.self,
        DeleteCalendar.self,
        GetCalendar.self,

        // Look-ups of a followed code.
        GetCustomer.self,
        ListBills.self,
        GetCurrentBill.self,
        GetBill.self,
        GetBillExplanation.self,
        GetBillFlags.self,
        GetCurrentReactiveBill.self,
        GetReactiveBill.self,
        GetConsumption.self,
        GetForecast.self,
        ListOutages.self,
        GetReadingSchedule.self,
        GetReadings.self,
        GetDebts.self,
        GetAccountDebts.self,

        // Who else follows a code, for its holder.
        ListFollowers.self,
        RemoveFollower.self,

        // Messages: what people write to the page, and what they are sent.
        AnswerMessage.self,
        ListNotifications.self,
        ReadNotification.self,
        VerifyMessage.self,
        ReceiveZaloEvent.self,
        GetZaloDomainProof.self,

        // Payments of bills, and what their providers call.
        CreatePayment.self,
        ListPayments.self,
        GetPayment.self,
        CancelPayment.self,
        ReceivePaymentCallback.self,
        ReceivePaymentNotice.self,

        // Services: a catalogue for everybody, and requests of accounts.
        ListServices.self,
        GetService.self,
        CreateServiceRequest.self,
        ListServiceRequests.self,
        GetServiceRequest.self,
        AddServiceRequestAttachment.self,
        AnswerServiceRequest.self,
        CancelServiceRequest.self,
        ReopenServiceRequest.self,
        RateServiceRequest.self,

        // Staff: the queue of requests, incidents, money that fits nothing, outages, messages.
        ListStaffServiceRequests.self,
        GetStaffServiceRequest.self,
        GetServiceRequestAttachment.self,
        TransitionServiceRequest.self,
        ListOutageIncidents.self,
        CompleteOutageIncident.self,
        ListPaymentTasks.self,
        ResolvePaymentTask.self,
        ListStaffOutages.self,
        CreateStaffOutage.self,
        GetStaffOutage.self,
        ChangeStaffOutage.self,
        PublishStaffOutage.self,
        CancelStaffOutage.self,
        RestoreStaffOutage.self,
        ListDeadLetters.self,
        ReplayDeadLetters.self,
        ListMessageTemplates.self,
        PreviewMessage.self,
        ProposeMessageText.self,
        SearchCustomers.self,
        ListBillingGaps.self,
        ListStaffImports.self,
        ApproveImport.self,

        // Auditors: what staff did and read, and who read about a code.
        ListStaffActions.self,
        ListAuditEvents.self,

        // Data in.
        CreateImport.self,
        PutImportContent.self,
        GetImport.self,
        CommitImport.self,
        RollBackImport.self,

        // What partners' systems are told.
        PutWebhook.self,
        ListWebhooks.self,
        DeleteWebhook.self,
        RotateWebhookSecret.self,
        ListWebhookDeliveries.self,
        ReplayWebhookDeliveries.self,

        // Tariffs, for everybody.
        GetTariff.self,
        CalculateTariff.self,

        // Support, for everybody.
        ListGuides.self,
        GetGuide.self,
        ListHotlines.self,

        // Reference, for everybody.
        GetOpenAPI.self,
        GetProblemPage.self,
    ]
}
