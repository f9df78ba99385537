import Electricity
import JSON
import Postgres

/// One bill as the billing system sends it, of either kind.
///
/// Its members are those of a bill in the contract, with the code of the customer. A class: it goes
/// through several hands, and is larger than what is copied for nothing.
final class StagedBill: Sendable {
    /// What a bill is for.
    enum Kind: String {
        case active, reactive
    }

    /// Registers and tiers of one bill.
    private static let longestList = 64
    /// VND, and kWh: far beyond any bill, and far from overflow.
    private static let amounts: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Thousandths: readings have up to three decimals.
    private static let readingRange: ClosedRange<Int64> = 0...1_000_000_000_000_000

    /// Names of members: a line has forty of them, and a month has millions of lines.
    private enum Name {
        static let amount: JSONName = "amount"
        static let amountExcludingVAT: JSONName = "amountExcludingVAT"
        static let baseAmount: JSONName = "baseAmount"
        static let closingReading: JSONName = "closingReading"
        static let coefficientPercent: JSONName = "coefficientPercent"
        static let consumptionKWh: JSONName = "consumptionKWh"
        static let customerCode: JSONName = "customerCode"
        static let dueOn: JSONName = "dueOn"
        static let invoiceId: JSONName = "invoiceId"
        static let isEstimated: JSONName = "isEstimated"
        static let issuedOn: JSONName = "issuedOn"
        static let kind: JSONName = "kind"
        static let lines: JSONName = "lines"
        static let meterSerialNumber: JSONName = "meterSerialNumber"
        static let month: JSONName = "month"
        static let multiplier: JSONName = "multiplier"
        static let openingReading: JSONName = "openingReading"
        static let periodEnd: JSONName = "periodEnd"
        static let periodNumber: JSONName = "periodNumber"
        static let periodStart: JSONName = "periodStart"
        static let powerFactor: JSONName = "powerFactor"
        static let quantityKWh: JSONName = "quantityKWh"
        static let reactiveEnergyKvarh: JSONName = "reactiveEnergyKvarh"
        static let readings: JSONName = "readings"
        static let register: JSONName = "register"
        static let revision: JSONName = "revision"
        static let status: JSONName = "status"
        static let tier: JSONName = "tier"
        static let total: JSONName = "total"
        static let unitPrice: JSONName = "unitPrice"
        static let vat: JSONName = "vat"
        static let vatRatePercent: JSONName = "vatRatePercent"
    }

    let kind: Kind
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
    /// As they stand in table `bills`.
    let readings: [UInt8]
    let lines: [UInt8]

