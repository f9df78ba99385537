import Electricity
import Postgres

/// One bill that a payment claims or has claimed, with what is owed of it now; locked.
struct ClaimedBill: Row {
    static let columns = ["month", "period_number", "amount", "is_live", "billed", "paid"]

    let month: LocalDate
    let periodNumber: Int
    /// What the payment brings for it, VND.
    let amount: Int64
    let isLive: Bool
    let billed: Int64
    let paid: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        month = try row.localDate()
        periodNumber = Int(try row.int32())
        amount = try row.int64()
        isLive = try row.bool()
        billed = try row.int64()
        paid = try row.int64()
    }

    /// What of the amount is still owed; the rest is the customer's.
    var applied: Int64 { max(0, min(amount, billed - paid)) }
}

/// The bills of a payment: claims are taken, settled and given back here and nowhere else.
///
/// Bills are locked code by code in order, then their claims are changed, and customers last:
/// whoever locks in the same order cannot wait in a circle.
enum ClaimedBills {
    /// Ends the claims of a locked payment; `settles` says whether its money pays the bills.
    ///
    /// Gives the entries that belong into the ledger for it: bills, and credit of customers for
    /// what is not owed any more.
    static func end(
        _ payment: LockedPayment, settles: Bool, in transaction: Transaction<Problem>
    ) async throws(Problem) -> [Ledger.Entry] {
        var bills: [(code: String, bills: [ClaimedBill])] = []
        for code in payment.customerCodes {
            let found = try await transaction.query(
                lock, .text(code), .uuid(payment.paymentId))
            bills.append((code, found))
        }
        var entries: [Ledger.Entry] = []
        for (code, bills) in bills {
            let applied = bills.map { settles ? $0.applied : 0 }
            let days = bills.map { Int64($0.month.daysSince1970) }
            let periods = bills.map { Int64($0.periodNumber) }
            try await transaction.queue(
                balances, .text(code), .int64s(days), .int64s(periods), .int64s(applied),
                .int64s(bills.map { $0.isLive ? $0.amount : 0 }))
            try await transaction.queue(
                allocations, .text(code), .uuid(payment.paymentId), .int64s(days),
                .int64s(periods), .int64s(applied))
            guard settles else { continue }
            for (bill, applied) in zip(bills, applied) {
                let place = Ledger.Account.bill(
                    code, month: bill.month, periodNumber: bill.periodNumber)
                entries.append(Ledger.Entry(account: place, amount: -applied))
            }
            let rest = zip(bills, applied).reduce(0) { $0 + $1.0.amount - $1.1 }
            entries.append(Ledger.Entry(account: .customerCredit(code), amount: -rest))
        }
        for entry in entries {
            guard case .customerCredit(let code) = entry.account, entry.amount != 0 else {
                continue
            }
            try await transaction.queue(credit, .text(code), .int64(-entry.amount))
        }
        return entries
    }

    static let lock = Statement<ClaimedBill>(
        "claimed_bills_lock",
        """
        -- The bills of code $1 that payment $2 is for, locked in order.
        select a.month, a.period_number, a.amount, a.is_live, n.billed, n.paid
        from payment_allocations a
        join bill_balances n on n.customer_code = a.customer_code and n.month = a.month
            and n.period_number = a.period_number and n.kind = a.kind
        where a.customer_code = $1 and a.payment_id = $2
        order by a.month, a.period_number
        for update of n
        """)

    static let balances = Command(
        "claimed_bills_balances",
        """
        -- What is paid of bills of code $1 grows by $4, what is announced shrinks by $5.
        update bill_balances n
        set paid = n.paid + a.applied, pending = n.pending - a.released
        from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
            as a (days, period, applied, released)
        where n.customer_code = $1 and n.kind = 'active'
            and n.month = date '1970-01-01' + a.days::integer and n.period_number = a.period
        """)

    static let allocations = Command(
        "claimed_bills_allocations",
        """
        -- The claims of payment $2 to bills of code $1 end; $5 is what it paid of each.
        update payment_allocations p
        set is_live = false, settled = a.applied
        from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as a (days, period, applied)
        where p.customer_code = $1 and p.payment_id = $2 and p.kind = 'active'
            and p.month = date '1970-01-01' + a.days::integer and p.period_number = a.period
        """)

    static let credit = Command(
        "claimed_bills_credit",
        """
        -- What a customer has overpaid grows.
        update customers set credit = credit + $2 where customer_code = $1
        """)
}
