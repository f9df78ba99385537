import Electricity
import Zalo

/// The way a message goes to a person.
enum MessageChannel: String, Sendable {
    /// A text to somebody who has written lately; free for 48 hours.
    case consultation
    /// An approved template to somebody who follows the page.
    case templateByUser = "template_by_user"
    /// An approved template to a phone number that the person has given.
    case templateByPhone = "template_by_phone"

    /// Seconds after the last word of a person in which a text costs nothing, and in which it is
    /// taken at all (facts: 48 hours, 7 days).
    private static let freeSeconds: Int64 = 172_800
    private static let openSeconds: Int64 = 604_800

    /// The ways to try, in order: the cheapest that leads there first.
    ///
    /// An answer to what somebody wrote is a text or nothing. Everything else is a text while it is
    /// free, then a template by user, then a text that costs, then a template by phone.
    static func ways(
        of topic: MessageTopic, to contact: ZaloContact?, by template: ZaloSettings.Template?,
        at now: Instant
    ) -> [MessageChannel] {
        guard let contact else { return [] }
        let isReachable = contact.officialAccountUserId != nil
        let since = contact.lastInteractionAt.map {
            now.secondsSince1970 - $0.secondsSince1970
        }
        let isFree = isReachable && (since ?? .max) <= freeSeconds
        let isOpen = isReachable && (since ?? .max) <= openSeconds
        if topic == .chat { return isOpen ? [.consultation] : [] }
        var ways: [MessageChannel] = isFree ? [.consultation] : []
        if let template, template.isByUser, isReachable, contact.followState != .unfollowed {
            ways.append(.templateByUser)
        }
        if isOpen, !isFree { ways.append(.consultation) }
        if let template, template.isByPhone, contact.sealedPhone != nil {
            ways.append(.templateByPhone)
        }
        return ways
    }
}
