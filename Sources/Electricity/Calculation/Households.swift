/// How many households (số hộ) share the meter, in quarters of a household.
///
/// Quarters, since three declared tenants have the quotas of three quarters of a household
/// (Circular 25/2018/TT-BCT Art. 1(5)).
package struct Households: Hashable, Sendable {
    /// Four for each household.
    package let quarters: Int64
    /// Whether they were counted by people.
    package let isByPeople: Bool

    /// Whole households.
    package init(count: Int64) {
        let (product, isTooMany) = count.multipliedReportingOverflow(by: 4)
        quarters = isTooMany ? (count < 0 ? .min : .max) : product
        isByPeople = false
    }

    /// Declared tenants: four people are a household.
    package init(people: Int64) {
        quarters = people
        isByPeople = true
    }

    /// Whether they are no whole number of households.
    package var isFractional: Bool { !quarters.isMultiple(of: 4) }
}
