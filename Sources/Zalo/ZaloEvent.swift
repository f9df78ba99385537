package import JSON

/// What happened at the Official Account, as Zalo tells it.
///
/// All ids are text: they do not fit into a JavaScript number. A member that is missing or strange
/// makes the event one of an unknown kind, never an error: Zalo adds kinds at any time.
package struct ZaloEvent: Sendable, Equatable {
    /// What happened.
    package enum Kind: Sendable, Equatable {
        /// Somebody follows the account, or no longer does.
        case followed(Bool)
        /// Somebody wrote; a tapped button of ours arrives as the text of its payload.
        case text(String)
        /// Somebody sent something that is no text: a picture, a place, a sticker.
        case otherContent
        /// Somebody gave the name and the number that we had asked for.
        case submittedInfo(name: String?, phone: String?)
        /// Messages of ours arrived, or were seen; a receipt of a template by phone names the
        /// tracking id that we had given it.
        case received(messageIds: [String], trackingId: String?, isSeen: Bool)
        /// Something that this service does nothing with.
        case other
    }

    /// `event_name`, at most 64 bytes.
    package let name: String
    /// The app that the event is told to.
    package let appId: String
    /// Milliseconds since 1970 in decimal digits, as signed.
    package let timestamp: String
    /// The person, as the Official Account knows it.
    package let officialAccountUserId: String?
    /// The person, as the app knows it.
    package let appUserId: String?
    /// Zalo's name of the message that somebody wrote; for every delivery the same.
    package let messageId: String?
    /// What happened, as far as this service cares.
    package let kind: Kind

    /// When it happened, in milliseconds since 1970; nil when that is no time.
    package var milliseconds: Int64? {
        timestamp.utf8.count <= 15 && timestamp.utf8.allSatisfy { (0x30...0x39).contains($0) }
            ? Int64(timestamp) : nil
    }

    /// Reads an event; nil when it has no name, no app or no time, which every event has.
    package init?(_ body: JSONValue) {
        guard let name = body.text("event_name"), name.utf8.count <= 64,
            let appId = body.reference("app_id"), let timestamp = body.reference("timestamp")
        else { return nil }
        self.name = name
        self.appId = appId
        self.timestamp = timestamp
        let isOurs = name.hasPrefix("oa_") || ZaloEvent.isReceipt(name)
        let person = body.member(isOurs ? "recipient" : "sender") ?? body.member("follower")
        officialAccountUserId = person?.reference("id") ?? body.reference("user_id")
        appUserId = body.reference("user_id_by_app")
        let message = body.member("message")
        messageId = message?.reference("msg_id")
        kind = ZaloEvent.kind(name, body, message)
    }

    /// The same for every delivery of one event: what was done once is not done again.
    package var key: String {
        let person = officialAccountUserId ?? "-"
        return "\(name)/\(person)/\(messageId ?? timestamp)"
    }

    private static func isReceipt(_ name: String) -> Bool {
        name == "user_received_message" || name == "user_seen_message"
    }

    private static func kind(
        _ name: String, _ body: JSONValue, _ message: JSONValue?
    ) -> Kind {
        switch name {
        case "follow": return .followed(true)
        case "unfollow": return .followed(false)
        case "user_send_text":
            guard let text = message?.text("text") else { return .otherContent }
            return .text(text)
        case "user_submit_info":
            let info = body.member("info")
            return .submittedInfo(name: info?.text("name"), phone: info?.reference("phone"))
        case _ where isReceipt(name):
            return .received(
                messageIds: messageIds(message), trackingId: message?.reference("tracking_id"),
                isSeen: name == "user_seen_message")
        case _ where name.hasPrefix("user_send_"): return .otherContent
        default: return .other
        }
    }

    /// One id, or a list of them; of a longer list than Zalo sends the first hundred.
    private static func messageIds(_ message: JSONValue?) -> [String] {
        if case .array(let items)? = message?.member("msg_ids") {
            return items.prefix(100).compactMap {
                if case .string(let id) = $0, (1...100).contains(id.utf8.count) { id } else { nil }
            }
        }
        return message?.reference("msg_id").map { [$0] } ?? []
    }
}
