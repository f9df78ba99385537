import Electricity
import Payments
import Postgres

/// Settles what a collector has taken, and says what does not match, both ways.
///
/// Each line is a transaction of its own and booked once by the collector's reference: a file that
/// broke off, or comes again, is simply imported again.
package struct SettlementImport {
    /// What came of a file.
    struct Report: Equatable, Sendable {
        var settledCount = 0
        /// Booked before: by a call, a question or the same file.
        var knownCount = 0
        /// Lines that fit nothing and wait for staff, by reference.
        var unmatched: [String] = []
        /// What we have booked for the days of the file and the collector does not name.
        var missing: [String] = []
    }

    let database: DatabaseAccess<Problem>
    let world: World
    let ids: IDSource

    /// Imports a file.
    func run(_ file: SettlementFile) async throws(Problem) -> Report {
        let now = world.now()
        let settlement = PaymentSettlement(
            provider: file.collector, source: .settlement, now: now,
            newId: { [ids] in ids.next(at: now) })
        var report = Report()
        for line in file.lines {
            let outcome = try await database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) -> ProviderCallOutcome in
                switch line.purpose {
                case .order(let reference):
                    try await settlement.settle(
                        PaymentNotice(
                            .paid, orderReference: reference,
                            transactionReference: line.reference, amount: line.amount),
                        in: transaction)
                case .bill(let code, let month, let periodNumber):
                    try await settlement.settleBill(
                        line, code, month, periodNumber, in: transaction)
                }
            }
            switch outcome {
            case .accepted: report.settledCount += 1
            case .duplicate: report.knownCount += 1
            case .unknownOrder, .wrongAmount: report.unmatched.append(line.reference)
            }
        }
        let ours = try await database.query(
            SettlementImport.booked, .text(file.collector), .date(file.from),
            .date(file.through.advanced(byDays: 1)))
        let named = Set(file.lines.map(\.reference))
        report.missing = ours.map(\.reference).filter { !named.contains($0) }
        return report
    }

    /// The reference of money that was booked.
    struct Booked: Row {
        static let columns = ["transaction_reference"]
        let reference: String

        init(_ row: inout RowDecoder) throws(RowError) {
            reference = try row.string()
        }
    }

    static let booked = Statement<Booked>(
        "settlement_import_booked",
        """
        -- What is booked of provider $1 on the days from $2 to before $3, in Vietnam.
        select transaction_reference from provider_transactions
        where provider = $1 and received_at >= $2::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
            and received_at < $3::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
        order by transaction_reference
        """)
}

extension PaymentSettlement {
    /// Books money for one bill that was paid without a payment of ours, such as at a counter: in
    /// part, in full or beyond.
    func settleBill(
        _ line: SettlementFile.Line, _ code: CustomerCode, _ month: BillingMonth,
        _ periodNumber: Int, in transaction: Transaction<Problem>
    ) async throws(Problem) -> ProviderCallOutcome {
        let id = newId()
        let received = try await transaction.run(
            PaymentSettlement.receive, .text(line.reference), .text(provider), .uuid(id),
            .text(nil), .uuid(nil), .uuid(nil), .int64(line.amount), .text(source.rawValue),
            .timestamp(now))
        if received == 0 { return .duplicate }
        let balance = try await transaction.queryOne(
            BillCorrection.lock, .text(code.text), .month(month), .int64(Int64(periodNumber)))
        guard let balance else {
            let notice = PaymentNotice(
                .paid, orderReference: nil, transactionReference: line.reference,
                amount: line.amount)
            try await suspend(notice, id, .unknownBill, expected: nil, in: transaction)
            return .unknownOrder
        }
        let applied = max(0, min(line.amount, balance.billed - balance.paid))
        let days = Int64(month.firstDay.daysSince1970)
        try await transaction.queue(
            ClaimedBills.balances, .text(code.text), .int64s([days]),
            .int64s([Int64(periodNumber)]), .int64s([applied]), .int64s([0]))
        if line.amount > applied {
            try await transaction.queue(
                ClaimedBills.credit, .text(code.text), .int64(line.amount - applied))
        }
        try await Ledger.book(
            id,
            [
                Ledger.Entry(account: .provider(provider), amount: line.amount),
                Ledger.Entry(
                    account: .bill(
                        code.text, month: month.firstDay, periodNumber: periodNumber),
                    amount: -applied),
                Ledger.Entry(
                    account: .customerCredit(code.text), amount: applied - line.amount),
            ], cause: source.rawValue, at: now, in: transaction)
        return .accepted
    }
}
