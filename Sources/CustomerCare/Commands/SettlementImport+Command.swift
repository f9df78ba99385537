import Electricity
import JSON
import Postgres
import Reactor

extension SettlementImport {
    /// Bytes of a file that are read.
    private static let maximumBytes = 268_435_456

    /// `customer-care settlements import`: books a collector's file, and says on standard output
    /// what does not match; false when something does not.
    package static func load(_ path: String, _ configuration: Configuration) throws -> Bool {
        guard let bytes = ProcessFile.read(path, atMost: maximumBytes) else {
            throw SettlementFile.Fault(description: "\(path) cannot be read")
        }
        let file = try SettlementFile(bytes)
        let report = try CommandLoop.run(configuration) { database in
            try await SettlementImport(
                database: DatabaseAccess(database), world: .real, ids: IDSource(world: .real)
            ).run(file)
        }
        for reference in report.unmatched {
            Terminal.say("unmatched \(reference): kept for staff")
        }
        for reference in report.missing {
            Terminal.say("missing \(reference): booked here, not in the file")
        }
        Terminal.tell(
            "    \(report.settledCount) settled, \(report.knownCount) known before, "
                + "\(report.unmatched.count) unmatched, \(report.missing.count) missing")
        return report.unmatched.isEmpty && report.missing.isEmpty
    }
}

extension BillCorrection {
    /// `customer-care bills correct`: one correction, as the billing system's file would bring it.
    package static func make(_ path: String, _ configuration: Configuration) throws {
        guard let bytes = ProcessFile.read(path, atMost: 1_048_576) else {
            throw SettlementFile.Fault(description: "\(path) cannot be read")
        }
        var corrections: [BillCorrection] = []
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            guard let correction = read(Array(line)) else {
                throw SettlementFile.Fault(description: "line \(index + 1) is no correction")
            }
            corrections.append(correction)
        }
        let all = corrections
        let outcomes = try CommandLoop.run(configuration) { database in
            let access = DatabaseAccess<Problem>(database)
            let ids = IDSource(world: .real)
            var outcomes: [Outcome] = []
            for correction in all {
                let now = World.real.now()
                let outcome = try await access.transaction {
                    (transaction: Transaction<Problem>) async throws(Problem) -> Outcome in
                    try await correction.apply(
                        now: now, newId: { ids.next(at: now) }, in: transaction)
                }
                outcomes.append(outcome)
            }
            return outcomes
        }
        for (correction, outcome) in zip(all, outcomes) {
            Terminal.say("\(outcome.rawValue) \(correction.code) \(correction.month)")
        }
    }

    /// Reads one line; nil when anything is missing or wrong.
    static func read(_ bytes: [UInt8]) -> BillCorrection? {
        // What is wrong is told by the line's number alone.
        guard let value = try? JSONValue.parse(bytes) else { return nil }
        let faults = JSONFaults()
        let object = JSONObject(root: value, faults: faults)
        let code = object?.string("customerCode", length: 1...64)
        let month = object?.string("month", length: 7...7).flatMap { BillingMonth($0) }
        let period = object?.optionalInteger("periodNumber", in: 1...3) ?? 1
        let revision = object?.integer("revision", in: 2...1_000)
        let amounts: ClosedRange<Int64> = 0...1_000_000_000_000
        let amount = object?.integer("amountExcludingVAT", in: amounts)
        let vat = object?.integer("vat", in: amounts)
        guard faults.isEmpty, let code = code.flatMap(CustomerCode.init(exact:)), let month,
            let revision, let amount, let vat
        else { return nil }
        return BillCorrection(
            code: code.text, month: month, periodNumber: Int(period), revision: Int(revision),
            amountExcludingVAT: amount, vat: vat)
    }
}
