/// The rules a calculation used and what its reader must know.
struct CalculationNotes {
    private(set) var rules = BillingRules(rawValue: 0)
    private(set) var warnings: [CalculationWarning] = []

    init(
        _ input: CalculationInput, _ versions: [PriceVersion], _ rate: VATRate,
        _ reactive: ReactiveCharge?, book: TariffBook
    ) {
        rules.use(.lineAmounts)
        rules.use(.vatRounding)
        notePrices(input, versions)
        noteSplit(input, versionCount: versions.count)
        if let day = book.vatChange(from: input.from, to: input.to) {
            rules.use(.vatOfReadingDate)
            warnings.append(.vatChanged(on: day))
        }
        if rate.confidence.needsWarning { warnings.append(.uncertainVAT(rate.confidence)) }
        if input.choice != .inForce {
            warnings += versions.map { .otherTariff(decision: $0.decision) }
        } else if input.to > book.rows.checkedThrough {
            warnings.append(.beyondCheckedTariff(checkedThrough: book.rows.checkedThrough))
        }
        if let use = input.reactive, let reactive { note(use, reactive, book, input.to) }
        if !rules.isDisjoint(with: .uncertain) {
            warnings += rules.intersection(.uncertain).list.map { .uncertainRule($0) }
        }
    }

    private mutating func notePrices(_ input: CalculationInput, _ versions: [PriceVersion]) {
        switch input.category {
        case .residential:
            rules.use(.tierQuotas)
            rules.use(.quotaDivisor)
            if input.households.isByPeople { rules.use(.declaredTenants) }
            if input.households.quarters > 4 { rules.use(.households) }
            if input.households.isFractional { rules.use(.fractionalQuotas) }
        case .residentialPrepaid: rules.use(.prepaidMeter)
        case .undeclaredTenants: rules.use(.undeclaredTenants)
        case .business, .production, .hospitalsAndSchools, .publicLightingAndOffices,
            .touristAccommodation, .vehicleCharging:
            rules.use(.voltageClasses)
            rules.use(input.energy.isByRegister ? .timeOfUse : .standardHoursOnly)
        }
        for version in versions where version.confidence.needsWarning {
            warnings.append(
                .uncertainPrices(
                    decision: version.decision, input.category, version.confidence))
        }
    }

    private mutating func noteSplit(_ input: CalculationInput, versionCount: Int) {
        guard versionCount > 1 else { return }
        if case .parts = input.energy {
            rules.use(.priceChangeReadings)
            return
        }
        rules.use(.priceChangeSplit)
        if versionCount > 2 { rules.use(.severalPriceChanges) }
        if input.energy.isByRegister { rules.use(.timeOfUseSplit) }
    }

    private mutating func note(
        _ use: ReactiveUse, _ reactive: ReactiveCharge, _ book: TariffBook, _ day: LocalDate
    ) {
        rules.use(.reactiveScope)
        guard reactive.exemption == nil || reactive.exemption == .powerFactor,
            let factor = reactive.powerFactor, let table = book.reactiveTable(on: day)
        else { return }
        rules.use(.reactiveCharge)
        if table.confidence.needsWarning {
            warnings.append(
                .uncertainCoefficients(document: table.document, table.confidence))
        }
        if !factor.isWholeHundredths { rules.use(.powerFactorRounding) }
        guard reactive.exemption == nil else { return }
        if !(reactive.baseAmount * reactive.coefficientBasisPoints).isMultiple(of: 10_000) {
            rules.use(.reactiveRounding)
        }
        if use.capacityKW == nil {
            warnings.append(.capacityUnknown(thresholdKW: table.thresholdKW))
        }
    }
}

extension MeteredEnergy {
    /// Whether the meter counts by time of use.
    var isByRegister: Bool {
        switch self {
        case .period(let consumption): consumption.isByRegister
        case .parts(let list): list.contains(where: \.isByRegister)
        }
    }
}

extension BillingRules {
    /// The rules an answer must warn of.
    static let uncertain = BillingRule.allCases.reduce(into: BillingRules(rawValue: 0)) {
        if $1.confidence.needsWarning { $0.use($1) }
    }
}
