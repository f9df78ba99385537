import Electricity

/// What tells a line from all others of its import.
struct ImportKey: Comparable, Sendable {
    let customerCode: CustomerCode
    let month: BillingMonth
    /// What else does: of a bill, its period and its revision.
    let number: Int64

    static func < (one: ImportKey, other: ImportKey) -> Bool {
        if one.customerCode != other.customerCode { return one.customerCode < other.customerCode }
        if one.month != other.month { return one.month < other.month }
        return one.number < other.number
    }
}

/// What is noted of the lines of an import while they are read, so that nobody goes over them again
/// to find it out.
struct ImportContents: Sendable {
    /// The lines of one month, and VND of them.
    struct Month: Sendable {
        let month: BillingMonth
        var rows: Int64 = 0
        var total: Int64 = 0
    }

    /// Months of one import.
    private static let mostMonths = 1_000

    /// In the order in which they came.
    private(set) var months: [Month] = []
    private var isInOrder = true
    private var last: ImportKey?
    /// The month of the line before.
    private var index = 0

    /// Whether each line stands behind the one before: then none of them comes twice.
    var isAscending: Bool { isInOrder && last != nil }

    /// Notes a line; false when it is of one month too many.
    mutating func note(_ key: ImportKey, amount: Int64) -> Bool {
        if index >= months.count || months[index].month != key.month {
            index = months.firstIndex { $0.month == key.month } ?? months.count
            if index == months.count {
                guard index < ImportContents.mostMonths else { return false }
                months.append(Month(month: key.month))
            }
        }
        months[index].rows += 1
        months[index].total += amount
        if let last, key <= last { isInOrder = false }
        last = key
        return true
    }
}
