/// How far a payment has come, and which steps there are.
enum PaymentState: String, Sendable, CaseIterable {
    /// The user has something to pay with, or will have.
    case requiresAction = "requires_action"
    /// The provider says that the user is paying.
    case processing
    /// Money has come that does not fit; staff look at it.
    case pendingReconciliation = "pending_reconciliation"
    /// The money is there and settled.
    case succeeded
    /// It came to nothing: cancelled, refused.
    case failed
    /// Nobody paid in time.
    case expired

    /// Whether the payment claims its bills.
    var isLive: Bool {
        switch self {
        case .requiresAction, .processing: true
        // The claim is kept while staff look at it, so that nobody pays a second time.
        case .pendingReconciliation: true
        case .succeeded, .failed, .expired: false
        }
    }

    /// The states that may follow.
    ///
    /// Staff end a payment whose wrong amount they have given back or kept as credit. Money that
    /// comes late is kept: it leads out of `failed` and `expired`, so that the end does
    /// not depend on the order in which a provider's words arrive.
    var next: [PaymentState] {
        switch self {
        case .requiresAction: [.processing, .pendingReconciliation, .succeeded, .failed, .expired]
        case .processing: [.pendingReconciliation, .succeeded, .failed, .expired]
        case .pendingReconciliation: [.succeeded, .failed]
        case .failed, .expired: [.pendingReconciliation, .succeeded]
        case .succeeded: []
        }
    }
}

/// Why a payment failed.
enum PaymentFailure: String, Sendable, CaseIterable {
    /// The account took it back.
    case cancelled
    /// The provider did not take the order.
    case providerRefused = "provider_refused"
    /// The provider says that it was not paid.
    case providerFailed = "provider_failed"
    /// Another amount had come; staff gave it back or kept it as credit.
    case resolvedByStaff = "resolved_by_staff"
}
