/// What a use of electricity costs, line by line; an estimate, not an invoice.
package struct Calculation: Hashable, Sendable {
    /// The days of one tariff within the period.
    package struct Part: Hashable, Sendable {
        /// The first day.
        package let from: LocalDate
        /// The last day.
        package let to: LocalDate
        /// The days, first and last counted.
        package let dayCount: Int
        /// T, by which its quotas are divided.
        package let quotaDivisorDays: Int
        /// The decision its prices stand in.
        package let decision: String
        /// The name of the voltage class; nil in homes.
        package let voltageClass: String?
        /// What was used, in kWh.
        package let kWh: Int64
        /// What was used, by tier or register; nothing for those without use.
        package let lines: [Line]
    }

    /// One charge line (dòng chi tiết tiền điện).
    package struct Line: Hashable, Sendable {
        /// What the line is for.
        package let kind: LineKind
        /// The quota of the tier in kWh; nil in the open tier and where there are no quotas.
        package let quotaKWh: Int64?
        /// In kWh.
        package let quantityKWh: Int64
        /// VND per kWh before VAT.
        package let unitPrice: Int64
        /// In VND, before VAT.
        package let amount: Int64
    }

    /// What a charge line is for.
    package enum LineKind: Hashable, Sendable {
        /// A tier, counted from 1.
        case tier(Int)
        /// A register of the meter.
        case register(Register)
    }

    /// One part per price version, oldest first.
    package let parts: [Part]
    /// The sum of all lines, in VND.
    package let amountExcludingVAT: Int64
    /// The rate of the day of the closing reading, for the whole bill.
    package let vatRate: VATRate
    /// In VND.
    package let vat: Int64
    /// In VND.
    package let total: Int64
    /// The charge for reactive power, a bill of its own; nil when it was not asked for.
    package let reactive: ReactiveCharge?
    /// The rules it rests on.
    package let rules: BillingRules
    /// What the reader must know.
    package let warnings: [CalculationWarning]

    /// The rules, decisions and documents it rests on.
    package var basis: Basis {
        var documents = parts.map(\.decision) + [vatRate.document]
        if let document = reactive?.document { documents.append(document) }
        return Basis(documents: documents, rules: rules.list)
    }
}

/// What an answer rests on (căn cứ).
package struct Basis: Hashable, Sendable {
    /// The decisions of the prices in the order of the parts, then the document of the VAT rate,
    /// then the circular on reactive power.
    package let documents: [String]
    /// The rules, each with its article and our confidence.
    package let rules: [BillingRule]
}

/// What the reader of a calculation must know.
package enum CalculationWarning: Hashable, Sendable {
    /// These prices are not confirmed by enough sources.
    case uncertainPrices(decision: String, PricingCategory, Confidence)
    /// The VAT rate of that day may still change.
    case uncertainVAT(Confidence)
    /// The coefficients of reactive power are not confirmed by enough sources.
    case uncertainCoefficients(document: String, Confidence)
    /// The rule is not confirmed by enough sources.
    case uncertainRule(BillingRule)
    /// The period goes beyond the day up to which the tariffs have been checked.
    case beyondCheckedTariff(checkedThrough: LocalDate)
    /// The VAT rate changed within the period, on this day.
    case vatChanged(on: LocalDate)
    /// The prices are not those in force during the period.
    case otherTariff(decision: String)
    /// Reactive power is paid for only from this maximum power on, which was not given.
    case capacityUnknown(thresholdKW: Int64)

    /// Its name in answers; never renamed.
    package var code: String {
        switch self {
        case .uncertainPrices: "uncertain_prices"
        case .uncertainVAT: "uncertain_vat"
        case .uncertainCoefficients: "uncertain_coefficients"
        case .uncertainRule: "uncertain_rule"
        case .beyondCheckedTariff: "beyond_checked_tariff"
        case .vatChanged: "vat_changed"
        case .otherTariff: "other_tariff"
        case .capacityUnknown: "capacity_unknown"
        }
    }

    /// The warning, for people.
    package var text: BilingualText {
        switch self {
        case .uncertainPrices(let decision, _, _):
            BilingualText(
                vi: "Giá theo \(decision) chưa được đối chiếu đủ nguồn.",
                en: "The prices of \(decision) are not confirmed by enough sources.")
        case .uncertainVAT:
            BilingualText(
                vi: "Thuế suất của kỳ này có thể còn thay đổi.",
                en: "The VAT rate of this period may still change.")
        case .uncertainCoefficients(let document, _):
            BilingualText(
                vi: "Hệ số k theo \(document) chưa được đối chiếu đủ nguồn.",
                en: "The coefficients of \(document) are not confirmed by enough sources.")
        case .uncertainRule(let rule):
            BilingualText(
                vi: "Quy tắc chưa chắc chắn: \(rule.text.vi)",
                en: "An uncertain rule: \(rule.text.en)")
        case .beyondCheckedTariff(let day):
            BilingualText(
                vi: "Biểu giá mới được kiểm tra đến ngày \(day).",
                en: "The tariffs have been checked through \(day) only.")
        case .vatChanged(let day):
            BilingualText(
                vi: "Thuế suất thay đổi trong kỳ, từ ngày \(day).",
                en: "The VAT rate changed within the period, on \(day).")
        case .otherTariff(let decision):
            BilingualText(
                vi: "Tính theo giá của \(decision), không phải giá đang áp dụng cho kỳ này.",
                en: "Computed with the prices of \(decision), not those in force in the period.")
        case .capacityUnknown(let threshold):
            BilingualText(
                vi: "Chỉ phải trả tiền CSPK khi công suất cực đại từ \(threshold) kW.",
                en: "Reactive power is paid for only from a maximum power of \(threshold) kW on.")
        }
    }
}
