/// What is wrong with one field of a calculation's input.
package struct CalculationFault: Hashable, Sendable {
    /// The field, by its path in the request.
    package enum Field: String, Sendable, CaseIterable {
        case from
        case to
        case kwh
        case registers
        case registersStandard = "registers/standard"
        case registersPeak = "registers/peak"
        case registersOffPeak = "registers/offPeak"
        case households
        case purpose
        case voltage
        case tariff
        case reactiveKvarh = "reactive/kvarh"
        case reactivePowerFactor = "reactive/powerFactor"
        case reactiveCapacity = "reactive/capacityKW"
    }

    /// Why it cannot be.
    package enum Reason: String, Sendable, CaseIterable {
        case outOfRange = "out_of_range"
        case missing
        case notApplicable = "not_applicable"
        case beforeFrom = "before_from"
        case periodTooLong = "period_too_long"
        case beforeFirstTariff = "before_first_tariff"
        case tooFarAhead = "too_far_ahead"
        case noPrice = "no_price"
        case unknownTariff = "unknown_tariff"
        case partsDoNotMatch = "parts_do_not_match"

        /// The reason, for people.
        package var text: BilingualText {
            switch self {
            case .outOfRange:
                BilingualText(vi: "Giá trị ngoài giới hạn.", en: "The value is out of range.")
            case .missing: BilingualText(vi: "Thiếu giá trị.", en: "The value is missing.")
            case .notApplicable:
                BilingualText(
                    vi: "Không áp dụng cho mục đích sử dụng điện này.",
                    en: "It does not apply to this purpose of use.")
            case .beforeFrom:
                BilingualText(
                    vi: "Ngày cuối kỳ trước ngày đầu kỳ.",
                    en: "The last day is before the first day.")
            case .periodTooLong:
                BilingualText(
                    vi: "Kỳ tính dài hơn \(CalculationBounds.dayCount) ngày.",
                    en: "The period is longer than \(CalculationBounds.dayCount) days.")
            case .beforeFirstTariff:
                BilingualText(
                    vi: "Trước biểu giá đầu tiên có trong dữ liệu.",
                    en: "It is before the first tariff we hold.")
            case .tooFarAhead:
                BilingualText(
                    vi: "Sau hôm nay hơn một năm.", en: "It is more than a year from today.")
            case .noPrice:
                BilingualText(
                    vi: "Biểu giá của kỳ này không có giá cho mục đích sử dụng điện này.",
                    en: "The tariff of this period has no price for this purpose of use.")
            case .unknownTariff:
                BilingualText(vi: "Không có biểu giá này.", en: "There is no such tariff.")
            case .partsDoNotMatch:
                BilingualText(
                    vi: "Mỗi phần giá trong kỳ cần đúng một sản lượng cùng loại.",
                    en: "Each price version of the period needs one figure of the same kind.")
            }
        }
    }

    /// Which field.
    package let field: Field
    /// Why.
    package let reason: Reason
}

/// All that is wrong with a calculation's input.
package struct CalculationFaults: Error, Hashable, Sendable {
    /// At least one fault.
    package let faults: [CalculationFault]
}
