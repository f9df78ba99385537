import Electricity
import JSON
import Payments
import Postgres

/// A bill that a payment is made for, with what is owed of it; locked while it is claimed.
struct PayableBill: Row {
    static let columns = [
        "customer_code", "month", "period_number", "revision", "invoice_id", "billed", "paid",
        "pending",
    ]

    /// Which bill an account wants to pay.
    struct Key: Hashable, Comparable {
        let code: CustomerCode
        let month: BillingMonth
        let periodNumber: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.code, left.month, left.periodNumber)
                < (right.code, right.month, right.periodNumber)
        }
    }

    let code: String
    let month: LocalDate
    let periodNumber: Int
    let revision: Int
    let invoiceId: String
    let billed: Int64
    let paid: Int64
    /// What payments have announced, VND; 0 when none has a claim.
    let pending: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        code = try row.string()
        month = try row.localDate()
        periodNumber = Int(try row.int32())
        revision = Int(try row.int32())
        invoiceId = try row.string()
        billed = try row.int64()
        paid = try row.int64()
        pending = try row.int64()
    }

    /// What is owed, VND.
    var amount: Int64 { billed - paid }

    /// Locks the bills, claims them for a payment and announces their amounts.
    ///
    /// 404 when the account does not follow a code or it has no such bill, 409 when a bill owes
    /// nothing or is claimed by another payment.
    static func claim(
        _ keys: [Key], for payment: UUID, of account: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) -> [PayableBill] {
        var payable: [PayableBill] = []
        var start = keys.startIndex
        while start < keys.endIndex {
            let code = keys[start].code
            let end = keys[start...].firstIndex { $0.code != code } ?? keys.endIndex
            let asked = keys[start..<end]
            let last = asked.map(\.month).max() ?? asked[start].month
            let found = try await transaction.query(
                lock, .uuid(account), .text(code.text),
                .int64s(asked.map { Int64($0.month.firstDay.daysSince1970) }),
                .int64s(asked.map { Int64($0.periodNumber) }), .month(asked[start].month),
                .month(last))
            guard found.count == asked.count else { throw Problem(.notFound) }
            payable += found
            start = end
        }
        guard payable.allSatisfy({ $0.amount > 0 }) else { throw Problem(.billAlreadyPaid) }
        // The key of claims would tell as well, but to everybody who shares the transaction.
        guard payable.allSatisfy({ $0.pending == 0 }) else { throw Problem(.billPaymentPending) }
        for code in Set(payable.map(\.code)).sorted() {
            let bills = payable.filter { $0.code == code }
            let days = bills.map { Int64($0.month.daysSince1970) }
            let periods = bills.map { Int64($0.periodNumber) }
            // Not waited for: one that another payment has fails what comes next.
            try await transaction.queue(
                allocate, .text(code), .uuid(payment), .uuid(account), .int64s(days),
                .int64s(periods), .int64s(bills.map { Int64($0.revision) }),
                .int64s(bills.map(\.amount)))
            try await transaction.queue(
                announce, .text(code), .int64s(days), .int64s(periods),
                .int64s(bills.map(\.amount)))
        }
        return payable
    }

    /// The bills as the contract tells them.
    static func json(_ bills: [PayableBill]) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 1_024)
        json.array { json in
            for bill in bills {
                json.element { json in
                    json.field("customerCode", bill.code)
                    json.field("month", bill.month.month)
                    json.field("periodNumber", bill.periodNumber)
                    json.field("revision", bill.revision)
                    json.field("invoiceId", bill.invoiceId)
                    json.field("amount", bill.amount)
                }
            }
        }
        return json.bytes
    }

    /// The same as items of an order.
    static func items(_ json: [UInt8]) -> [PaymentOrder.Item] {
        // Our own text: what were not in it would be no item.
        guard case .array(let bills)? = try? JSONValue.parse(json) else { return [] }
        return bills.compactMap { bill in
            let faults = JSONFaults()
            let object = JSONObject(root: bill, faults: faults)
            guard let id = object?.string("invoiceId", length: 1...100),
                let amount = object?.integer("amount", in: 1...Int64.max)
            else { return nil }
            return PaymentOrder.Item(id: id, amount: amount)
        }
    }

    static let lock = Statement<PayableBill>(
        "create_payment_bills",
        """
        -- The bills of code $2 that are asked for, locked, when account $1 follows it; and that it
        -- does, locked too: the account's deletion waits.
        select n.customer_code, n.month, n.period_number, n.revision, b.invoice_id, n.billed,
            n.paid, n.pending
        from followers f
        join bill_balances n on n.customer_code = f.customer_code and n.kind = 'active'
        join bills b on b.customer_code = n.customer_code and b.month >= $5
            and b.month <= $6 and b.month = n.month and b.period_number = n.period_number
            and b.kind = n.kind
            and b.revision = n.revision
        where f.customer_code = $2 and f.account_id = $1
            and exists (
                select from unnest($3::bigint[], $4::bigint[]) as asked (days, period)
                where date '1970-01-01' + asked.days::integer = n.month
                    and asked.period = n.period_number)
        order by n.month, n.period_number
        for update of n for share of f
        """)

    static let allocate = Command(
        "create_payment_claims",
        """
        -- One live claim per bill of code $1; violates payment_allocations_live_bill_key where
        -- another payment has one.
        insert into payment_allocations (customer_code, payment_id, month, period_number, kind,
            account_id, revision, amount, settled, is_live)
        select $1, $2, date '1970-01-01' + days::integer, period::smallint, 'active', $3,
            revision::smallint, amount, 0, true
        from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
            as claim (days, period, revision, amount)
        """)

    static let announce = Command(
        "create_payment_pending",
        """
        -- What is announced of bills of code $1 grows.
        update bill_balances n set pending = n.pending + a.amount
        from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as a (days, period, amount)
        where n.customer_code = $1 and n.kind = 'active'
            and n.month = date '1970-01-01' + a.days::integer and n.period_number = a.period
        """)
}

