import Electricity
import JSON

/// The prices that demo bills are computed with, from the file `demo/tariff.json`.
///
/// Only for demo data: whole periods at one price and with full quotas.
struct DemoPrices: Sendable {
    /// What is paid for a kWh outside homes.
    struct Rates: Sendable {
        let standard: Int64
        let peak: Int64
        let offPeak: Int64

        func price(of register: Register) -> Int64 {
            switch register {
            case .total, .standard: standard
            case .peak: peak
            case .offPeak: offPeak
            }
        }
    }

    /// One decision on prices, in VND per kWh before tax.
    struct Tariff: Sendable {
        let validFrom: LocalDate
        /// Widths of the tiers but the last, in kWh a month and household.
        let tierQuotas: [Int64]
        let tierPrices: [Int64]
        let business: Rates
        let production: Rates
    }

    /// One rate with its first day.
    private struct VATRate {
        let validFrom: LocalDate
        let basisPoints: Int64
    }

    /// Days from the issue of a bill to the end of its payment.
    let paymentTermDays: Int
    private let tariffs: [Tariff]
    private let rates: [VATRate]

    init() throws(DemoError) {
        let name = "demo/tariff.json"
        guard let bytes = Assets.bytes(name), let root = DemoPrices.parse(bytes),
            let days = root.member("paymentTermDays")?.wholeNumber,
            let tariffs = root.member("tariffs")?.list(DemoPrices.tariff),
            let rates = root.member("vat")?.list(DemoPrices.vatRate)
        else { throw .asset(name) }
        paymentTermDays = Int(days)
        self.tariffs = tariffs
        self.rates = rates
    }

    /// The tariff in force on a day; the oldest one for days before all.
    func tariff(on day: LocalDate) -> Tariff? {
        tariffs.last { $0.validFrom <= day } ?? tariffs.first
    }

    /// The VAT in hundredths of a per cent on a day.
    func vatBasisPoints(on day: LocalDate) -> Int64 {
        (rates.last { $0.validFrom <= day } ?? rates.first)?.basisPoints ?? 0
    }

    // MARK: Reading

    private static func parse(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONValue.parse(bytes)  // The caller says which file is malformed.
    }

    private static func tariff(_ value: JSONValue) -> Tariff? {
        guard let validFrom = value.member("validFrom")?.date,
            let quotas = value.member("tierQuotasKWh")?.list(\.wholeNumber),
            let prices = value.member("tierPrices")?.list(\.wholeNumber),
            prices.count == quotas.count + 1,
            let business = value.member("business").flatMap(rates),
            let production = value.member("production").flatMap(rates)
        else { return nil }
        return Tariff(
            validFrom: validFrom, tierQuotas: quotas, tierPrices: prices, business: business,
            production: production)
    }

    private static func rates(_ value: JSONValue) -> Rates? {
        guard let standard = value.member("standard")?.wholeNumber,
            let peak = value.member("peak")?.wholeNumber,
            let offPeak = value.member("offPeak")?.wholeNumber
        else { return nil }
        return Rates(standard: standard, peak: peak, offPeak: offPeak)
    }

    private static func vatRate(_ value: JSONValue) -> VATRate? {
        guard let validFrom = value.member("validFrom")?.date,
            let points = value.member("basisPoints")?.wholeNumber
        else { return nil }
        return VATRate(validFrom: validFrom, basisPoints: points)
    }
}

extension JSONValue {
    fileprivate var wholeNumber: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    fileprivate var date: LocalDate? {
        if case .string(let text) = self { LocalDate(text) } else { nil }
    }

    /// The items, each read; nil when one cannot be, or when there are none.
    fileprivate func list<Item>(_ read: (JSONValue) -> Item?) -> [Item]? {
        guard case .array(let values) = self, !values.isEmpty else { return nil }
        let items = values.compactMap(read)
        return items.count == values.count ? items : nil
    }
}
