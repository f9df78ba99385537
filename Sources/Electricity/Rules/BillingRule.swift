/// A rule by which bills are computed (quy tắc tính tiền điện).
///
/// This is the one place where a rule's article and our confidence in it stand; an answer names
/// the rules it used in its `basis`.
package enum BillingRule: UInt32, Sendable, CaseIterable {
    /// A line is whole kWh times whole VND, never rounded.
    case lineAmounts
    /// The quota of a tier is its width by days and households, rounded once.
    case tierQuotas
    /// T is the length of the month in which the period starts.
    case quotaDivisor
    /// Each household that shares the meter has the quotas of a household.
    case households
    /// Four declared people count as a household, fewer as quarters of one.
    case declaredTenants
    /// A quota of quarter households is rounded like any other.
    case fractionalQuotas
    /// Undeclared tenants pay one tier's price for everything.
    case undeclaredTenants
    /// A prepaid card meter has one price.
    case prepaidMeter
    /// Outside homes the price is that of purpose and voltage.
    case voltageClasses
    /// Each time-of-use register has its price.
    case timeOfUse
    /// Without a time-of-use meter, everything is at the price of standard hours.
    case standardHoursOnly
    /// kWh are split by days at a change of price, each part with its own quotas.
    case priceChangeSplit
    /// A meter read on the day of the change is billed by its readings.
    case priceChangeReadings
    /// With several changes of price, the last part takes the remainder.
    case severalPriceChanges
    /// Each time-of-use register is split by days on its own.
    case timeOfUseSplit
    /// VAT is rounded to whole VND, once for a bill.
    case vatRounding
    /// The VAT rate of the reading date holds for the whole bill.
    case vatOfReadingDate
    /// Reactive power is a percentage of the active-energy amount, by cosφ.
    case reactiveCharge
    /// Who pays for reactive power.
    case reactiveScope
    /// cosφ is rounded to hundredths before the table is read.
    case powerFactorRounding
    /// The reactive charge is rounded to whole VND.
    case reactiveRounding

    /// How sure we are of the rule.
    package var confidence: Confidence {
        switch self {
        case .lineAmounts, .tierQuotas, .households, .declaredTenants, .undeclaredTenants,
            .prepaidMeter, .voltageClasses, .timeOfUse, .standardHoursOnly, .priceChangeSplit,
            .priceChangeReadings, .vatRounding, .reactiveCharge, .reactiveScope:
            .high
        // Inferred from published bills, not found as a sentence of law.
        case .quotaDivisor: .mediumToHigh
        // One source each.
        case .severalPriceChanges, .vatOfReadingDate: .medium
        // By analogy.
        case .timeOfUseSplit, .reactiveRounding: .medium
        // No source: to be asked of EVN SPC.
        case .fractionalQuotas, .powerFactorRounding: .low
        }
    }

    /// The law or source the rule stands in.
    package var citation: BilingualText {
        switch self {
        case .lineAmounts, .vatRounding: Sources.publishedBills
        case .tierQuotas, .priceChangeSplit, .priceChangeReadings, .quotaDivisor:
            Sources.quotaFormula
        case .households: Sources.households
        case .declaredTenants, .undeclaredTenants, .fractionalQuotas: Sources.tenants
        case .prepaidMeter, .voltageClasses: Sources.priceDecision
        case .timeOfUse, .standardHoursOnly: Sources.timeOfUse
        case .severalPriceChanges, .timeOfUseSplit: Sources.splitByAnalogy
        case .vatOfReadingDate: Sources.taxPoint
        case .reactiveCharge, .reactiveScope, .reactiveRounding, .powerFactorRounding:
            Sources.reactivePower
        }
    }
}

/// The laws and sources that rules stand in.
private enum Sources {
    static let publishedBills = BilingualText(
        vi: "Các hóa đơn mẫu do EVN SPC và các tổng công ty điện lực công bố",
        en: "Worked bills published by EVN SPC and the other power corporations")
    static let quotaFormula = BilingualText(
        vi: "Trung tâm CSKH EVNCPC, «Tính tiền trong tháng đổi giá», theo Thông tư 16/2014/TT-BCT",
        en: "EVNCPC customer care, \"Tính tiền trong tháng đổi giá\", under Circular 16/2014/TT-BCT"
    )
    static let households = BilingualText(
        vi: "Thông tư 16/2014/TT-BCT, Điều 10 khoản 3, sửa bởi Thông tư 09/2023/TT-BCT, Điều 1 "
            + "khoản 3; giữ hiệu lực theo Thông tư 60/2025/TT-BCT, Điều 20 khoản 1 điểm c",
        en: "Circular 16/2014/TT-BCT Art. 10(3), amended by 09/2023/TT-BCT Art. 1(3); kept in "
            + "force by 60/2025/TT-BCT Art. 20(1)(c)")
    static let tenants = BilingualText(
        vi: "Thông tư 25/2018/TT-BCT, Điều 1 khoản 5; Thông tư 09/2023/TT-BCT, Điều 2 khoản 2; "
            + "Thông tư 60/2025/TT-BCT, Điều 20 khoản 1 điểm d (sau lần điều chỉnh giá bình quân "
            + "kế tiếp: Điều 12 khoản 5 điểm c)",
        en: "Circular 25/2018/TT-BCT Art. 1(5); 09/2023/TT-BCT Art. 2(2); 60/2025/TT-BCT "
            + "Art. 20(1)(d) (from the next average-price adjustment: Art. 12(5)(c))")
    static let priceDecision = BilingualText(
        vi: "Quyết định về giá bán điện nêu trong từng phần của kết quả",
        en: "The decision on electricity prices named in each part of the answer")
    static let timeOfUse = BilingualText(
        vi: "Thông tư 16/2014/TT-BCT (giá theo thời gian sử dụng điện trong ngày)",
        en: "Circular 16/2014/TT-BCT (prices by time of use)")
    static let splitByAnalogy = BilingualText(
        vi: "Suy từ cách chia của Thông tư 16/2014/TT-BCT; không thấy văn bản nói riêng",
        en: "By analogy with the split under Circular 16/2014/TT-BCT; no text of its own found")
    static let taxPoint = BilingualText(
        vi: "Thông tư 219/2013/TT-BTC, Điều 8 (thời điểm ghi chỉ số điện)",
        en: "Circular 219/2013/TT-BTC Art. 8 (the day the meter is read)")
    static let reactivePower = BilingualText(
        vi: "Thông tư 15/2014/TT-BCT về mua, bán công suất phản kháng",
        en: "Circular 15/2014/TT-BCT on buying and selling reactive power")
}
