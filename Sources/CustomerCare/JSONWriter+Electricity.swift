import Electricity
import JSON

/// Days, months and instants as members, written without a `String` between.
extension JSONWriter {
    /// Writes a day, `YYYY-MM-DD`.
    mutating func field(_ key: String, _ day: LocalDate) {
        asciiField(key) { day.append(to: &$0) }
    }

    /// Writes a day or `null`.
    mutating func field(_ key: String, _ day: LocalDate?) {
        if let day { field(key, day) } else { nullField(key) }
    }

    /// Writes a month, `YYYY-MM`.
    mutating func field(_ key: String, _ month: BillingMonth) {
        asciiField(key) { month.append(to: &$0) }
    }

    /// Writes an instant, RFC 3339 in Vietnam's zone.
    mutating func field(_ key: String, _ instant: Instant) {
        asciiField(key) { instant.append(to: &$0) }
    }

    /// Writes an instant or `null`.
    mutating func field(_ key: String, _ instant: Instant?) {
        if let instant { field(key, instant) } else { nullField(key) }
    }
}
