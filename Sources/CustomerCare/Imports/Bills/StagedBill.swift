import Electricity
import JSON
import Postgres

/// One bill as the billing system sends it: a line of an import.
///
/// Its members are those of a bill in the contract, with the code of the customer.
struct StagedBill {
    /// Registers and tiers of one bill.
    private static let longestList = 64
    /// VND, and kWh: far beyond any bill, and far from overflow.
    private static let amounts: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Thousandths: readings have up to three decimals.
    private static let readingRange: ClosedRange<Int64> = 0...1_000_000_000_000_000

    let customerCode: CustomerCode
    let month: BillingMonth
    let periodNumber: Int64
    let revision: Int64
    let status: BillStatus
    let invoiceId: String
    let periodStart: LocalDate
    let periodEnd: LocalDate
    let consumptionKWh: Int64
    let amountExcludingVAT: Int64
    let vatRateBasisPoints: Int64
    let vat: Int64
    let total: Int64
    let issuedOn: LocalDate
    let dueOn: LocalDate
    /// As the contract tells them.
    let readings: [UInt8]
    let lines: [UInt8]

    /// Reads a line; nil when it has faults, each named by its pointer.
    init?(_ value: JSONValue, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let code = object.string("customerCode", length: 13...13)
        let customerCode = code.flatMap { CustomerCode(exact: $0) }
        if code != nil, customerCode == nil { object.fault("customerCode", .wrongFormat) }
        let month = StagedBill.month(object)
        let periodNumber = object.optionalInteger("periodNumber", in: 1...3) ?? 1
        let revision = object.optionalInteger("revision", in: 1...999) ?? 1
        let status = StagedBill.word(object, "status", BillStatus.self)
        let invoiceId = StagedBill.invoiceId(object)
        let start = StagedBill.date(object, "periodStart")
        let end = StagedBill.date(object, "periodEnd")
        let consumption = object.integer("consumptionKWh", in: StagedBill.amounts)
        let amount = object.integer("amountExcludingVAT", in: StagedBill.amounts)
        let rate = object.optionalDecimal("vatRatePercent", decimals: 2, in: 0...10_000)
        if rate == nil, !object.holds("vatRatePercent") { object.fault("vatRatePercent", .missing) }
        let vat = object.integer("vat", in: StagedBill.amounts)
        let total = object.integer("total", in: StagedBill.amounts)
        let issued = StagedBill.date(object, "issuedOn")
        let due = StagedBill.date(object, "dueOn")
        let readings = StagedBill.list(object, "readings", StagedBill.reading)
        let lines = StagedBill.list(object, "lines", StagedBill.line)
        guard faults.isEmpty, let customerCode, let month, let status, let invoiceId, let start,
            let end, let consumption, let amount, let rate, let vat, let total, let issued,
            let due, let readings, let lines
        else { return nil }
        self.customerCode = customerCode
        self.month = month
        self.periodNumber = periodNumber
        self.revision = revision
        self.status = status
        self.invoiceId = invoiceId
        periodStart = start
        periodEnd = end
        consumptionKWh = consumption
        amountExcludingVAT = amount
        vatRateBasisPoints = rate
        self.vat = vat
        self.total = total
        issuedOn = issued
        dueOn = due
        self.readings = readings.bytes
        self.lines = lines.bytes
        check(object, lineTotal: lines.sum)
        if !faults.isEmpty { return nil }
    }

    /// What a bill must be in itself.
    private func check(_ object: JSONObject, lineTotal: Int64) {
        if periodEnd < periodStart { object.fault("periodEnd", .outOfRange) }
        if total != amountExcludingVAT + vat { object.fault("total", .notAllowed) }
        if lineTotal != amountExcludingVAT { object.fault("lines", .notAllowed) }
        if dueOn < issuedOn { object.fault("dueOn", .outOfRange) }
        if (status == .issued) != (revision == 1) { object.fault("revision", .notAllowed) }
    }

    // MARK: Members

    private static func month(_ object: JSONObject) -> BillingMonth? {
        guard let text = object.string("month", length: 7...7) else { return nil }
        guard let month = BillingMonth(text) else {
            object.fault("month", .wrongFormat)
            return nil
        }
        return month
    }

