import Electricity
import JSON
import Postgres

/// What the customer of one code still owes (nợ tiền điện), oldest month first.
struct Debts {
    /// One bill that is not paid in full, or the sign that a followed code has none.
    struct Open: Row {
        static let columns = [
            "customer_code", "as_of", "credit", "month", "period_number", "billed", "paid",
            "pending", "due_on",
        ]

        let customerCode: CustomerCode
        let asOf: Instant
        let credit: Int64
        let debt: Debt?

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCode = try row.customerCode()
            asOf = try row.instant()
            credit = try row.int64()
            debt = try Debt(&row)
        }
    }

    /// The part of a bill that is still owed.
    struct Debt {
        let month: BillingMonth
        let periodNumber: Int
        let billed: Int64
        let paid: Int64
        let pending: Int64
        let dueOn: LocalDate

        /// nil when the columns are null, as an outer join leaves them.
        init?(_ row: inout RowDecoder) throws(RowError) {
            guard let month = try row.optionalLocalDate()?.month else {
                for _ in 0..<5 { try row.skip() }
                return nil
            }
            self.month = month
            periodNumber = Int(try row.int32())
            billed = try row.int64()
            paid = try row.int64()
            pending = try row.int64()
            dueOn = try row.localDate()
        }

        var remaining: Int64 { billed - paid }

        func write(to json: inout JSONWriter, today: LocalDate) {
            json.field("month", month)
            json.field("periodNumber", periodNumber)
            json.field("billed", billed)
            json.field("paid", paid)
            json.field("remaining", remaining)
            json.field("dueOn", dueOn)
            json.field("daysOverdue", max(0, today.daysSince1970 - dueOn.daysSince1970))
            let status = PaymentStatus(billed: billed, paid: paid, pending: pending)
            json.field("paymentStatus", status.rawValue)
        }
    }

    let customerCode: CustomerCode
    let asOf: Instant
    /// Overpaid money, not set off against the total; VND.
    let credit: Int64
    let debts: [Debt]

    /// The sum of what remains, in VND.
    var total: Int64 { debts.reduce(0) { $0 + $1.remaining } }

    /// Gathers rows of several codes, which come sorted by code and month.
    static func gather(_ rows: [Open]) -> [Debts] {
        var gathered: [Debts] = []
        var start = rows.startIndex
        while start < rows.endIndex {
            let first = rows[start]
            let end =
                rows[start...].firstIndex { $0.customerCode != first.customerCode }
                ?? rows.endIndex
            gathered.append(
                Debts(
                    customerCode: first.customerCode, asOf: first.asOf, credit: first.credit,
                    debts: rows[start..<end].compactMap(\.debt)))
            start = end
        }
        return gathered
    }

    func write(to json: inout JSONWriter, today: LocalDate) {
        json.field("customerCode", customerCode.text)
        json.field("asOf", asOf)
        json.list("months") { json in
            for debt in debts { json.element { debt.write(to: &$0, today: today) } }
        }
        json.field("total", total)
        json.field("credit", credit)
    }
}
