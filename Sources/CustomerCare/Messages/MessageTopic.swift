/// What a message to a person is about; each has a template of that name.
enum MessageTopic: String, Sendable, CaseIterable {
    /// A code was registered.
    case welcome
    /// A service request has come a step further.
    case requestProgress = "request_progress"
    /// The same for the report that the power is out.
    case outageReport = "outage_report"
    case paymentReceipt = "payment_receipt"
    /// The answer to what somebody wrote to the page.
    case chat

    /// Whether it is sent at night as well: it answers what somebody does just then.
    var isUrgent: Bool {
        switch self {
        case .chat, .outageReport, .paymentReceipt: true
        case .welcome, .requestProgress: false
        }
    }

    /// Whether it is kept for the account to look at, with a code that proves it genuine: a
    /// conversation is not.
    var isKept: Bool { self != .chat }

    /// Its number in the codes of messages; never changed, never given to another.
    var number: Int {
        switch self {
        case .welcome: 1
        case .requestProgress: 2
        case .outageReport: 3
        case .paymentReceipt: 4
        case .chat: 31
        }
    }
}