    private static func date(_ object: JSONObject, _ name: String) -> LocalDate? {
        guard let text = object.string(name, length: 10...10) else { return nil }
        guard let date = LocalDate(text) else {
            object.fault(name, .wrongFormat)
            return nil
        }
        return date
    }

    private static func word<Word: RawRepresentable<String>>(
        _ object: JSONObject, _ name: String, _ type: Word.Type
    ) -> Word? {
        guard let text = object.string(name, length: 1...20) else { return nil }
        guard let word = Word(rawValue: text) else {
            object.fault(name, .notAllowed)
            return nil
        }
        return word
    }

    private static func invoiceId(_ object: JSONObject) -> String? {
        guard let text = object.string("invoiceId", length: 1...32) else { return nil }
        guard let id = InvoiceId.comparable(text) else {
            object.fault("invoiceId", .wrongFormat)
            return nil
        }
        return id
    }

    /// Readings or lines, encoded as the contract has them, and the sum of their amounts.
    private static func list(
        _ object: JSONObject, _ name: String,
        _ write: (JSONObject, inout JSONWriter) -> Int64
    ) -> (bytes: [UInt8], sum: Int64)? {
        guard let objects = object.objects(name, count: 0...longestList) else { return nil }
        var json = JSONWriter(reservingCapacity: 256)
        var sum: Int64 = 0
        json.array { json in
            for one in objects { json.element { sum += write(one, &$0) } }
        }
        return (json.bytes, sum)
    }

    private static func reading(_ object: JSONObject, _ json: inout JSONWriter) -> Int64 {
        let register = word(object, "register", Register.self)
        json.field("meterSerialNumber", object.string("meterSerialNumber", length: 1...40))
        json.field("register", register?.rawValue)
        for name in ["openingReading", "closingReading", "multiplier"] {
            let number = object.optionalDecimal(name, decimals: 3, in: readingRange)
            if number == nil, !object.holds(name) { object.fault(name, .missing) }
            if name == "multiplier", number == 0 { object.fault(name, .outOfRange) }
            json.field(name, decimal: number ?? 0, scale: 3)
        }
        json.field("consumptionKWh", object.integer("consumptionKWh", in: amounts))
        json.field("isEstimated", object.boolean("isEstimated"))
        return 0
    }

    private static func line(_ object: JSONObject, _ json: inout JSONWriter) -> Int64 {
        let tier = object.optionalInteger("tier", in: 1...20)
        let register = object.holds("register") ? word(object, "register", Register.self) : nil
        let kind = object.string("kind", length: 1...20)
        switch kind {
        case "tier":
            if tier == nil, !object.holds("tier") { object.fault("tier", .missing) }
            if object.holds("register") { object.fault("register", .notAllowed) }
        case "register":
            if !object.holds("register") { object.fault("register", .missing) }
            if tier != nil { object.fault("tier", .notAllowed) }
        case nil: break
        default: object.fault("kind", .notAllowed)
        }
        let amount = object.integer("amount", in: amounts)
        json.field("kind", kind)
        json.field("tier", tier)
        json.field("register", register?.rawValue)
        json.field("quantityKWh", object.integer("quantityKWh", in: amounts))
        json.field("unitPrice", object.integer("unitPrice", in: 0...1_000_000))
        json.field("amount", amount)
        return amount ?? 0
    }

    // MARK: On its way to the database

    /// Columns of a row.
    static let fieldCount: Int16 = 19

    /// Writes the row of a line.
    func write(to rows: inout CopyRows, of importId: UUID, line: Int64) {
        rows.row()
        rows.uuid(importId)
        rows.int64(line)
        rows.text(customerCode.text)
        rows.date(month.firstDay)
        rows.int16(Int(periodNumber))
        rows.int16(Int(revision))
        rows.text(status.rawValue)
        rows.text(invoiceId)
        rows.date(periodStart)
        rows.date(periodEnd)
        rows.int64(consumptionKWh)
        rows.int64(amountExcludingVAT)
        rows.int32(vatRateBasisPoints)
        rows.int64(vat)
        rows.int64(total)
        rows.date(issuedOn)
        rows.date(dueOn)
        rows.blob(readings)
        rows.blob(lines)
    }

    static let copy = Command(
        "staged_bills_copy",
        """
        -- The bills of an import, as they arrive.
        copy staged_bills (import_id, line, customer_code, month, period_number, revision, status,
            invoice_id, period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines)
        from stdin (format binary)
        """)
}
