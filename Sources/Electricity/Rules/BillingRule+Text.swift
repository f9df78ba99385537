extension BillingRule {
    /// Its name in answers; never renamed.
    package var code: String {
        switch self {
        case .lineAmounts: "line_amounts"
        case .tierQuotas: "tier_quotas"
        case .quotaDivisor: "quota_divisor"
        case .households: "households"
        case .declaredTenants: "declared_tenants"
        case .fractionalQuotas: "fractional_quotas"
        case .undeclaredTenants: "undeclared_tenants"
        case .prepaidMeter: "prepaid_meter"
        case .voltageClasses: "voltage_classes"
        case .timeOfUse: "time_of_use"
        case .standardHoursOnly: "standard_hours_only"
        case .priceChangeSplit: "price_change_split"
        case .priceChangeReadings: "price_change_readings"
        case .severalPriceChanges: "several_price_changes"
        case .timeOfUseSplit: "time_of_use_split"
        case .vatRounding: "vat_rounding"
        case .vatOfReadingDate: "vat_of_reading_date"
        case .reactiveCharge: "reactive_charge"
        case .reactiveScope: "reactive_scope"
        case .powerFactorRounding: "power_factor_rounding"
        case .reactiveRounding: "reactive_rounding"
        }
    }

    /// What the rule says.
    package var text: BilingualText {
        switch self {
        case .lineAmounts:
            BilingualText(
                vi: "Tiền mỗi dòng = số kWh nguyên × đơn giá nguyên, không làm tròn; tiền "
                    + "trước thuế là tổng các dòng.",
                en: "A line is whole kWh times a whole price, not rounded; the amount "
                    + "before VAT is their sum.")
        case .tierQuotas:
            BilingualText(
                vi: "Định mức mỗi bậc = mức quy định ÷ T × số ngày × số hộ, làm tròn số học "
                    + "đến kWh một lần.",
                en: "A tier's quota is its width ÷ T × days × households, rounded half up "
                    + "to kWh once.")
        case .quotaDivisor:
            BilingualText(
                vi: "T là số ngày của tháng có ngày đầu kỳ: suy từ các hóa đơn đã công bố.",
                en: "T is the number of days of the month in which the period starts: "
                    + "inferred from published bills.")
        case .households:
            BilingualText(
                vi: "Nhiều hộ dùng chung công tơ: định mức mỗi bậc nhân với số hộ.",
                en: "Several households behind one meter: each tier's quota times the "
                    + "number of households.")
        case .declaredTenants:
            BilingualText(
                vi: "Người thuê nhà đã kê khai: 4 người tính là một hộ; 1, 2, 3 người là "
                    + "1/4, 1/2, 3/4 định mức.",
                en: "Declared tenants: 4 people count as one household; 1, 2, 3 as 1/4, "
                    + "1/2, 3/4 of its quotas.")
        case .fractionalQuotas:
            BilingualText(
                vi: "Định mức theo phần tư hộ cũng làm tròn số học: chưa có văn bản nói rõ.",
                en: "Quotas of quarter households are rounded half up, too: no text says "
                    + "so.")
        case .undeclaredTenants:
            BilingualText(
                vi: "Thuê nhà dưới 12 tháng, chưa kê khai đủ số người: toàn bộ theo giá bậc "
                    + "101–200 kWh.",
                en: "Let for under 12 months, people not fully declared: everything at the "
                    + "price of the tier of 101 to 200 kWh.")
        case .prepaidMeter:
            BilingualText(
                vi: "Công tơ thẻ trả trước: một giá cho mọi kWh.",
                en: "A prepaid card meter: one price for every kWh.")
        case .voltageClasses:
            BilingualText(
                vi: "Ngoài sinh hoạt: giá theo mục đích sử dụng và cấp điện áp.",
                en: "Outside homes: the price is that of the purpose of use and the voltage "
                    + "level.")
        case .timeOfUse:
            BilingualText(
                vi: "Công tơ ba giá: giờ bình thường, cao điểm, thấp điểm, mỗi bộ chỉ số "
                    + "một giá.",
                en: "A time-of-use meter: standard, peak and off-peak hours, a price for "
                    + "each register.")
        case .standardHoursOnly:
            BilingualText(
                vi: "Không có công tơ ba giá: mọi kWh theo giá giờ bình thường.",
                en: "No time-of-use meter: every kWh at the price of standard hours.")
        case .priceChangeSplit:
            BilingualText(
                vi: "Đổi giá trong kỳ: chia kWh theo số ngày (làm tròn số học phần giá cũ), "
                    + "mỗi phần có định mức và giá riêng.",
                en: "A price change inside the period: kWh are split by days (the old part "
                    + "rounded half up), each part with its own quotas and prices.")
        case .priceChangeReadings:
            BilingualText(
                vi: "Công tơ được ghi vào ngày đổi giá: tính theo chỉ số của từng phần.",
                en: "A meter read on the day of the change is billed by the readings of "
                    + "each part.")
        case .severalPriceChanges:
            BilingualText(
                vi: "Nhiều lần đổi giá: phần cuối nhận số kWh còn lại.",
                en: "Several price changes: the last part takes the remaining kWh.")
        case .timeOfUseSplit:
            BilingualText(
                vi: "Đổi giá với công tơ ba giá không được ghi hôm đó: chia từng bộ chỉ số "
                    + "theo số ngày.",
                en: "A price change, a time-of-use meter not read that day: each register "
                    + "is split by days.")
        case .vatRounding:
            BilingualText(
                vi: "Thuế GTGT tính một lần cho cả hóa đơn, làm tròn số học đến đồng.",
                en: "VAT is computed once for the bill and rounded half up to the đồng.")
        case .vatOfReadingDate:
            BilingualText(
                vi: "Thuế suất của ngày ghi chỉ số cuối kỳ áp dụng cho cả hóa đơn.",
                en: "The VAT rate of the closing reading's day holds for the whole bill.")
        case .reactiveCharge:
            BilingualText(
                vi: "Tiền mua CSPK trước thuế = tiền điện năng tác dụng trước thuế × k %, k "
                    + "tra theo cosφ; cộng thuế GTGT.",
                en: "The charge before VAT is the active-energy amount before VAT × k %, k "
                    + "from the table by cosφ; VAT is added.")
        case .reactiveScope:
            BilingualText(
                vi: "Sản xuất, kinh doanh, dịch vụ có công suất cực đại từ ngưỡng kW trở "
                    + "lên và cosφ dưới mức quy định.",
                en: "Production, business and services with a maximum power from the "
                    + "threshold on and cosφ below the limit.")
        case .powerFactorRounding:
            BilingualText(
                vi: "cosφ làm tròn số học đến hai chữ số thập phân trước khi tra bảng: chưa "
                    + "có văn bản.",
                en: "cosφ is rounded half up to two decimals before the table is read: no "
                    + "text found.")
        case .reactiveRounding:
            BilingualText(
                vi: "Tiền mua CSPK làm tròn số học đến đồng, tương tự thuế.",
                en: "The reactive charge is rounded half up to the đồng, by analogy with "
                    + "VAT.")
        }
    }
}
