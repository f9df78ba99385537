import Electricity
import JSON
import Postgres
import Signing

/// What lines with bills of either kind have in common: how they are staged, held against what is
/// known and put into use.
protocol BillLine: ImportLine {
    var bill: StagedBill { get }
    /// What they are for.
    static var billKind: StagedBill.Kind { get }
    /// Whether followers can be told.
    static var isTold: Bool { get }
}

extension StagedActiveBill: BillLine {
    static let billKind = StagedBill.Kind.active
    static let isTold = true
}

extension StagedReactiveBill: BillLine {
    static let billKind = StagedBill.Kind.reactive
    static let isTold = false
}

extension BillLine {
    static var fieldCount: Int16 { StagedBill.fieldCount }
    static var copy: Command { StagedBill.copy }
    static var clear: Command { StagedBill.clear }
    static var clears: [Command] { [clear, BillImport.clearChanges] }
    static var staged: [String] { ["staged_bills", "staged_bill_changes"] }
    static var numbers: Set<String> { StagedBill.numbers }
    static var truths: Set<String> { ["isEstimated"] }
    var amount: Int64 { bill.total }
    var key: ImportKey? {
        ImportKey(
            customerCode: bill.customerCode, month: bill.month,
            periodNumber: bill.periodNumber, revision: bill.revision)
    }

    /// Tables are joined as wholes, in the one process that the look-ups of others leave: what is
    /// staged is analyzed first, and what is looked for stands in one month.
    ///
    /// There is one step at a time, whose millions of rows would otherwise go to files and back.
    static var planning: String {
        """
        set local plan_cache_mode = force_custom_plan;
        set local max_parallel_workers_per_gather = 0;
        set local work_mem = '256MB'
        """
    }

    func fault(inNew month: BillingMonth) -> JSONFault? {
        if bill.month != month { return JSONFault(pointer: "#/month", code: .notAllowed) }
        if bill.revision != 1 { return JSONFault(pointer: "#/revision", code: .notAllowed) }
        return nil
    }

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        bill.write(to: &rows, of: found, line: line)
    }

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        let id = Parameter.uuid(found.importId)
        _ = try await link.query(BillImport.analyze)
        let months = try await link.query(BillImport.months, id)
        var faults: [FoundFault] = []
        var count: Int64 = 0
        func add(_ more: [FoundFault]) {
            count += more.first?.count ?? 0
            faults += more.prefix(Int(ImportFault.listed) - faults.count)
        }
        let unkept = months.filter { !$0.isKept }.map { $0.month.firstDay.daysSince1970 }
        if !unkept.isEmpty {
            add(try await link.query(BillImport.unkept, id, .int64s(unkept.map { Int64($0) })))
        }
        try await findChanges(of: found, in: months, on: link)
        let changes = try await link.query(BillImport.changes, id).first
        if let changes, changes.new > 0 { add(try await link.query(BillImport.unknown, id)) }
        let rows = months.filter(\.isKept).map(\.rows).reduce(0, +)
        for month in months where month.isKept {
            let first = Parameter.month(month.month)
            let kind = Parameter.text(billKind.rawValue)
            if !month.isAscending {
                add(try await link.query(BillImport.duplicates, id, first, kind))
            }
            // What is not a change must say what is known.
            if let changes, changes.count < rows,
                try await link.query(
                    BillImport.suspects, id, first, kind, .int64(month.oldestRevision)
                ).first?.count != 0
            {
                add(try await link.query(BillImport.revisionFaults, id, first, kind))
            }
        }
        return faults.map { FoundFault($0.fault, of: count) }
    }

    /// Finds out which lines of an import are not in use already.
    private static func findChanges(
        of found: Import, in months: [BillImport.BilledMonth], on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        // First: what changes from here on is seen by the commit.
        try await link.run(BillImport.noteStanding, id)
        try await link.run(BillImport.clearChanges, id)
        for month in months where month.isKept {
            try await link.run(
                BillImport.insertChanges, id, .month(month.month), .text(billKind.rawValue))
        }
        _ = try await link.query(BillImport.analyzeChanges)
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        let id = Parameter.uuid(found.importId)
        let months = try await BillImport.months(of: found, on: link)
        let changes = try await link.query(BillImport.changes, id).first
        guard let changes else { return nil }
        var messages: Int64 = 0
        if isTold, found.sendsMessages {
            messages = try await link.query(BillImport.messages, id).first?.count ?? 0
        }
        return ImportDifference(
            new: changes.new, corrected: changes.corrected, cancelled: changes.cancelled,
            unchanged: months.map(\.rows).reduce(0, +) - changes.count,
            total: months.map(\.total).reduce(0, +), messages: messages)
    }

    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly] {
        var anomalies: [ImportAnomaly] = []
        for month in try await BillImport.months(of: found, on: link) {
            anomalies += try await link.query(
                ImportAnomaly.find, .uuid(found.importId), .int64(ImportAnomaly.fewest),
                .int64(100 - ImportAnomaly.strangerPercent), .int64(ImportAnomaly.meanPercent),
                .month(month.month), .month(month.month.advanced(byMonths: -1)))
        }
        return anomalies
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        let months = try await link.query(BillImport.months, id)
        if try await link.query(BillImport.isStanding, id).first?.isDone != true {
            try await findChanges(of: found, in: months, on: link)
        }
        guard let changes = try await link.query(BillImport.changes, id).first else { return }
        let isFollowing = changes.corrected + changes.cancelled > 0
        var paid: Int64 = 0
        if isFollowing {
            paid = try await link.query(BillImport.lockBalances, id).first?.count ?? 0
        }
        // There is a change for each line, or for fewer.
        let isAll = months.map(\.rows).reduce(0, +) == changes.count
        try await link.run(
            isAll ? BillImport.insertAllBills : BillImport.insertBills, id, .timestamp(found.asOf))
        if paid > 0 {
            // A bill that asks for less than was paid: what is over is the customer's.
            try await link.run(BillImport.bookSurplus, id, .timestamp(now))
            try await link.run(BillImport.creditSurplus, id)
        }
        if isFollowing {
            // It is noted of the import as a whole, and so is the same for each of its months.
            let isOneEach = months.allSatisfy(\.isOneEach)
            try await link.run(
                isOneEach ? BillImport.followBalances : BillImport.followNewestBalances, id)
        }
        if changes.new > 0 {
            // Of first revisions there is one for each bill.
            try await link.run(
                changes.newestRevision > 1
                    ? BillImport.insertNewestBalances : BillImport.insertBalances, id)
        }
        try await announce(found, at: now, on: link)
    }

    /// Has followers told, when they are to be.
    static func announce(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        guard isTold, found.sendsMessages else { return }
        for month in try await BillImport.months(of: found, on: link) {
            for topic in [MessageTopic.billIssued, .billCorrected] {
                let announcement = Announcement(
                    topic: topic, audience: .bills(month.month, asOf: found.asOf),
                    event: "import/\(found.importId)/\(month.month)",
                    sendAt: QuietHours.end(of: now))
                try await link.run(Announcement.insert, parameters: announcement.values(at: now))
            }
        }
    }
}
