/// Two calculations side by side: the same use under other households, dates or tariffs.
package struct Comparison: Hashable, Sendable {
    /// What the other one is compared with.
    package let base: Calculation
    /// The other one.
    package let other: Calculation

    /// A comparison of an answer with a base.
    package init(base: Calculation, other: Calculation) {
        self.base = base
        self.other = other
    }

    /// How much more the other one costs in VND with VAT; less when negative.
    package var differenceVND: Int64 { other.total - base.total }

    /// The same before VAT.
    package var differenceExcludingVAT: Int64 {
        other.amountExcludingVAT - base.amountExcludingVAT
    }
}
