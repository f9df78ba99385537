import Electricity
import JSON
import Postgres
import Signing

/// Lists the bills of a followed code, newest period first.
struct ListBills: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/bills")

    /// How far back the list goes when no month is named: accounting keeps five years.
    static let monthsBack = 60

    let account: UUID
    let customerCode: CustomerCode
    let from: BillingMonth?
    let to: BillingMonth?
    let limit: Int
    let cursor: BillCursor?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        var wrong: [Problem.FieldError] = []
        func read<Value>(_ value: () throws(Problem) -> Value?) -> Value? {
            do {
                return try value()
            } catch {
                wrong += error.errors
                return nil
            }
        }
        from = read { () throws(Problem) in try arguments.queryMonth("from") }
        to = read { () throws(Problem) in try arguments.queryMonth("to") }
        limit =
            read { () throws(Problem) in try arguments.queryInteger("limit", in: 1...100) } ?? 24
        cursor = read { () throws(Problem) in
            try ListBills.cursor(try arguments.queryText("cursor"))
        }
        if let from, let to, from > to {
            let problem = Problem(
                parameter: "from", .outOfRange,
                Wording("“from” phải không sau “to”.", "“from” must not be after “to”."))
            wrong += problem.errors
        }
        if !wrong.isEmpty { throw Problem(invalid: wrong) }
    }

    private static func cursor(_ text: String?) throws(Problem) -> BillCursor? {
        guard let text else { return nil }
        guard let cursor = BillCursor(text) else {
            throw Problem(parameter: "cursor", .wrongFormat)
        }
        return cursor
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let last = to ?? context.today.month.advanced(byMonths: 12)
        let first = from ?? min(context.today.month, last).advanced(byMonths: -ListBills.monthsBack)
        // One more than asked for tells whether there is a next page.
        let rows = try await context.database.query(
            ListBills.statement, .uuid(account), .text(customerCode.text), .month(first),
            .month(last), .int64(Int64(limit + 1)),
            .month(cursor?.month ?? last.advanced(byMonths: 1)),
            .int64(Int64(cursor?.periodNumber ?? 0)))
        guard let asOf = rows.first?.asOf else { throw Problem(.notFound) }
        let bills = rows.compactMap(\.bill)
        let page = bills.prefix(limit)
        let next = bills.count > limit ? page.last.map(BillCursor.init(after:)) : nil
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for bill in page { json.element { bill.write(to: &$0, details: nil) } }
            }
            json.field("next", next?.text)
            json.field("asOf", asOf)
        }
        answer.nextPage = next.map(address)
        return answer
    }

    /// The address of the page behind a cursor, with the other parameters unchanged.
    private func address(_ cursor: BillCursor) -> String {
        var address = "/v1/accounts/\(account)/customers/\(customerCode)/bills?limit=\(limit)"
        if let from { address += "&from=\(from)" }
        if let to { address += "&to=\(to)" }
        return address + "&cursor=\(cursor.text)"
    }

    /// A bill of the list, or the sign that a followed code has none.
    struct Listed: Row {
        static let columns = ["as_of"] + Bill.columns
        let asOf: Instant
        let bill: Bill?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            bill = try Bill.optional(&row)
        }
    }

    static let statement = Statement<Listed>(
        "list_bills",
        """
        -- One row per bill of code $2 from month $3 to $4, newest first, before ($6, $7); one row
        -- of nulls when there is none; no row when account $1 does not follow the code.
        select c.as_of,
            p.month, p.period_number, p.revision, p.status, p.invoice_id, p.period_start,
            p.period_end, p.consumption_kwh, p.amount_excluding_vat, p.vat_rate_basis_points,
            p.vat, p.total, p.issued_on, p.due_on, p.paid, p.pending
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select b.month, b.period_number, b.revision, b.status, b.invoice_id, b.period_start,
                b.period_end, b.consumption_kwh, b.amount_excluding_vat,
                b.vat_rate_basis_points, b.vat, b.total, b.issued_on, b.due_on, n.paid, n.pending
            from bill_balances n
            join bills b on b.customer_code = n.customer_code and b.month = n.month
                and b.period_number = n.period_number and b.kind = n.kind
                and b.revision = n.revision and b.month >= $3 and b.month <= $4
            where n.customer_code = f.customer_code and n.kind = 'active' and n.month >= $3
                and n.month <= $4 and (n.month, n.period_number) < ($6, $7)
            order by n.month desc, n.period_number desc
            limit $5
        ) p on true
        where f.customer_code = $2 and f.account_id = $1
        order by p.month desc, p.period_number desc
        """)
}

/// The place in a list of bills behind which the next page begins; opaque to callers.
struct BillCursor: Equatable {
    let month: BillingMonth
    let periodNumber: Int

    init(after bill: Bill) {
        month = bill.month
        periodNumber = bill.periodNumber
    }

    /// Reads a cursor; nil for anything this service has not written.
    init?(_ text: String) {
        guard let bytes = Base64.decodeURL(text.utf8), bytes.count == 9,
            let plain = String(validating: bytes, as: UTF8.self),
            let month = BillingMonth(String(plain.prefix(7))), bytes[7] == UInt8(ascii: "/"),
            (1...3).contains(Int(bytes[8]) - 0x30)
        else { return nil }
        self.month = month
        periodNumber = Int(bytes[8]) - 0x30
    }

    /// Base64url of `YYYY-MM/N`.
    var text: String {
        String(decoding: Base64.encodeURL(Array("\(month)/\(periodNumber)".utf8)), as: UTF8.self)
    }
}
