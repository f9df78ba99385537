/// A retail tariff (biểu giá bán lẻ điện): all prices of one decision, with its dates.
package struct Tariff: Hashable, Sendable {
    /// The number of the decision, such as `1279/QĐ-BCT`.
    package let decision: String
    /// The first day it applies to.
    package let validFrom: LocalDate
    /// The last day it applies to; nil while no other has followed.
    package let validTo: LocalDate?
    /// The divisor of quotas and the rounding points that go with it.
    package let method: BillingMethod
    /// The prices of homes.
    package let residential: ResidentialPrices
    /// The prices of the other categories, as far as they are known.
    package let categories: [CategoryPrices]

    /// A tariff; `TariffBook` checks it.
    package init(
        decision: String, validFrom: LocalDate, validTo: LocalDate?, method: BillingMethod,
        residential: ResidentialPrices, categories: [CategoryPrices] = []
    ) {
        self.decision = decision
        self.validFrom = validFrom
        self.validTo = validTo
        self.method = method
        self.residential = residential
        self.categories = categories
    }

    /// How sure the prices of a category are; nil when it has none.
    package func confidence(of category: PricingCategory) -> Confidence? {
        switch category {
        case .residential, .undeclaredTenants: residential.confidence
        case .residentialPrepaid: residential.prepaid?.confidence
        case .business, .production, .hospitalsAndSchools, .publicLightingAndOffices,
            .touristAccommodation, .vehicleCharging:
            categories.first { $0.category == category }?.confidence
        }
    }

    /// The prices outside homes for a category and a voltage.
    func voltageClass(of category: PricingCategory, at level: VoltageLevel?) -> VoltageClass? {
        guard let level else { return nil }
        return categories.first { $0.category == category }?.classes.first { $0.contains(level) }
    }
}

/// A rate of value added tax (thuế suất thuế GTGT) and the days it applies to.
package struct VATRate: Hashable, Sendable {
    /// The first day it applies to.
    package let validFrom: LocalDate
    /// The last day it applies to; nil while no other has followed.
    package let validTo: LocalDate?
    /// Hundredths of a per cent.
    package let basisPoints: Int64
    /// The resolution and the decree it stands in.
    package let document: String
    /// How sure it is: a rate announced to end may be prolonged.
    package let confidence: Confidence

    /// A rate of VAT; `TariffBook` checks it.
    package init(
        validFrom: LocalDate, validTo: LocalDate?, basisPoints: Int64, document: String,
        confidence: Confidence = .high
    ) {
        self.validFrom = validFrom
        self.validTo = validTo
        self.basisPoints = basisPoints
        self.document = document
        self.confidence = confidence
    }

    /// The tax on an amount that is not negative, in VND.
    func vat(on amount: Int64, _ rounding: Rounding) -> Int64 {
        rounding.quotient(amount * basisPoints, by: 10_000)
    }
}
