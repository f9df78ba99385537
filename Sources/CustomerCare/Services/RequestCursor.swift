import Electricity
import JSON

/// Where a page of service requests ends: a time that orders them, and the code of the last one.
struct RequestCursor: Sendable {
    let instant: Instant
    let trackingCode: String

    init(instant: Instant, trackingCode: String) {
        self.instant = instant
        self.trackingCode = trackingCode
    }

    /// Reads what `text` gave; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0]),
            let code = TrackingCode(typed: String(parts[1]))
        else { return nil }
        instant = Instant(microsecondsSince1970: microseconds)
        trackingCode = code.text
    }

    /// What callers hand back.
    var text: String { "\(instant.microsecondsSince1970)_\(trackingCode)" }
}

extension Arguments {
    /// The cursor in the query, if it is there.
    func queryRequestCursor() throws(Problem) -> RequestCursor? {
        guard let text = try queryText("cursor") else { return nil }
        guard let cursor = RequestCursor(text) else {
            throw Problem(parameter: "cursor", .wrongFormat)
        }
        return cursor
    }
}
