/// How far a service request has come (tiến độ: tiếp nhận, đang xử lý, hoàn tất).
enum ServiceRequestState: String, Sendable, CaseIterable {
    /// Tiếp nhận.
    case received
    /// Đang xử lý.
    case processing
    /// Staff wait for something that the customer must do.
    case awaitingCustomer = "awaiting_customer"
    /// Hoàn tất.
    case completed
    /// Refused, with a reason.
    case rejected
    /// Taken back.
    case cancelled

    /// As people are told it.
    var name: Wording {
        switch self {
        case .received: Wording("đã tiếp nhận", "received")
        case .processing: Wording("đang xử lý", "being processed")
        case .awaitingCustomer: Wording("đang chờ quý khách trả lời", "waiting for your answer")
        case .completed: Wording("đã hoàn tất", "completed")
        case .rejected: Wording("không được chấp nhận", "rejected")
        case .cancelled: Wording("đã hủy", "cancelled")
        }
    }

    /// Whether something is still to be done.
    var isOpen: Bool {
        switch self {
        case .received, .processing, .awaitingCustomer: true
        case .completed, .rejected, .cancelled: false
        }
    }

    /// The states to which staff may take a request.
    var nextByStaff: [ServiceRequestState] {
        switch self {
        case .received: [.processing, .rejected, .cancelled]
        case .processing: [.completed, .awaitingCustomer, .rejected, .cancelled]
        case .awaitingCustomer: [.processing, .rejected, .cancelled]
        case .completed, .rejected, .cancelled: []
        }
    }

    /// The states to which the account itself may take it: it takes back what is open, and asks
    /// for more of what was completed too early.
    var nextByAccount: [ServiceRequestState] {
        switch self {
        case .received, .processing: [.cancelled]
        // By an answer.
        case .awaitingCustomer: [.processing, .cancelled]
        case .completed: [.processing]
        case .rejected, .cancelled: []
        }
    }

    /// What comes next when all goes well; nil at the end.
    var nextStep: String? {
        switch self {
        case .received: "processing"
        case .processing: "completed"
        case .awaitingCustomer: "answer"
        case .completed, .rejected, .cancelled: nil
        }
    }
}

/// Who takes a step.
enum ServiceRequestActor: String, Sendable {
    case account
    case staff
    /// Nobody: the outage that was reported is over.
    case system
}
