import Electricity
import JSON

/// How many days before an outage people must be told of it, by law: data with dates.
struct OutageNotice: Sendable {
    static let assetName = "outages/notice.json"

    /// A rule and from when it holds.
    struct Rule: Sendable {
        let from: LocalDate
        let days: Int64
        let document: String
    }

    /// The newest first.
    private let rules: [Rule]

    /// Reads the asset; throws when it is malformed.
    init(_ asset: [UInt8]) throws(GuideBook.Fault) {
        guard case .array(let items)? = JSONValue.object(asset)?.member("rules") else {
            throw GuideBook.Fault(asset: OutageNotice.assetName)
        }
        let rules = items.compactMap { item -> Rule? in
            guard let from = item.text("from").flatMap({ LocalDate($0) }),
                let days = item.wholeNumber("days"), let document = item.text("document")
            else { return nil }
            return Rule(from: from, days: days, document: document)
        }
        guard rules.count == items.count, !rules.isEmpty else {
            throw GuideBook.Fault(asset: OutageNotice.assetName)
        }
        self.rules = rules.sorted { $0.from > $1.from }
    }

    /// The rule of a day; nil before the first.
    func rule(on day: LocalDate) -> Rule? { rules.first { $0.from <= day } }

    /// Whether planned work that begins at an instant is told too late at another.
    func isShort(start: Instant, toldAt now: Instant) -> Bool {
        guard let rule = rule(on: LocalDate(of: start)) else { return false }
        return start < now.advanced(bySeconds: rule.days * 86_400)
    }
}