    /// Reads a line; nil when it has faults, each named by its pointer.
    init?(_ value: JSONDocument, _ faults: JSONFaults, _ kind: Kind) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let customerCode = object.customerCode(Name.customerCode)
        let month = object.month(Name.month)
        let periodNumber = object.optionalInteger(Name.periodNumber, in: 1...3) ?? 1
        let revision = object.optionalInteger(Name.revision, in: 1...999) ?? 1
        let status = object.word(Name.status, BillStatus.self)
        let invoiceId = StagedBill.invoiceId(object)
        let start = object.date(Name.periodStart)
        let end = object.date(Name.periodEnd)
        let consumption = object.integer(Name.consumptionKWh, in: StagedBill.amounts)
        let amount = object.integer(Name.amountExcludingVAT, in: StagedBill.amounts)
        let rate = object.decimal(Name.vatRatePercent, decimals: 2, in: 0...10_000)
        let vat = object.integer(Name.vat, in: StagedBill.amounts)
        let total = object.integer(Name.total, in: StagedBill.amounts)
        let issued = object.date(Name.issuedOn)
        let due = object.date(Name.dueOn)
        let readings = StagedBill.list(
            object, Name.readings,
            kind == .active ? StagedBill.reading : StagedBill.reactiveReading)
        let lines =
            kind == .active
            ? StagedBill.list(object, Name.lines, StagedBill.line) : StagedBill.reactiveLine(object)
        guard faults.isEmpty, let customerCode, let month, let status, let invoiceId, let start,
            let end, let consumption, let amount, let rate, let vat, let total, let issued,
            let due, let readings, let lines
        else { return nil }
        self.kind = kind
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
        // A charge for reactive power is a share of its base, not a sum.
        check(object, lineTotal: kind == .active ? lines.sum : amount)
        if !faults.isEmpty { return nil }
    }

    /// What a bill must be in itself.
    private func check(_ object: JSONObject, lineTotal: Int64) {
        if periodEnd < periodStart { object.fault(Name.periodEnd, .outOfRange) }
        if total != amountExcludingVAT + vat { object.fault(Name.total, .notAllowed) }
        if lineTotal != amountExcludingVAT { object.fault(Name.lines, .notAllowed) }
        if dueOn < issuedOn { object.fault(Name.dueOn, .outOfRange) }
        if (status == .issued) != (revision == 1) { object.fault(Name.revision, .notAllowed) }
    }

    // MARK: Members

    private static func invoiceId(_ object: JSONObject) -> String? {
        guard let text = object.string(Name.invoiceId, length: 1...32) else { return nil }
        guard let id = InvoiceId.comparable(text) else {
            object.fault(Name.invoiceId, .wrongFormat)
            return nil
        }
        return id
    }

    /// Readings or lines, encoded as the contract has them, and the sum of their amounts.
    private static func list(
        _ object: JSONObject, _ name: JSONName,
        _ write: (JSONObject, inout JSONWriter) -> Int64
    ) -> (bytes: [UInt8], sum: Int64)? {
        guard let objects = object.objects(name, count: 0...longestList) else { return nil }
        var json = JSONWriter(reservingCapacity: 512)
        var sum: Int64 = 0
        json.array { json in
            for one in objects { json.element { sum += write(one, &$0) } }
        }
        return (json.bytes, sum)
    }

    private static func reading(_ object: JSONObject, _ json: inout JSONWriter) -> Int64 {
        let register = object.word(Name.register, Register.self)
        json.field("meterSerialNumber", object.string(Name.meterSerialNumber, length: 1...40))
        json.field("register", register?.rawValue)
        meterReadings(object, &json)
        json.field("consumptionKWh", object.integer(Name.consumptionKWh, in: amounts))
        json.field("isEstimated", object.boolean(Name.isEstimated))
        return 0
    }

    /// A reading of reactive energy.
    private static func reactiveReading(_ object: JSONObject, _ json: inout JSONWriter) -> Int64 {
        json.field("meterSerialNumber", object.string(Name.meterSerialNumber, length: 1...40))
        meterReadings(object, &json)
        json.field("reactiveEnergyKvarh", object.integer(Name.reactiveEnergyKvarh, in: amounts))
        json.field("isEstimated", object.boolean(Name.isEstimated))
        return 0
    }

    private static func meterReadings(_ object: JSONObject, _ json: inout JSONWriter) {
        for name in [Name.openingReading, Name.closingReading, Name.multiplier] {
            let number = object.decimal(name, decimals: 3, in: readingRange)
            if number == 0, name.text == "multiplier" { object.fault(name, .outOfRange) }
            json.field(name.text, decimal: number ?? 0, scale: 3)
        }
    }

    /// What a bill for reactive power was computed from, as one line of whole numbers.
    private static func reactiveLine(_ object: JSONObject) -> (bytes: [UInt8], sum: Int64)? {
        let kvarh = object.integer(Name.reactiveEnergyKvarh, in: amounts)
        let factor = object.optionalDecimal(Name.powerFactor, decimals: 4, in: 0...10_000)
        if factor == nil, !object.has(Name.powerFactor) { object.fault(Name.powerFactor, .missing) }
        let coefficient = object.decimal(Name.coefficientPercent, decimals: 2, in: 0...100_000)
        let base = object.integer(Name.baseAmount, in: amounts)
        guard let kvarh, let coefficient, let base else { return nil }
        var json = JSONWriter(reservingCapacity: 160)
        json.array { json in
            json.element { json in
                json.field("reactiveEnergyKvarh", kvarh)
                json.field("powerFactorTenThousandths", factor)
                json.field("coefficientBasisPoints", coefficient)
                json.field("baseAmount", base)
            }
        }
        return (json.bytes, base)
    }

    private static func line(_ object: JSONObject, _ json: inout JSONWriter) -> Int64 {
        let kind = object.string(Name.kind, length: 1...20)
        let tier = object.optionalInteger(Name.tier, in: 1...20)
        let register = object.optionalWord(Name.register, Register.self)
        switch kind {
        case "tier":
            if tier == nil, !object.holds(Name.tier) { object.fault(Name.tier, .missing) }
            if register != nil { object.fault(Name.register, .notAllowed) }
        case "register":
            if register == nil, !object.holds(Name.register) {
                object.fault(Name.register, .missing)
            }
            if tier != nil { object.fault(Name.tier, .notAllowed) }
        case nil: break
        default: object.fault(Name.kind, .notAllowed)
        }
        json.field("kind", kind)
        json.field("tier", tier)
        json.field("register", register?.rawValue)
        json.field("quantityKWh", object.integer(Name.quantityKWh, in: amounts))
        json.field("unitPrice", object.integer(Name.unitPrice, in: 0...1_000_000))
        let amount = object.integer(Name.amount, in: amounts)
        json.field("amount", amount)
        return amount ?? 0
    }

    // MARK: On its way to the database

    /// Members that are numbers.
    static let numbers: Set<String> = [
        "periodNumber", "revision", "consumptionKWh", "amountExcludingVAT", "vatRatePercent", "vat",
        "total", "openingReading", "closingReading", "multiplier", "tier", "quantityKWh",
        "unitPrice", "amount", "reactiveEnergyKvarh", "powerFactor", "coefficientPercent",
        "baseAmount",
    ]

    /// Columns of a row.
    static let fieldCount: Int16 = 20

    /// Writes the row of a line.
    func write(to rows: inout CopyRows, of found: Import, line: Int64) {
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(customerCode.text)
        rows.date(month.firstDay)
        rows.int16(Int(periodNumber))
        rows.int16(Int(revision))
        writeRest(to: &rows)
        rows.text(kind.rawValue)
    }

    /// Writes all but the key.
    private func writeRest(to rows: inout CopyRows) {
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

    /// Writes the row as it stands in table `bills`.
    func writeArriving(to rows: inout CopyRows, asOf: Instant, line: Int64) {
        rows.row()
        rows.text(customerCode.text)
        rows.date(month.firstDay)
        rows.int16(Int(periodNumber))
        rows.text(kind.rawValue)
        rows.int16(Int(revision))
        writeRest(to: &rows)
        rows.timestamp(asOf)
        rows.int64(line)
    }

    static let copy = Command(
        "staged_bills_copy",
        """
        -- The bills of an import, as they arrive.
        copy staged_bills (import_id, line, customer_code, month, period_number, revision, status,
            invoice_id, period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, kind)
        from stdin (format binary)
        """)

    static let clear = Command(
        "staged_bills_clear",
        """
        -- What was staged for an import before.
        delete from staged_bills where import_id = $1
        """)
}

/// A bill for active energy as a line of an import.
struct StagedActiveBill: ImportLine {
    let bill: StagedBill

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let bill = StagedBill(value, faults, .active) else { return nil }
        self.bill = bill
    }
}

/// A bill for reactive power (tiền điện CSPK) as a line of an import.
struct StagedReactiveBill: ImportLine {
    let bill: StagedBill

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let bill = StagedBill(value, faults, .reactive) else { return nil }
        self.bill = bill
    }
}
