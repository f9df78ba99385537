/// How a customer is priced: households, purpose and voltage.
package struct Pricing: Hashable, Sendable {
    /// How many households share the meter.
    package let households: Households
    /// What the electricity is used for.
    package let category: PricingCategory
    /// The voltage level, outside homes.
    package let voltage: VoltageLevel?

    /// A home of one household, unless said otherwise.
    package init(
        households: Households = Households(count: 1), category: PricingCategory = .residential,
        voltage: VoltageLevel? = nil
    ) {
        self.households = households
        self.category = category
        self.voltage = voltage
    }
}

extension BillCalculator {
    /// The purposes and voltages outside homes under which every line of a bill has its price.
    ///
    /// For customers whose purpose and voltage are not known: none means that the prices stand in
    /// no decision, several that they cannot be told apart.
    package func pricings(of bill: IssuedBill) -> [Pricing] {
        guard let last = book.tariffIndex(on: bill.periodEnd), !bill.lines.isEmpty else {
            return []
        }
        let first = book.tariffIndex(on: bill.periodStart) ?? last
        // Every tariff has classes of its own; the newest one's stand for the customer.
        let tariffs = book.rows.tariffs[min(first, last)...last]
        return book.rows.tariffs[last].categories.flatMap { prices in
            prices.classes.compactMap { one in
                let level = VoltageLevel(volts: max(1, one.fromVolts))
                let isPriced = bill.lines.allSatisfy { line in
                    guard case .register(let register) = line.kind else { return false }
                    return tariffs.contains {
                        let found = $0.voltageClass(of: prices.category, at: level)
                        return found?.prices.unitPrice(of: register) == line.unitPrice
                    }
                }
                return isPriced ? Pricing(category: prices.category, voltage: level) : nil
            }
        }
    }
}
