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
    let issuedOn: LocalDate
    let dueOn: LocalDate

    var consumptionKWh: Int64 { lines.reduce(0) { $0 + $1.quantityKWh } }
    var amountExcludingVAT: Int64 { lines.reduce(0) { $0 + $1.amount } }
    /// Rounded half up to one VND, never to more.
    var vat: Int64 { (amountExcludingVAT * vatBasisPoints + 5_000) / 10_000 }
    var total: Int64 { amountExcludingVAT + vat }
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
    /// What the line is charged by.
    enum Kind: Sendable, Equatable {
        case tier(Int)
        case register(Register)
    }

    let kind: Kind
    let quantityKWh: Int64
    let unitPrice: Int64

    var amount: Int64 { quantityKWh * unitPrice }

    /// The members of a charge line as the contract has them.
    func write(to json: inout JSONWriter) {
        switch kind {
        case .tier(let tier):
            json.field("kind", "tier")
            json.field("tier", tier)
            json.nullField("register")
        case .register(let register):
            json.field("kind", "register")
            json.nullField("tier")
            json.field("register", register.rawValue)
        }
        json.field("quantityKWh", quantityKWh)
        json.field("unitPrice", unitPrice)
        json.field("amount", amount)
    }

    /// One line per tier that is reached; quotas grow with the number of households.
    static func tiers(
        _ kWh: Int64, households: Int, _ tariff: DemoPrices.Tariff
    ) -> [DemoLine] {
        var rest = kWh
        var lines: [DemoLine] = []
        for (index, price) in tariff.tierPrices.enumerated() where rest > 0 {
            let isLast = index == tariff.tierQuotas.count
            let quota = isLast ? rest : tariff.tierQuotas[index] * Int64(max(1, households))
            let quantity = min(rest, quota)
            lines.append(
                DemoLine(kind: .tier(index + 1), quantityKWh: quantity, unitPrice: price))
            rest -= quantity
        }
        return lines
    }

    /// One line per register, in the order of the readings.
    static func registers(_ readings: [DemoReading], _ rates: DemoPrices.Rates) -> [DemoLine] {
        var order: [Register] = []
        var quantities: [Register: Int64] = [:]
        for reading in readings {
            if quantities[reading.register] == nil { order.append(reading.register) }
            quantities[reading.register, default: 0] += reading.consumptionKWh
        }
        return order.map { register in
            DemoLine(
                kind: .register(register), quantityKWh: quantities[register] ?? 0,
                unitPrice: rates.price(of: register))
        }
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
