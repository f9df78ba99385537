import Electricity
import Postgres

/// A bill adjusted by the billing system (điều chỉnh hóa đơn): another amount in a new revision.
///
/// What was paid above the new amount becomes the customer's credit in the same transaction. A
/// payment that claims the bill keeps its amount and pays what is owed when its money comes.
package struct BillCorrection: Sendable {
    let code: String
    let month: BillingMonth
    let periodNumber: Int
    /// The revision the correction makes; one that is there already is not made again.
    let revision: Int
    /// VND.
    let amountExcludingVAT: Int64
    let vat: Int64

    /// What became of it.
    enum Outcome: String, Sendable {
        case corrected
        /// This revision, or a later one, is there.
        case known
        /// There is no bill before it.
        case unknown
    }

    /// Makes the new revision.
    func apply(
        now: Instant, newId: () -> UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) -> Outcome {
        let place: [Parameter] = [.text(code), .month(month), .int64(Int64(periodNumber))]
        let found = try await transaction.queryOne(
            BillCorrection.lock, place[0], place[1], place[2])
        guard let found else { return .unknown }
        if found.revision >= revision { return .known }
        guard found.revision == revision - 1 else { return .unknown }
        let billed = amountExcludingVAT + vat
        let surplus = max(0, found.paid - billed)
        let made = try await transaction.run(
            BillCorrection.insert, place[0], place[1], place[2], .int64(Int64(revision)),
            .int64(amountExcludingVAT), .int64(vat), .timestamp(now))
        guard made == 1 else { return .unknown }
        try await transaction.queue(
            BillCorrection.balance, place[0], place[1], place[2], .int64(Int64(revision)),
            .int64(billed), .int64(surplus))
        guard surplus > 0 else { return .corrected }
        try await transaction.queue(ClaimedBills.credit, .text(code), .int64(surplus))
        try await Ledger.book(
            newId(),
            [
                Ledger.Entry(
                    account: .bill(code, month: month.firstDay, periodNumber: periodNumber),
                    amount: surplus),
                Ledger.Entry(account: .customerCredit(code), amount: -surplus),
            ], cause: "correction", at: now, in: transaction)
        return .corrected
    }

    /// The balance of a bill.
    struct Balance: Row {
        static let columns = ["revision", "billed", "paid"]
        let revision: Int
        let billed: Int64
        let paid: Int64

        init(_ row: inout RowDecoder) throws(RowError) {
            revision = Int(try row.int32())
            billed = try row.int64()
            paid = try row.int64()
        }
    }

    static let lock = Statement<Balance>(
        "bill_correction_lock",
        """
        -- The balance of one bill, locked.
        select revision, billed, paid from bill_balances
        where customer_code = $1 and month = $2 and period_number = $3 and kind = 'active'
        for update
        """)

    static let insert = Command(
        "bill_correction_insert",
        """
        -- Revision $4 of a bill: as the one before, with another amount.
        insert into bills (customer_code, month, period_number, kind, revision, status, invoice_id,
            period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of)
        select b.customer_code, b.month, b.period_number, b.kind, $4::smallint, 'corrected',
            b.invoice_id, b.period_start, b.period_end, b.consumption_kwh, $5,
            b.vat_rate_basis_points, $6,
            $5::bigint + $6::bigint, b.issued_on, b.due_on, b.readings, b.lines, $7
        from bills b
        where b.customer_code = $1 and b.month = $2 and b.period_number = $3
            and b.kind = 'active' and b.revision = $4::smallint - 1
        """)

    static let balance = Command(
        "bill_correction_balance",
        """
        -- What is owed by revision $4: no more is paid of it than it asks for.
        update bill_balances set revision = $4, billed = $5, paid = paid - $6
        where customer_code = $1 and month = $2 and period_number = $3 and kind = 'active'
        """)
}
