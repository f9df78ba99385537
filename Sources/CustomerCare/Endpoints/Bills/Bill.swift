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
        json.field("month", month.description)
        json.field("periodNumber", periodNumber)
        json.field("revision", revision)
        json.field("status", status.rawValue)
        json.field("invoiceId", invoiceId)
        json.field("periodStart", periodStart.description)
        json.field("periodEnd", periodEnd.description)
        details?.writeReadings(to: &json)
        json.field("consumptionKWh", consumptionKWh)
        details?.writeLines(to: &json)
        json.field("amountExcludingVAT", amountExcludingVAT)
        json.field("vatRatePercent", decimal: vatRateBasisPoints, scale: 2)
        json.field("vat", vat)
        json.field("total", total)
        json.field("paid", paid)
        json.field("remaining", remaining)
        json.field("issuedOn", issuedOn.description)
        json.field("dueOn", dueOn.description)
        let status = PaymentStatus(billed: paid + remaining, paid: paid, pending: pending)
        json.field("paymentStatus", status.rawValue)
    }
}

/// The readings and charge lines of a bill, each column an array in the same order.
struct BillDetails {
    static let columns = [
        "meter_serial_numbers", "reading_registers", "opening_readings", "closing_readings",
        "multipliers", "reading_kwh", "reading_estimates", "line_tiers", "line_registers",
        "line_kwh", "line_prices", "line_amounts",
    ]

    private let serialNumbers: [String]
    private let readingRegisters: [String]
    private let openingReadings: [Int64]
    private let closingReadings: [Int64]
    private let multipliers: [Int64]
    private let readingKWh: [Int64]
    private let estimates: [Int64]
    private let lineTiers: [Int64]
    private let lineRegisters: [String]
    private let lineKWh: [Int64]
    private let linePrices: [Int64]
    private let lineAmounts: [Int64]

    init(_ row: inout RowDecoder) throws(RowError) {
        serialNumbers = try row.strings()
        readingRegisters = try row.strings()
        openingReadings = try row.int64s()
        closingReadings = try row.int64s()
        multipliers = try row.int64s()
        readingKWh = try row.int64s()
        estimates = try row.int64s()
        lineTiers = try row.int64s()
        lineRegisters = try row.strings()
        lineKWh = try row.int64s()
        linePrices = try row.int64s()
        lineAmounts = try row.int64s()
    }

    func writeReadings(to json: inout JSONWriter) {
        json.list("readings") { json in
            for index in serialNumbers.indices {
                json.element { json in
                    json.field("meterSerialNumber", serialNumbers[index])
                    json.field("register", readingRegisters[index])
                    json.field("openingReading", openingReadings[index])
                    json.field("closingReading", closingReadings[index])
                    json.field("multiplier", multipliers[index])
                    json.field("consumptionKWh", readingKWh[index])
                    json.field("isEstimated", estimates[index] == 1)
                }
            }
        }
    }

    func writeLines(to json: inout JSONWriter) {
        json.list("lines") { json in
            for index in lineKWh.indices {
                let tier = lineTiers[index] == 0 ? nil : lineTiers[index]
                json.element { json in
                    json.field("kind", tier == nil ? "register" : "tier")
                    json.field("tier", tier)
                    json.field("register", tier == nil ? lineRegisters[index] : nil)
                    json.field("quantityKWh", lineKWh[index])
                    json.field("unitPrice", linePrices[index])
                    json.field("amount", lineAmounts[index])
                }
            }
        }
    }
}