extension PayableBill.Key {
    /// Reads the member `bills` of a body: 1 to 24 bills, sorted, each once; faults are recorded.
    static func read(
        _ body: JSONDocument, _ object: JSONObject?, _ faults: JSONFaults
    ) -> [PayableBill.Key] {
        guard let object else { return [] }
        guard case .object(let members) = body.value,
            let list = members.first(where: { $0.name.utf8.elementsEqual("bills".utf8) })?.value
        else {
            object.fault("bills", .missing)
            return []
        }
        guard case .array(let items) = list else {
            object.fault("bills", .wrongType)
            return []
        }
        guard (1...CreatePayment.billLimit).contains(items.count) else {
            object.fault("bills", items.isEmpty ? .tooFewItems : .tooManyItems)
            return []
        }
        var keys: Set<PayableBill.Key> = []
        for (index, item) in items.enumerated() {
            if let key = read(item, at: "#/bills/\(index)", faults) { keys.insert(key) }
        }
        return keys.sorted()
    }

    private static func read(
        _ item: JSONValue, at pointer: String, _ faults: JSONFaults
    ) -> PayableBill.Key? {
        let own = JSONFaults()
        let object = JSONObject(root: item, faults: own)
        let code = object?.string("customerCode", length: 0...64)
        let month = object?.string("month", length: 7...7)
        let period = object?.optionalInteger("periodNumber", in: 1...3) ?? 1
        let customerCode = code.flatMap(CustomerCode.init(typed:))
        if code != nil, customerCode == nil { object?.fault("customerCode", .wrongFormat) }
        let billingMonth = month.flatMap { BillingMonth($0) }
        if month != nil, billingMonth == nil { object?.fault("month", .wrongFormat) }
        for fault in own.list { faults.add(fault.code, at: pointer + fault.pointer.dropFirst()) }
        guard own.isEmpty, let customerCode, let billingMonth else { return nil }
        return PayableBill.Key(
            code: customerCode, month: billingMonth, periodNumber: Int(period))
    }
}
