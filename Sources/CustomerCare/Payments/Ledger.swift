import Electricity
import Postgres

/// Books money: every transaction is a list of entries that sum to zero.
struct Ledger {
    /// Where money lies or what it has paid.
    enum Account: Sendable {
        /// With whoever took it for us: positive.
        case provider(String)
        /// It paid a bill: negative.
        case bill(String, month: LocalDate, periodNumber: Int)
        /// Kept for a customer who has paid more than was owed: negative.
        case customerCredit(String)
        /// It fits nothing yet: negative.
        case suspense
    }

    /// One line of a transaction.
    struct Entry: Sendable {
        let account: Account
        /// VND; not zero.
        let amount: Int64

        var name: String {
            switch account {
            case .provider(let name): "provider:\(name)"
            case .bill: "bill"
            case .customerCredit: "customer_credit"
            case .suspense: "suspense"
            }
        }

        var customerCode: String {
            switch account {
            case .bill(let code, _, _), .customerCredit(let code): code
            case .provider, .suspense: ""
            }
        }

        var bill: (days: Int64, periodNumber: Int64) {
            guard case .bill(_, let month, let periodNumber) = account else { return (0, 0) }
            return (Int64(month.daysSince1970), Int64(periodNumber))
        }
    }

    /// Books a transaction; entries of nothing are left out, and a sum that is not zero is a bug.
    static func book(
        _ id: UUID, _ entries: [Entry], cause: String, at now: Instant,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        let entries = entries.filter { $0.amount != 0 }
        if entries.isEmpty { return }
        let booked = try await transaction.run(
            insert, .uuid(id), .texts(entries.map(\.name)), .texts(entries.map(\.customerCode)),
            .int64s(entries.map(\.bill.days)), .int64s(entries.map(\.bill.periodNumber)),
            .int64s(entries.map(\.amount)), .text(cause), .timestamp(now))
        guard booked == entries.count else {
            throw Problem(.internalError, reason: "a ledger transaction does not sum to zero")
        }
    }

    static let insert = Command(
        "ledger_book",
        """
        -- One row per entry, or none at all when the entries do not sum to zero.
        insert into ledger_entries (ledger_transaction_id, entry_number, ledger_account,
            customer_code, month, period_number, amount, cause, booked_at)
        select $1, number, name, nullif(code, ''),
            case when period > 0 then date '1970-01-01' + days::integer end,
            nullif(period, 0)::smallint, amount, $7, $8
        from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
            with ordinality as entry (name, code, days, period, amount, number)
        where (select sum(part) from unnest($6::bigint[]) as part) = 0
        """)
}
