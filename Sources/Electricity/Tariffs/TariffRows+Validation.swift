/// The bounds of figures, chosen so that no product of three of them leaves 64 bits.
enum TariffBounds {
    /// VND per kWh: thirty times what a kWh costs.
    static let unitPrice: ClosedRange<Int64> = 1...100_000
    /// kWh of a tier a month and household.
    static let tierWidth: ClosedRange<Int64> = 1...1_000_000
    /// Hundredths of a per cent.
    static let basisPoints: ClosedRange<Int64> = 0...10_000
    /// T, in days.
    static let quotaDivisor = 1...366
    /// Volts, up to far above the highest grid.
    static let volts: ClosedRange<Int64> = 0...10_000_000
    /// Tiers of a tariff.
    static let tierCount = 1...100
}

extension TariffRows {
    /// Every fault of the rows; none when the list is empty.
    package func validate() -> [TariffFault] {
        var check = TariffCheck()
        if tariffs.isEmpty { check.fault("/tariffs", .missing) }
        check.dates("/tariffs", tariffs.map { ($0.validFrom, $0.validTo) })
        check.dates("/vatRates", vatRates.map { ($0.validFrom, $0.validTo) })
        check.dates("/reactiveTables", reactiveTables.map { ($0.validFrom, $0.validTo) })
        for (index, tariff) in tariffs.enumerated() { check.tariff("/tariffs/\(index)", tariff) }
        for (index, tariff) in drafts.enumerated() { check.tariff("/drafts/\(index)", tariff) }
        if let first = tariffs.first,
            !(vatRates.first.map { $0.validFrom <= first.validFrom } ?? false)
        {
            check.fault("/vatRates", vatRates.isEmpty ? .missing : .startsTooLate)
        }
        for (index, rate) in vatRates.enumerated() {
            let path = "/vatRates/\(index)"
            check.range(path + "/basisPoints", rate.basisPoints, TariffBounds.basisPoints)
            if rate.document.isEmpty { check.fault(path + "/document", .missing) }
        }
        for (index, table) in reactiveTables.enumerated() {
            check.reactiveTable("/reactiveTables/\(index)", table)
        }
        return check.faults
    }
}

/// Collects the faults of tariffs, each with its place.
private struct TariffCheck {
    private(set) var faults: [TariffFault] = []
    private var decisions: Set<String> = []

    mutating func fault(_ pointer: String, _ reason: TariffFault.Reason) {
        faults.append(TariffFault(pointer: pointer, reason: reason))
    }

    mutating func range<Number: Comparable>(
        _ pointer: String, _ value: Number, _ bounds: ClosedRange<Number>
    ) {
        if !bounds.contains(value) { fault(pointer, .outOfRange) }
    }

    /// Each row begins the day after the one before ends; only the last is without end.
    mutating func dates(_ path: String, _ rows: [(from: LocalDate, to: LocalDate?)]) {
        for (index, row) in rows.enumerated() {
            let place = "\(path)/\(index)"
            if let to = row.to, to < row.from { fault(place + "/validTo", .endsBeforeStart) }
            if index == rows.count - 1 {
                if row.to != nil { fault(place + "/validTo", .lastIsNotOpen) }
            } else if let to = row.to {
                let next = rows[index + 1].from
                let place = "\(path)/\(index + 1)/validFrom"
                if next <= to { fault(place, .overlap) }
                if next > to.advanced(byDays: 1) { fault(place, .gap) }
            } else {
                fault(place + "/validTo", .openBeforeLast)
            }
        }
    }

    mutating func tariff(_ path: String, _ tariff: Tariff) {
        if tariff.decision.isEmpty { fault(path + "/decision", .missing) }
        if !decisions.insert(tariff.decision).inserted { fault(path + "/decision", .duplicate) }
        if case .fixed(let days) = tariff.method.quotaDivisor {
            range(path + "/method/quotaDivisor", days, TariffBounds.quotaDivisor)
        }
        residential(path + "/residential", tariff.residential)
        var seen: Set<PricingCategory> = []
        for (index, prices) in tariff.categories.enumerated() {
            let place = "\(path)/categories/\(index)"
            if prices.category.usagePurpose == .residential {
                fault(place + "/category", .wrongCategory)
            }
            if !seen.insert(prices.category).inserted { fault(place + "/category", .duplicate) }
            voltageClasses(place + "/classes", prices.classes)
        }
    }

