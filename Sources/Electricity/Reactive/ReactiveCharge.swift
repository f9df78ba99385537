/// What is known of the reactive energy of a period (điện năng phản kháng).
package struct ReactiveUse: Hashable, Sendable {
    /// Where cosφ comes from.
    package enum Source: Hashable, Sendable {
        /// From the meter, in kvarh received.
        case kvarh(Int64)
        /// Given, in thousandths.
        case powerFactorThousandths(Int64)
    }

    /// Where cosφ comes from.
    package let source: Source
    /// The contracted, or actual, maximum power in kW; nil when it is not known.
    package let capacityKW: Int64?

    /// Reactive energy or cosφ, with the maximum power.
    package init(_ source: Source, capacityKW: Int64? = nil) {
        self.source = source
        self.capacityKW = capacityKW
    }
}

/// Why nothing is paid for reactive power.
package enum ReactiveExemption: String, Sendable, CaseIterable {
    /// Only production, business and services pay.
    case purpose
    /// The maximum power is below the threshold.
    case capacity
    /// cosφ is good enough.
    case powerFactor = "power_factor"
    /// Nothing was metered, so that there is no cosφ.
    case noEnergy = "no_energy"
    /// No table is in force.
    case noTable = "no_table"
}

/// The charge for reactive power (tiền mua công suất phản kháng, CSPK) of one period.
///
/// `Tq = Ta × k %` (Circular 15/2014/TT-BCT): Ta the active-energy amount before VAT, k from the
/// table by cosφ. It is a bill of its own, so its VAT is rounded on its own.
package struct ReactiveCharge: Hashable, Sendable {
    /// Why nothing is paid; nil when something is.
    package let exemption: ReactiveExemption?
    /// cosφ, when there is one.
    package let powerFactor: PowerFactor?
    /// cosφ as the table was read, in hundredths.
    package let powerFactorHundredths: Int?
    /// k in hundredths of a per cent.
    package let coefficientBasisPoints: Int64
    /// Ta, in VND.
    package let baseAmount: Int64
    /// Tq, in VND.
    package let amountExcludingVAT: Int64
    /// In VND.
    package let vat: Int64
    /// In VND.
    package let total: Int64
    /// The circular, when a table is in force.
    package let document: String?

    init(
        _ use: ReactiveUse, activeKWh: Int64, baseAmount: Int64, category: PricingCategory,
        table: ReactiveTable?, vatRate: VATRate, vatRounding: Rounding
    ) {
        self.baseAmount = baseAmount
        document = table?.document
        let factor =
            switch use.source {
            case .kvarh(let kvarh): PowerFactor(activeKWh: activeKWh, reactiveKvarh: kvarh)
            case .powerFactorThousandths(let value): PowerFactor(thousandths: value)
            }
        powerFactor = factor
        let hundredths = table.flatMap { factor?.hundredths($0.powerFactorRounding) }
        powerFactorHundredths = hundredths
        exemption = ReactiveCharge.exemption(use, category, table, hundredths)
        guard exemption == nil, let table, let hundredths else {
            (coefficientBasisPoints, amountExcludingVAT, vat, total) = (0, 0, 0, 0)
            return
        }
        coefficientBasisPoints = table.coefficientBasisPoints(ofHundredths: hundredths)
        amountExcludingVAT = table.amountRounding.quotient(
            baseAmount * coefficientBasisPoints, by: 10_000)
        vat = vatRate.vat(on: amountExcludingVAT, vatRounding)
        total = amountExcludingVAT + vat
    }

    private static func exemption(
        _ use: ReactiveUse, _ category: PricingCategory, _ table: ReactiveTable?, _ hundredths: Int?
    ) -> ReactiveExemption? {
        guard let table else { return .noTable }
        if !table.categories.contains(category) { return .purpose }
        if let capacity = use.capacityKW, capacity < table.thresholdKW { return .capacity }
        guard let hundredths else { return .noEnergy }
        return hundredths >= table.freeFromHundredths ? .powerFactor : nil
    }
}

extension ReactiveTable {
    /// What exempts a customer whatever is metered; nil when the meter decides, or the category.
    package func exemption(of purpose: UsagePurpose, capacityKW: Int64?) -> ReactiveExemption? {
        if !categories.contains(where: { $0.usagePurpose == purpose }) { return .purpose }
        if let capacityKW, capacityKW < thresholdKW { return .capacity }
        return nil
    }
}
