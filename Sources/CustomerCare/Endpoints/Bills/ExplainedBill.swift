import Electricity
import JSON
import Postgres

/// A bill as `GetBillExplanation` needs it: what was billed, and what it rests on.
struct ExplainedBill {
    static let columns = [
        "revision", "status", "invoice_id", "period_start", "period_end", "consumption_kwh",
        "amount_excluding_vat", "vat", "total", "readings", "lines",
    ]

    let revision: Int
    let status: BillStatus
    let invoiceId: String
    /// The bill for the engine; nil when its readings or lines are not those of the contract.
    let issued: IssuedBill?

    /// Reads a bill that an outer join may have left out: all of its columns are null then.
    static func optional(_ row: inout RowDecoder) throws(RowError) -> ExplainedBill? {
        if try row.isNull() {
            for _ in columns { try row.skip() }
            return nil
        }
        return try ExplainedBill(&row)
    }

    private init(_ row: inout RowDecoder) throws(RowError) {
        revision = Int(try row.int32())
        status = try row.word(BillStatus.self)
        invoiceId = try row.string()
        let start = try row.localDate()
        let end = try row.localDate()
        let consumption = try row.int64()
        let amount = try row.int64()
        let vat = try row.int64()
        let total = try row.int64()
        let readings = ExplainedBill.list(try row.utf8(), ExplainedBill.reading)
        let lines = ExplainedBill.list(try row.utf8(), ExplainedBill.line)
        guard let readings, let lines else {
            issued = nil
            return
        }
        issued = IssuedBill(
            periodStart: start, periodEnd: end, readings: readings, lines: lines,
            consumptionKWh: consumption, amountExcludingVAT: amount, vat: vat, total: total)
    }

    // MARK: Readings and lines

    private static func list<Item>(
        _ text: [UInt8], _ read: (JSONValue) -> Item?
    ) -> [Item]? {
        // What is no JSON is none of the contract's items either.
        guard case .array(let values)? = try? JSONValue.parse(text) else { return nil }
        let items = values.compactMap(read)
        return items.count == values.count ? items : nil
    }

    private static func reading(_ value: JSONValue) -> IssuedBill.Reading? {
        guard let register = value.word("register", Register.self),
            let opening = value.wholeNumber("openingReading"),
            let closing = value.wholeNumber("closingReading"),
            let multiplier = value.wholeNumber("multiplier"),
            let consumption = value.wholeNumber("consumptionKWh")
        else { return nil }
        return IssuedBill.Reading(
            register: register, openingReading: opening, closingReading: closing,
            multiplier: multiplier, consumptionKWh: consumption)
    }

    private static func line(_ value: JSONValue) -> IssuedBill.Line? {
        let kind: Calculation.LineKind
        if let tier = value.wholeNumber("tier") {
            kind = .tier(Int(tier))
        } else if let register = value.word("register", Register.self) {
            kind = .register(register)
        } else {
            return nil
        }
        guard let quantity = value.wholeNumber("quantityKWh"),
            let price = value.wholeNumber("unitPrice"), let amount = value.wholeNumber("amount")
        else { return nil }
        return IssuedBill.Line(
            kind: kind, quantityKWh: quantity, unitPrice: price, amount: amount)
    }
}
