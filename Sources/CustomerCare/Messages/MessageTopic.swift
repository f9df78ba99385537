import Electricity

/// What a message to a person is about; each has a template of that name.
enum MessageTopic: String, Sendable, CaseIterable {
    /// A code was registered.
    case welcome
    /// A service request has come a step further.
    case requestProgress = "request_progress"
    /// The same for the report that the power is out.
    case outageReport = "outage_report"
    case paymentReceipt = "payment_receipt"
    case billIssued = "bill_issued"
    /// A bill was adjusted or cancelled.
    case billCorrected = "bill_corrected"
    case debtReminder = "debt_reminder"
    case outagePublished = "outage_published"
    case outageChanged = "outage_changed"
    case outageCancelled = "outage_cancelled"
    /// The day before an outage that was announced earlier.
    case outageReminder = "outage_reminder"
    case outageRestored = "outage_restored"
    /// The day before a meter is read.
    case readingDay = "reading_day"
    /// Somebody has tried to verify a code, again and again, and did not know it.
    case verificationWarning = "verification_warning"
    /// The contract of a code has another holder: it must be verified again.
    case holderChanged = "holder_changed"
    /// The answer to what somebody wrote to the page.
    case chat

    /// What is sent at night as well unless the settings say otherwise: it answers what somebody
    /// does just then.
    static let ofTheNight: Set<MessageTopic> = [.chat, .outageReport, .paymentReceipt]

    /// What comes by itself, and so may be unwanted: people choose it for each of their codes, and
    /// get no more than `dailyLimit` of it a day.
    static let chosen: [MessageTopic] = [
        .billIssued, .billCorrected, .debtReminder, .outagePublished, .outageChanged,
        .outageCancelled, .outageReminder, .outageRestored, .readingDay,
    ]

    /// How many messages of chosen topics an account gets in a day; the rest waits for the next.
    static let dailyLimit: Int64 = 15

    var isChosen: Bool { MessageTopic.chosen.contains(self) }

    /// Whether one message tells all codes of an account that it concerns.
    ///
    /// It says the same of each; a bill does not.
    var joinsCodes: Bool {
        switch self {
        case .outagePublished, .outageChanged, .outageCancelled, .outageReminder,
            .outageRestored, .readingDay:
            true
        default: false
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
        case .billIssued: 5
        case .billCorrected: 6
        case .debtReminder: 7
        case .outagePublished: 8
        case .outageChanged: 9
        case .outageCancelled: 10
        case .outageReminder: 11
        case .outageRestored: 12
        case .readingDay: 13
        case .verificationWarning: 14
        case .holderChanged: 15
        case .chat: 31
        }
    }
}

/// The night, in which nobody is woken: from 22:00 to 06:00 in Vietnam.
enum QuietHours {
    private static let beginHour: Int64 = 22
    private static let endHour: Int64 = 6

    /// The instant itself by day; at night the first minute after it, six o'clock.
    static func end(of now: Instant) -> Instant {
        let today = LocalDate(of: now)
        let second = now.secondsSince1970 - today.start.secondsSince1970
        if second < endHour * 3_600 { return today.start.advanced(bySeconds: endHour * 3_600) }
        if second < beginHour * 3_600 { return now }
        return today.start.advanced(bySeconds: 86_400 + endHour * 3_600)
    }
}
