import Electricity
import JSON
import Postgres

/// Shows the bill of the running month, if it is issued (Tiền điện tháng hiện tại).
struct GetCurrentBill: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/bills/current")

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let month = context.today.month
        let found = try await context.database.queryOne(
            GetCurrentBill.statement, .uuid(account), .text(customerCode.text), .month(month),
            .date(context.today))
        guard let found else { throw Problem(.notFound) }
        let headroom = found.headroom(
            by: context.tariffVersionIfAny?.calculator, today: context.today)
        return .object(reserving: 2_048) { json in
            found.billOfMonth.write(to: &json, customerCode, month, today: context.today)
            if let headroom {
                json.field("tierHeadroom") { json in
                    json.field("tier", headroom.tier)
                    json.field("unitPrice", headroom.unitPrice)
                    json.field("remainingKWh", headroom.remainingKWh)
                    json.field("nextUnitPrice", headroom.nextUnitPrice)
                }
            } else {
                json.nullField("tierHeadroom")
            }
        }
    }

    /// The bill of the month with what its tiers depend on.
    struct Found: Row {
        static let columns = ["usage_purpose", "household_count"] + BillOfMonth.columns

        let purpose: UsagePurpose
        let householdCount: Int64
        let billOfMonth: BillOfMonth

        init(_ row: inout RowDecoder) throws(RowError) {
            purpose = try row.word(UsagePurpose.self)
            householdCount = Int64(try row.int32())
            billOfMonth = try BillOfMonth(&row)
        }

        /// What the readings of the bill left of the tier they reached.
        ///
        /// Without a bill nothing has been read since the last one, and there is nothing to say:
        /// a guess at the use of the running days would not be a reading.
        func headroom(by calculator: BillCalculator?, today: LocalDate) -> TierHeadroom? {
            guard let calculator, let bill = billOfMonth.bill, purpose == .residential,
                bill.status != .cancelled
            else { return nil }
            let input = CalculationInput(
                from: bill.periodStart, to: bill.periodEnd,
                energy: .period(.total(bill.consumptionKWh)),
                households: Households(count: max(1, householdCount)))
            // A period that no calculation takes has no quotas to compare with.
            return try? calculator.headroom(of: input, today: max(today, bill.periodEnd))
        }
    }

    static let statement = Statement<Found>(
        "get_current_bill",
        """
        -- One row when account $1 follows code $2: the customer's tiers, and the newest bill of
        -- month $3, or nulls; with the next reading day from $4 on.
        select c.usage_purpose, c.household_count, c.as_of,
            coalesce(d.days[1 + width_bucket($4::date - 1, d.days)], c.next_reading_on)
                as next_reading_on,
            b.month, b.period_number, b.revision, b.status, b.invoice_id, b.period_start,
            b.period_end, b.consumption_kwh, b.amount_excluding_vat, b.vat_rate_basis_points,
            b.vat, b.total, b.issued_on, b.due_on, n.paid, n.pending, b.readings, b.lines
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join reading_days d on d.customer_code = f.customer_code
        left join lateral (
            select e.month, e.period_number, e.revision, e.status, e.invoice_id, e.period_start,
                e.period_end, e.consumption_kwh, e.amount_excluding_vat,
                e.vat_rate_basis_points, e.vat, e.total, e.issued_on, e.due_on, e.readings,
                e.lines
            from bills e
            where e.customer_code = f.customer_code and e.month = $3 and e.kind = 'active'
            order by e.period_number desc, e.revision desc
            limit 1
        ) b on true
        left join bill_balances n on n.customer_code = f.customer_code and n.month = $3
            and n.period_number = b.period_number and n.kind = 'active'
        where f.customer_code = $2 and f.account_id = $1
        """)
}
