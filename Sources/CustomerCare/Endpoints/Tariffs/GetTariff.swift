import Electricity
import JSON

/// Shows the prices in force on a day (Biểu giá bán lẻ điện).
struct GetTariff: Endpoint {
    // Short, since a new version is in force within seconds.
    static let route = Route.get("/v1/tariffs").forEverybody(cachedSeconds: 60).counted()

    let on: LocalDate?
    let purpose: PricingCategory?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        var wrong: [Problem.FieldError] = []
        do {
            on = try arguments.queryDate("on")
        } catch {
            on = nil
            wrong += error.errors
        }
        do {
            purpose = try arguments.queryWord("purpose", PricingCategory.self)
        } catch {
            purpose = nil
            wrong += error.errors
        }
        if !wrong.isEmpty { throw Problem(invalid: wrong) }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let version = try context.tariffVersion()
        let rows = version.book.rows
        let day = on ?? context.today
        if day > context.today.advanced(byDays: CalculationBounds.daysAhead) {
            throw GetTariff.refusal(.tooFarAhead)
        }
        guard let tariff = version.book.tariff(on: day), let rate = version.book.vatRate(on: day)
        else { throw GetTariff.refusal(.beforeFirstTariff) }
        return .object(reserving: 4_096) { json in
            json.field("on", day)
            json.field("tariffVersion", version.number)
            json.field("checkedThrough", rows.checkedThrough)
            json.field("tariff") { tariff.write(to: &$0, purpose, isDraft: false) }
            json.field("vatRate") { rate.write(to: &$0) }
            if let table = version.book.reactiveTable(on: day) {
                json.field("reactive") { table.write(to: &$0) }
            } else {
                json.nullField("reactive")
            }
            json.list("drafts") { json in
                for draft in rows.drafts {
                    json.element { draft.write(to: &$0, purpose, isDraft: true) }
                }
            }
        }
    }

    private static func refusal(_ reason: CalculationFault.Reason) -> Problem {
        Problem(invalid: [
            Problem.FieldError(
                place: .parameter("on"), code: reason.rawValue,
                detail: Wording(reason.text.vi, reason.text.en))
        ])
    }
}

extension Tariff {
    /// The members of a tariff; only one category's prices when one is named.
    fileprivate func write(
        to json: inout JSONWriter, _ purpose: PricingCategory?, isDraft: Bool
    ) {
        json.field("decision", decision)
        // The day of a draft is not known.
        json.field("validFrom", isDraft ? nil : validFrom)
        json.field("validTo", isDraft ? nil : validTo)
        json.list("categories") { json in
            for category in PricingCategory.allCases where purpose.map({ $0 == category }) ?? true {
                guard let confidence = confidence(of: category) else { continue }
                json.element { json in
                    json.field("purpose", category.rawValue)
                    json.field("confidence", confidence.rawValue)
                    writePrices(of: category, to: &json)
                }
            }
        }
    }

    private func writePrices(of category: PricingCategory, to json: inout JSONWriter) {
        var unitPrice: Int64?
        switch category {
        case .residentialPrepaid: unitPrice = residential.prepaid?.unitPrice
        case .undeclaredTenants:
            unitPrice = residential.tiers[residential.undeclaredTenantsTier - 1].unitPrice
        default: unitPrice = nil
        }
        json.list("tiers") { json in
            guard category == .residential else { return }
            for (index, tier) in residential.tiers.enumerated() {
                json.element { json in
                    json.field("tier", index + 1)
                    json.field("widthKWh", tier.widthKWh)
                    json.field("unitPrice", tier.unitPrice)
                }
            }
        }
        json.field("unitPrice", unitPrice)
        json.list("voltageClasses") { json in
            for one in categories.first(where: { $0.category == category })?.classes ?? [] {
                json.element { json in
                    json.field("name", one.name)
                    json.field("fromVolts", one.fromVolts)
                    json.field("toVolts", one.toVolts)
                    json.field("standardPrice", one.prices.standard)
                    json.field("peakPrice", one.prices.peak)
                    json.field("offPeakPrice", one.prices.offPeak)
                }
            }
        }
    }
}

extension VATRate {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("ratePercent", decimal: basisPoints, scale: 2)
        json.field("validFrom", validFrom)
        json.field("validTo", validTo)
        json.field("document", document)
        json.field("confidence", confidence.rawValue)
    }
}

extension ReactiveTable {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("document", document)
        json.field("validFrom", validFrom)
        json.field("validTo", validTo)
        json.field("confidence", confidence.rawValue)
        json.field("thresholdKW", thresholdKW)
        json.field("freeFromPowerFactor", decimal: Int64(freeFromHundredths), scale: 2)
        json.list("purposes") { json in
            for category in PricingCategory.allCases where categories.contains(category) {
                json.element(category.rawValue)
            }
        }
        json.list("coefficients") { json in
            for row in rows {
                json.element { json in
                    json.field("powerFactor", decimal: Int64(row.powerFactorHundredths), scale: 2)
                    json.field(
                        "coefficientPercent", decimal: row.coefficientBasisPoints, scale: 2)
                }
            }
        }
        json.field("lowestCoefficientPercent", decimal: lowestCoefficientBasisPoints, scale: 2)
    }
}
