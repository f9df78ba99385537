import Electricity
import Postgres

/// What the billing system tells of how a customer is priced: homes from the rest, and no more.
///
/// Prepaid meters and tenants who are not declared are known by their bills, and so are purpose
/// and voltage outside homes.
struct CustomerPricing {
    static let columns = ["usage_purpose", "household_count"]

    let purpose: UsagePurpose
    let householdCount: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        purpose = try row.word(UsagePurpose.self)
        householdCount = Int64(try row.int32())
    }

    /// Explains a bill under the pricing that makes it a right one, else under the likeliest.
    ///
    /// `first` is tried before all others; `before` is the bill of the month before, whose prices
    /// stand in for those of a bill with a wrong price or without lines.
    func explain(
        _ issued: IssuedBill, first: Pricing? = nil, before: IssuedBill? = nil,
        by calculator: BillCalculator
    ) throws(Explained.Reason) -> BillExplanation {
        var likeliest: BillExplanation?
        var faults: CalculationFaults?
        let others = pricings(of: issued, before: before, by: calculator)
        for pricing in (first.map { [$0] } ?? []) + others {
            do {
                let explanation = try calculator.explain(issued, pricing)
                if explanation.isMatch { return explanation }
                likeliest = likeliest ?? explanation
            } catch {
                faults = faults ?? error
            }
        }
        if let likeliest { return likeliest }
        throw faults.map(Explained.Reason.init) ?? .pricingUnknown
    }

    /// How the customer may be priced, the likeliest first.
    private func pricings(
        of issued: IssuedBill, before: IssuedBill?, by calculator: BillCalculator
    ) -> [Pricing] {
        switch purpose {
        case .residential:
            return [
                Pricing(households: Households(count: max(1, householdCount))),
                Pricing(category: .residentialPrepaid), Pricing(category: .undeclaredTenants),
            ]
        case .nonResidential:
            let own = calculator.pricings(of: issued)
            return own.isEmpty ? before.map(calculator.pricings) ?? [] : own
        }
    }
}