    private mutating func residential(_ path: String, _ prices: ResidentialPrices) {
        let tiers = prices.tiers
        range(path + "/tiers", tiers.count, TariffBounds.tierCount)
        for (index, tier) in tiers.enumerated() {
            let place = "\(path)/tiers/\(index)"
            range(place + "/unitPrice", tier.unitPrice, TariffBounds.unitPrice)
            if let width = tier.widthKWh {
                range(place + "/widthKWh", width, TariffBounds.tierWidth)
                if index == tiers.count - 1 { fault(place + "/widthKWh", .lastIsNotOpen) }
            } else if index < tiers.count - 1 {
                fault(place + "/widthKWh", .openBeforeLast)
            }
        }
        range(
            path + "/undeclaredTenantsTier", prices.undeclaredTenantsTier, 1...max(1, tiers.count))
        if let prepaid = prices.prepaid {
            range(path + "/prepaid/unitPrice", prepaid.unitPrice, TariffBounds.unitPrice)
        }
    }

    /// The classes cover every voltage from 0 on, once.
    private mutating func voltageClasses(_ path: String, _ classes: [VoltageClass]) {
        if classes.isEmpty { fault(path, .missing) }
        var next: Int64? = 0
        for (index, one) in classes.enumerated() {
            let place = "\(path)/\(index)"
            if one.name.isEmpty { fault(place + "/name", .missing) }
            range(place + "/fromVolts", one.fromVolts, TariffBounds.volts)
            if let next {
                if one.fromVolts > next { fault(place + "/fromVolts", .gap) }
                if one.fromVolts < next { fault(place + "/fromVolts", .overlap) }
            } else {
                fault("\(path)/\(index - 1)/toVolts", .openBeforeLast)
            }
            if let to = one.toVolts {
                range(place + "/toVolts", to, TariffBounds.volts)
                if to < one.fromVolts { fault(place + "/toVolts", .endsBeforeStart) }
            }
            next = one.toVolts.map { min($0, TariffBounds.volts.upperBound) + 1 }
            registers(place + "/prices", one.prices)
        }
        if next != nil, !classes.isEmpty {
            fault("\(path)/\(classes.count - 1)/toVolts", .lastIsNotOpen)
        }
    }

    private mutating func registers(_ path: String, _ prices: RegisterPrices) {
        range(path + "/standard", prices.standard, TariffBounds.unitPrice)
        if let peak = prices.peak { range(path + "/peak", peak, TariffBounds.unitPrice) }
        if let offPeak = prices.offPeak {
            range(path + "/offPeak", offPeak, TariffBounds.unitPrice)
        }
    }

    mutating func reactiveTable(_ path: String, _ table: ReactiveTable) {
        if table.document.isEmpty { fault(path + "/document", .missing) }
        range(path + "/thresholdKW", table.thresholdKW, 0...1_000_000)
        range(path + "/freeFromHundredths", table.freeFromHundredths, 1...100)
        range(
            path + "/lowestCoefficientBasisPoints", table.lowestCoefficientBasisPoints,
            TariffBounds.basisPoints)
        if table.rows.isEmpty { fault(path + "/rows", .missing) }
        if table.categories.isEmpty { fault(path + "/categories", .missing) }
        var above = min(max(table.freeFromHundredths, 1), 100)
        for (index, row) in table.rows.enumerated() {
            let place = "\(path)/rows/\(index)"
            range(place + "/powerFactorHundredths", row.powerFactorHundredths, 0...100)
            range(
                place + "/coefficientBasisPoints", row.coefficientBasisPoints,
                TariffBounds.basisPoints)
            let hundredths = min(max(row.powerFactorHundredths, -1), 101)
            if hundredths < above - 1 { fault(place + "/powerFactorHundredths", .gap) }
            if hundredths >= above { fault(place + "/powerFactorHundredths", .overlap) }
            above = hundredths
        }
    }
}
