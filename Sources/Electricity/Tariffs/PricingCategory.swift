/// The group of customers a price is for (đối tượng áp dụng giá, mục đích sử dụng điện).
package enum PricingCategory: String, Sendable, CaseIterable {
    /// Homes, by tiers (sinh hoạt bậc thang).
    case residential
    /// Homes with a prepaid card meter, at one price (sinh hoạt dùng công tơ thẻ trả trước).
    case residentialPrepaid
    /// Homes let for less than a year whose people are not fully declared, at the price of one
    /// tier (người thuê nhà chưa kê khai đầy đủ số người).
    case undeclaredTenants
    /// Trade and services (kinh doanh).
    case business
    /// Industry and agriculture (sản xuất).
    case production
    /// Hospitals, kindergartens and schools (bệnh viện, nhà trẻ, mẫu giáo, trường phổ thông).
    case hospitalsAndSchools
    /// Public lighting and offices of the state (chiếu sáng công cộng, đơn vị hành chính).
    case publicLightingAndOffices
    /// Hotels and the like, from Decision 14/2025/QĐ-TTg on (cơ sở lưu trú du lịch).
    case touristAccommodation
    /// Charging of electric vehicles, from Decision 14/2025/QĐ-TTg on (trạm sạc xe điện).
    case vehicleCharging

    /// The purpose of use of the supply contract.
    package var usagePurpose: UsagePurpose {
        switch self {
        case .residential, .residentialPrepaid, .undeclaredTenants: .residential
        case .business, .production, .hospitalsAndSchools, .publicLightingAndOffices,
            .touristAccommodation, .vehicleCharging:
            .nonResidential
        }
    }
}
