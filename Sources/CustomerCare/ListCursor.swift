import Electricity
import JSON
import Postgres

/// Where a page of a list ends: a time that orders it, and the key of the last one.
struct ListCursor: Sendable {
    let instant: Instant
    let key: String

    init(instant: Instant, key: String) {
        self.instant = instant
        self.key = key
    }

    /// Reads what `text` gave; nil for anything else, or a key that cannot be read.
    init?(_ text: String, reading key: (String) -> String?) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let key = key(String(parts[1]))
        else { return nil }
        instant = Instant(microsecondsSince1970: microseconds)
        self.key = key
    }

    /// What callers hand back.
    var text: String { "\(instant.microsecondsSince1970)_\(key)" }
}

extension Arguments {
    /// The cursor in the query, if it is there; `key` gives what the list is ordered by, or nil.
    func queryCursor(reading key: (String) -> String?) throws(Problem) -> ListCursor? {
        guard let text = try queryText("cursor") else { return nil }
        guard let cursor = ListCursor(text, reading: key) else {
            throw Problem(parameter: "cursor", .wrongFormat)
        }
        return cursor
    }

    /// The same for a list of service requests.
    func queryRequestCursor() throws(Problem) -> ListCursor? {
        try queryCursor { TrackingCode(typed: $0)?.text }
    }

    /// The same for a list whose keys are ids.
    func queryIdCursor() throws(Problem) -> (cursor: ListCursor, id: UUID)? {
        var id: UUID?
        let cursor = try queryCursor {
            id = UUID($0)
            return id?.description
        }
        guard let cursor, let id else { return nil }
        return (cursor, id)
    }
}
