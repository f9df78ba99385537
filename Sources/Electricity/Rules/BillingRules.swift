/// A set of rules that an answer rests on; holds no memory of its own.
package struct BillingRules: OptionSet, Hashable, Sendable {
    /// One bit per rule, in the order of the catalogue.
    package let rawValue: UInt32

    /// The set of these bits.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The set of one rule.
    init(_ rule: BillingRule) {
        rawValue = 1 << rule.rawValue
    }

    /// Adds a rule.
    mutating func use(_ rule: BillingRule) { formUnion(BillingRules(rule)) }

    /// Whether the rule is among them.
    package func contains(_ rule: BillingRule) -> Bool { contains(BillingRules(rule)) }

    /// The rules, in the order of the catalogue.
    package var list: [BillingRule] { BillingRule.allCases.filter(contains) }
}
