/// The days of a period that one tariff prices, with the prices that apply to the input.
struct PriceVersion {
    /// What a category pays.
    enum Prices {
        case tiers([Tier])
        /// One price for everything.
        case flat(Calculation.LineKind, unitPrice: Int64)
        case registers(VoltageClass)
    }

    let from: LocalDate
    let to: LocalDate
    let decision: String
    let method: BillingMethod
    let prices: Prices
    let confidence: Confidence

    var dayCount: Int { from.dayCount(through: to) }
}

extension Tariff {
    /// What a category pays at a voltage; nil when the tariff does not say.
    func prices(of category: PricingCategory, at voltage: VoltageLevel?) -> PriceVersion.Prices? {
        switch category {
        case .residential: .tiers(residential.tiers)
        case .residentialPrepaid:
            residential.prepaid.map { .flat(.register(.total), unitPrice: $0.unitPrice) }
        case .undeclaredTenants:
            .flat(
                .tier(residential.undeclaredTenantsTier),
                unitPrice: residential.tiers[residential.undeclaredTenantsTier - 1].unitPrice)
        case .business, .production, .hospitalsAndSchools, .publicLightingAndOffices,
            .touristAccommodation, .vehicleCharging:
            voltageClass(of: category, at: voltage).map { .registers($0) }
        }
    }
}
