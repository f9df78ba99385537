import Electricity
import JSON

/// A made-up bill: one revision of it.
struct DemoBill: Sendable, Equatable {
    let month: BillingMonth
    let periodNumber: Int
    var revision = 1
    var status = BillStatus.issued
    let invoiceId: String
    let periodStart: LocalDate
    let periodEnd: LocalDate
    let readings: [DemoReading]
    let lines: [DemoLine]
    let vatBasisPoints: Int64
    /// In VND.
    let vat: Int64
    let issuedOn: LocalDate
    let dueOn: LocalDate
    /// What makes it a bill for reactive power; nil of an active-energy bill.
    var reactive: DemoReactiveUse?

    /// The kWh of a bill for reactive power are those of the lines it has a share of.
    var consumptionKWh: Int64 { lines.reduce(0) { $0 + $1.quantityKWh } }
    var amountExcludingVAT: Int64 {
        reactive?.amountExcludingVAT ?? lines.reduce(0) { $0 + $1.amount }
    }
    var total: Int64 { amountExcludingVAT + vat }
}

/// The reactive energy of a made-up bill, and what is paid for it.
struct DemoReactiveUse: Sendable, Equatable {
    let meterSerialNumber: String
    let openingReading: Int64
    let kvarh: Int64
    let powerFactorTenThousandths: Int64?
    let coefficientBasisPoints: Int64
    let baseAmount: Int64
    let amountExcludingVAT: Int64

    /// The members of its reading as the contract has them.
    func writeReading(to json: inout JSONWriter) {
        json.field("meterSerialNumber", meterSerialNumber)
        json.field("openingReading", openingReading)
        json.field("closingReading", openingReading + kvarh)
        json.field("multiplier", 1)
        json.field("reactiveEnergyKvarh", kvarh)
        json.field("isEstimated", false)
    }

    /// The members of its line as migration 0007 has them.
    func writeLine(to json: inout JSONWriter) {
        json.field("reactiveEnergyKvarh", kvarh)
        json.field("powerFactorTenThousandths", powerFactorTenThousandths)
        json.field("coefficientBasisPoints", coefficientBasisPoints)
        json.field("baseAmount", baseAmount)
    }
}

/// One reading of a made-up bill.
struct DemoReading: Sendable, Equatable {
    let meterSerialNumber: String
    let register: Register
    let openingReading: Int64
    let closingReading: Int64
    let multiplier: Int64
    var isEstimated = false

    var consumptionKWh: Int64 { (closingReading - openingReading) * multiplier }

    /// The members of a reading as the contract has them.
    func write(to json: inout JSONWriter) {
        json.field("meterSerialNumber", meterSerialNumber)
        json.field("register", register.rawValue)
        json.field("openingReading", openingReading)
        json.field("closingReading", closingReading)
        json.field("multiplier", multiplier)
        json.field("consumptionKWh", consumptionKWh)
        json.field("isEstimated", isEstimated)
    }
}

/// One charge line of a made-up bill: of a tier or of a register.
struct DemoLine: Sendable, Equatable {
    let kind: Calculation.LineKind
    let quantityKWh: Int64
    let unitPrice: Int64
    let amount: Int64

    init(_ line: Calculation.Line) {
        kind = line.kind
        quantityKWh = line.quantityKWh
        unitPrice = line.unitPrice
        amount = line.amount
    }

    /// The members of a charge line as the contract has them.
    func write(to json: inout JSONWriter) {
        kind.write(to: &json)
        json.field("quantityKWh", quantityKWh)
        json.field("unitPrice", unitPrice)
        json.field("amount", amount)
    }
}

/// A made-up bill with all its revisions, and what of it is paid.
struct DemoAccountEntry: Sendable, Equatable {
    /// At least one revision, in order.
    let revisions: [DemoBill]
    let newest: DemoBill
    var paid: Int64 = 0
    var pending: Int64 = 0

    /// What is to be paid: nothing of a cancelled bill.
    var billed: Int64 { newest.status == .cancelled ? 0 : newest.total }

    init(_ first: DemoBill, later: [DemoBill] = []) {
        revisions = [first] + later
        newest = later.last ?? first
    }
}
