import Electricity
import JSON
import Postgres

/// A bill for reactive power (tiền điện CSPK) of one billing period, in its newest revision.
struct ReactiveBill {
    static let columns = Bill.columns + BillDetails.columns

    let bill: Bill
    /// A JSON array of readings, encoded as the contract tells them.
    private let readings: [UInt8]
    /// In kvarh.
    let reactiveEnergyKvarh: Int64
    /// cosφ in ten-thousandths; nil when nothing was metered.
    private let powerFactorTenThousandths: Int64?
    /// k in hundredths of a per cent.
    private let coefficientBasisPoints: Int64
    /// Ta, in VND.
    let baseAmount: Int64

    /// Reads a bill that an outer join may have left out: all of its columns are null then.
    static func optional(_ row: inout RowDecoder) throws(RowError) -> ReactiveBill? {
        guard let bill = try Bill.optional(&row) else {
            for _ in BillDetails.columns { try row.skip() }
            return nil
        }
        return try ReactiveBill(bill, &row)
    }

    private init(_ bill: Bill, _ row: inout RowDecoder) throws(RowError) {
        self.bill = bill
        let details = try BillDetails(&row)
        readings = details.readings
        // bills_reactive_line_check holds them to numbers, but not to whole ones.
        guard case .array(let lines)? = try? JSONValue.parse(details.lines),
            let line = lines.first,
            let kvarh = line.wholeNumber("reactiveEnergyKvarh"),
            let coefficient = line.wholeNumber("coefficientBasisPoints"),
            let base = line.wholeNumber("baseAmount")
        else { throw RowError(column: "lines", reason: .malformed) }
        reactiveEnergyKvarh = kvarh
        powerFactorTenThousandths = line.wholeNumber("powerFactorTenThousandths")
        coefficientBasisPoints = coefficient
        baseAmount = base
    }

    /// Whether nothing was metered at all.
    var isIdle: Bool { bill.consumptionKWh == 0 && reactiveEnergyKvarh == 0 }

    /// The members of the bill as the contract has them.
    func write(to json: inout JSONWriter) {
        bill.write(to: &json, details: nil)
        json.rawField("readings", readings)
        json.field("reactiveEnergyKvarh", reactiveEnergyKvarh)
        if let powerFactorTenThousandths {
            json.field("powerFactor", decimal: powerFactorTenThousandths, scale: 4)
        } else {
            json.nullField("powerFactor")
        }
        json.field("coefficientPercent", decimal: coefficientBasisPoints, scale: 2)
        json.field("baseAmount", baseAmount)
    }
}
