import Electricity
import JSON
import Postgres

/// Where a page of notifications ends: a time that orders them, and the id of the last one.
struct NotificationCursor: Sendable {
    let instant: Instant
    let message: UUID

    init(instant: Instant, message: UUID) {
        self.instant = instant
        self.message = message
    }

    /// Reads what `text` gave; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0]),
            let message = UUID(String(parts[1]))
        else { return nil }
        instant = Instant(microsecondsSince1970: microseconds)
        self.message = message
    }

    /// What callers hand back.
    var text: String { "\(instant.microsecondsSince1970)_\(message)" }
}

extension Arguments {
    /// The cursor in the query, if it is there.
    func queryNotificationCursor() throws(Problem) -> NotificationCursor? {
        guard let text = try queryText("cursor") else { return nil }
        guard let cursor = NotificationCursor(text) else {
            throw Problem(parameter: "cursor", .wrongFormat)
        }
        return cursor
    }
}
