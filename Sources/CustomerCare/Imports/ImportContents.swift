import Electricity

/// What tells a line with a bill from all others of its import.
struct ImportKey: Comparable, Sendable {
    let customerCode: CustomerCode
    let month: BillingMonth
    let periodNumber: Int64
    let revision: Int64

    static func < (one: ImportKey, other: ImportKey) -> Bool {
        if one.customerCode != other.customerCode { return one.customerCode < other.customerCode }
        if one.month != other.month { return one.month < other.month }
        if one.periodNumber != other.periodNumber { return one.periodNumber < other.periodNumber }
        return one.revision < other.revision
    }

    /// Whether both are of one bill.
    func isSameBill(as other: ImportKey) -> Bool {
        customerCode == other.customerCode && month == other.month
            && periodNumber == other.periodNumber
    }
}

/// What is noted of the lines of an import while they are read, so that nobody goes over them again
/// to find it out.
struct ImportContents: Sendable {
    /// The lines of one month, and VND of them.
    struct Month: Sendable {
        let month: BillingMonth
        /// The first of them.
        let line: Int64
        var rows: Int64 = 0
        var total: Int64 = 0
    }

    /// Months of one import.
    static let mostMonths = 1_000

    /// In the order in which they came.
    private(set) var months: [Month] = []
    private var isInOrder = true
    private var hasSameBill = false
    private var first: ImportKey?
    private var last: ImportKey?
    /// The month of the line before.
    private var index = 0
    /// The oldest of its revisions; nil when it has no line.
    private(set) var oldestRevision: Int64?

    /// Whether each line stands behind the one before: then none of them comes twice.
    var isAscending: Bool { isInOrder && last != nil }

    /// Whether each line is of another bill besides.
    var isOneEach: Bool { isAscending && !hasSameBill }

    /// Notes a line.
    mutating func note(_ key: ImportKey, amount: Int64, line: Int64) {
        select(key.month, line: line)
        months[index].rows += 1
        months[index].total += amount
        if let last { compare(last, key) }
        if first == nil { first = key }
        last = key
        oldestRevision = min(oldestRevision ?? key.revision, key.revision)
    }

    /// Takes up what was noted of the lines that follow; answers the first line of each month that
    /// is one too many, and is left out.
    mutating func add(_ next: ImportContents) -> [Int64] {
        var lines: [Int64] = []
        for month in next.months {
            select(month.month, line: month.line)
            months[index].rows += month.rows
            months[index].total += month.total
            guard months.count > ImportContents.mostMonths else { continue }
            months.removeLast()
            lines.append(month.line)
        }
        if let last, let first = next.first { compare(last, first) }
        isInOrder = isInOrder && next.isInOrder
        hasSameBill = hasSameBill || next.hasSameBill
        first = first ?? next.first
        last = next.last ?? last
        if let oldest = next.oldestRevision {
            oldestRevision = min(oldestRevision ?? oldest, oldest)
        }
        return lines
    }

    /// Holds a line against the one before.
    private mutating func compare(_ last: ImportKey, _ next: ImportKey) {
        if next <= last { isInOrder = false }
        if next.isSameBill(as: last) { hasSameBill = true }
    }

    /// Finds the place of a month, or makes it.
    private mutating func select(_ month: BillingMonth, line: Int64) {
        if index < months.count, months[index].month == month { return }
        index = months.firstIndex { $0.month == month } ?? months.count
        if index == months.count { months.append(Month(month: month, line: line)) }
    }
}
