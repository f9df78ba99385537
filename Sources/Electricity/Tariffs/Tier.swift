/// One tier of the residential prices (bậc thang).
package struct Tier: Hashable, Sendable {
    /// Its width in kWh a month and household; nil for the last one, which is open.
    package let widthKWh: Int64?
    /// VND per kWh before VAT.
    package let unitPrice: Int64

    /// A tier of a width, at a price.
    package init(widthKWh: Int64?, unitPrice: Int64) {
        self.widthKWh = widthKWh
        self.unitPrice = unitPrice
    }
}

/// The prices of homes (giá bán lẻ điện sinh hoạt).
package struct ResidentialPrices: Hashable, Sendable {
    /// The tiers from the cheapest use on; only the last is open.
    package let tiers: [Tier]
    /// How sure the tiers are.
    package let confidence: Confidence
    /// The tier, counted from 1, whose price undeclared tenants pay for everything.
    ///
    /// It is the one of 101 to 200 kWh (Circular 25/2018/TT-BCT Art. 1(5), later 60/2025/TT-BCT
    /// Art. 12(5)(c)).
    package let undeclaredTenantsTier: Int
    /// The price of prepaid card meters, when it is known.
    package let prepaid: PrepaidPrice?

    /// The prices of homes of one decision.
    package init(
        tiers: [Tier], confidence: Confidence, undeclaredTenantsTier: Int,
        prepaid: PrepaidPrice? = nil
    ) {
        self.tiers = tiers
        self.confidence = confidence
        self.undeclaredTenantsTier = undeclaredTenantsTier
        self.prepaid = prepaid
    }
}

/// The price of a prepaid card meter (công tơ thẻ trả trước).
package struct PrepaidPrice: Hashable, Sendable {
    /// VND per kWh before VAT.
    package let unitPrice: Int64
    /// How sure it is.
    package let confidence: Confidence

    /// A price of prepaid card meters.
    package init(unitPrice: Int64, confidence: Confidence) {
        self.unitPrice = unitPrice
        self.confidence = confidence
    }
}
