import Electricity
import JSON
import Postgres

/// An active-energy bill (tiền điện) of one billing period, in its newest revision, without its
/// lines and readings.
struct Bill {
    static let columns = [
        "month", "period_number", "revision", "status", "invoice_id", "period_start",
        "period_end", "consumption_kwh", "amount_excluding_vat", "vat_rate_basis_points", "vat",
        "total", "issued_on", "due_on", "paid", "pending",
    ]

    let month: BillingMonth
    let periodNumber: Int
    let revision: Int
    let status: BillStatus
    let invoiceId: String
    let periodStart: LocalDate
    let periodEnd: LocalDate
    let consumptionKWh: Int64
    /// Amounts in VND.
    let amountExcludingVAT: Int64
    /// Hundredths of a percent.
    let vatRateBasisPoints: Int64
    let vat: Int64
    let total: Int64
    let issuedOn: LocalDate
    let dueOn: LocalDate
    let paid: Int64
    /// Paid, but not yet reconciled with the billing system.
    let pending: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        month = try row.localDate().month
        periodNumber = Int(try row.int32())
        revision = Int(try row.int32())
        status = try row.word(BillStatus.self)
        invoiceId = try row.string()
        periodStart = try row.localDate()
        periodEnd = try row.localDate()
        consumptionKWh = try row.int64()
        amountExcludingVAT = try row.int64()
        vatRateBasisPoints = Int64(try row.int32())
        vat = try row.int64()
        total = try row.int64()
        issuedOn = try row.localDate()
        dueOn = try row.localDate()
        paid = try row.int64()
        pending = try row.int64()
    }

    /// Reads a bill that an outer join may have left out: all of its columns are null then.
    static func optional(_ row: inout RowDecoder) throws(RowError) -> Bill? {
        if try row.isNull() {
            for _ in columns { try row.skip() }
            return nil
        }
        return try Bill(&row)
    }

    /// What is still to be paid, in VND; nothing of a bill that was withdrawn.
    var remaining: Int64 { status == .cancelled ? 0 : max(0, total - paid) }

    /// The members of the bill; a full bill has readings and lines among them.
    func write(to json: inout JSONWriter, details: BillDetails?) {
        json.field("month", month)
        json.field("periodNumber", periodNumber)
        json.field("revision", revision)
        json.field("status", status.rawValue)
        json.field("invoiceId", invoiceId)
        json.field("periodStart", periodStart)
        json.field("periodEnd", periodEnd)
        if let details { json.rawField("readings", details.readings) }
        json.field("consumptionKWh", consumptionKWh)
        if let details { json.rawField("lines", details.lines) }
        json.field("amountExcludingVAT", amountExcludingVAT)
        json.field("vatRatePercent", decimal: vatRateBasisPoints, scale: 2)
        json.field("vat", vat)
        json.field("total", total)
        json.field("paid", paid)
        json.field("remaining", remaining)
        json.field("issuedOn", issuedOn)
        json.field("dueOn", dueOn)
        let status = PaymentStatus(billed: paid + remaining, paid: paid, pending: pending)
        json.field("paymentStatus", status.rawValue)
    }
}

/// The readings and charge lines of a bill, encoded as the contract tells them.
struct BillDetails {
    static let columns = ["readings", "lines"]

    /// A JSON array of readings, one per meter and register.
    let readings: [UInt8]
    /// A JSON array of charge lines, one per tier or register.
    let lines: [UInt8]

    init(_ row: inout RowDecoder) throws(RowError) {
        readings = try row.utf8()
        lines = try row.utf8()
    }
}
