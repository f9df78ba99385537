/// Checks an input against the book, and finds the prices that apply.
struct CalculationCheck {
    private let input: CalculationInput
    private(set) var faults: [CalculationFault] = []
    private(set) var versions: [PriceVersion] = []
    private(set) var vatRate: VATRate?

    init(_ input: CalculationInput, in book: TariffBook, today: LocalDate) {
        self.input = input
        checkDates(book, today)
        checkFigures()
        checkPrices(book)
    }

    private mutating func fault(
        _ field: CalculationFault.Field, _ reason: CalculationFault.Reason
    ) {
        faults.append(CalculationFault(field: field, reason: reason))
    }

    private mutating func checkDates(_ book: TariffBook, _ today: LocalDate) {
        if input.to < input.from {
            fault(.to, .beforeFrom)
        } else if input.dayCount > CalculationBounds.dayCount {
            fault(.to, .periodTooLong)
        }
        if input.from < book.firstDay { fault(.from, .beforeFirstTariff) }
        if input.to > today.advanced(byDays: CalculationBounds.daysAhead) {
            fault(.to, .tooFarAhead)
        }
        vatRate = book.vatRate(on: input.to)
    }

    // MARK: Figures

    private mutating func checkFigures() {
        switch input.energy {
        case .period(let consumption): check(consumption)
        case .parts(let list):
            for consumption in list { check(consumption) }
            if Set(list.map(\.isByRegister)).count > 1 { fault(.kwh, .partsDoNotMatch) }
            let sum = list.reduce(Int64(0)) { $0.addingReportingOverflow($1.kWh).partialValue }
            if list.count > 1, !CalculationBounds.kWh.contains(sum) { fault(.kwh, .outOfRange) }
        }
        let households = CalculationBounds.households
        let quarters = input.households.quarters
        if quarters < 1 || quarters > households.upperBound * 4 {
            fault(.households, .outOfRange)
        } else if input.category != .residential, quarters != 4 {
            fault(.households, .notApplicable)
        }
        if input.category.usagePurpose == .nonResidential {
            if let voltage = input.voltage {
                if !CalculationBounds.volts.contains(voltage.volts) {
                    fault(.voltage, .outOfRange)
                }
            } else {
                fault(.voltage, .missing)
            }
        }
        if let reactive = input.reactive { check(reactive) }
    }

    private mutating func check(_ consumption: Consumption) {
        let bounds = CalculationBounds.kWh
        guard consumption.isByRegister else {
            if !bounds.contains(consumption.standardKWh) { fault(.kwh, .outOfRange) }
            return
        }
        if input.category.usagePurpose == .residential { fault(.registers, .notApplicable) }
        let registers: [(CalculationFault.Field, Int64)] = [
            (.registersStandard, consumption.standardKWh), (.registersPeak, consumption.peakKWh),
            (.registersOffPeak, consumption.offPeakKWh),
        ]
        let wrong = registers.filter { !bounds.contains($0.1) }
        for (field, _) in wrong { fault(field, .outOfRange) }
        if wrong.isEmpty, !bounds.contains(consumption.kWh) { fault(.registers, .outOfRange) }
    }

    private mutating func check(_ reactive: ReactiveUse) {
        switch reactive.source {
        case .kvarh(let kvarh):
            if !CalculationBounds.kvarh.contains(kvarh) { fault(.reactiveKvarh, .outOfRange) }
        case .powerFactorThousandths(let thousandths):
            if !CalculationBounds.powerFactorThousandths.contains(thousandths) {
                fault(.reactivePowerFactor, .outOfRange)
            }
        }
        if let capacity = reactive.capacityKW, !CalculationBounds.capacityKW.contains(capacity) {
            fault(.reactiveCapacity, .outOfRange)
        }
    }

    // MARK: Prices

    private mutating func checkPrices(_ book: TariffBook) {
        switch input.choice {
        case .inForce:
            guard faults.allSatisfy({ $0.field != .from && $0.field != .to }),
                let first = book.tariffIndex(on: input.from),
                let last = book.tariffIndex(on: input.to)
            else { break }
            for index in first...last { add(index, of: book.rows.tariffs, isWhole: false) }
        case .ofDay(let day):
            if let index = book.tariffIndex(on: day) {
                add(index, of: book.rows.tariffs, isWhole: true)
            } else {
                fault(.tariff, .beforeFirstTariff)
            }
        case .ofDecision(let decision):
            if let index = book.rows.tariffs.firstIndex(where: { $0.decision == decision }) {
                add(index, of: book.rows.tariffs, isWhole: true)
            } else if let index = book.rows.drafts.firstIndex(where: { $0.decision == decision }) {
                add(index, of: book.rows.drafts, isWhole: true)
            } else {
                fault(.tariff, .unknownTariff)
            }
        }
        if case .parts(let list) = input.energy, faults.isEmpty, list.count != versions.count {
            fault(.kwh, .partsDoNotMatch)
        }
    }

    /// Adds the part of the period that a tariff prices: its days, or all of them.
    ///
    /// By index, since a tariff is large and would be copied.
    private mutating func add(_ index: Int, of tariffs: [Tariff], isWhole: Bool) {
        guard let confidence = tariffs[index].confidence(of: input.category) else {
            let noPrice = CalculationFault(field: .purpose, reason: .noPrice)
            if !faults.contains(noPrice) { faults.append(noPrice) }
            return
        }
        // None only when the voltage is wrong, which is a fault already.
        guard let prices = tariffs[index].prices(of: input.category, at: input.voltage) else {
            return
        }
        let first = tariffs[index].validFrom
        let last = tariffs[index].validTo ?? input.to
        versions.append(
            PriceVersion(
                from: isWhole ? input.from : max(input.from, first),
                to: isWhole ? input.to : min(input.to, last),
                decision: tariffs[index].decision, method: tariffs[index].method, prices: prices,
                confidence: confidence))
    }
}
