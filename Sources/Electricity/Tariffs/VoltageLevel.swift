/// The voltage at which a customer is supplied (cấp điện áp).
package struct VoltageLevel: Hashable, Sendable {
    /// Volts between phases, such as 380 or 22 000.
    package let volts: Int64

    /// The voltage of so many volts.
    package init(volts: Int64) {
        self.volts = volts
    }
}

/// The prices of one category at one range of voltages.
///
/// Both ends belong to it and are whole volts: "from 22 kV" begins at 22 000 V, "above 35 kV"
/// at 35 001 V.
package struct VoltageClass: Hashable, Sendable {
    /// Its name in the data, such as `6_to_22kv`.
    package let name: String
    /// The lowest voltage, in volts.
    package let fromVolts: Int64
    /// The highest voltage, in volts; nil when there is no end.
    package let toVolts: Int64?
    /// What a kWh costs.
    package let prices: RegisterPrices

    /// The prices of a range of voltages.
    package init(name: String, fromVolts: Int64, toVolts: Int64?, prices: RegisterPrices) {
        self.name = name
        self.fromVolts = fromVolts
        self.toVolts = toVolts
        self.prices = prices
    }

    func contains(_ level: VoltageLevel) -> Bool {
        guard level.volts >= fromVolts else { return false }
        return toVolts.map { level.volts <= $0 } ?? true
    }
}

/// What a kWh costs by time of use, in VND before VAT.
package struct RegisterPrices: Hashable, Sendable {
    /// In standard hours, and at all hours without a time-of-use meter.
    package let standard: Int64
    /// In peak hours; nil when the price is the same at all hours.
    package let peak: Int64?
    /// In off-peak hours; nil when the price is the same at all hours.
    package let offPeak: Int64?

    /// Prices by time of use, or one price for all hours.
    package init(standard: Int64, peak: Int64? = nil, offPeak: Int64? = nil) {
        self.standard = standard
        self.peak = peak
        self.offPeak = offPeak
    }

    /// The price of what a register counts.
    package func unitPrice(of register: Register) -> Int64 {
        switch register {
        case .total, .standard: standard
        case .peak: peak ?? standard
        case .offPeak: offPeak ?? standard
        }
    }
}

/// The prices of one category outside homes (giá sản xuất, kinh doanh, hành chính sự nghiệp).
package struct CategoryPrices: Hashable, Sendable {
    /// Whom they are for.
    package let category: PricingCategory
    /// By voltage, lowest first, without gap: each tariff has classes of its own.
    package let classes: [VoltageClass]
    /// How sure they are.
    package let confidence: Confidence

    /// The prices of a category; the classes in any order.
    package init(category: PricingCategory, classes: [VoltageClass], confidence: Confidence) {
        self.category = category
        self.classes = classes.sorted { $0.fromVolts < $1.fromVolts }
        self.confidence = confidence
    }
}
