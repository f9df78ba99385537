import Electricity

/// Reads the parts of a tariff document; every list stands in its order, so that the places in
/// later faults are those of the file.
enum TariffReading {
    /// The rows of the document; nil when something is wrong, which is noted then.
    static func rows(_ root: DocumentNode) -> TariffRows? {
        guard
            root.hasOnly([
                "note", "checkedThrough", "tariffs", "drafts", "vatRates", "reactiveTables",
            ])
        else { return nil }
        _ = root.optional("note")?.text
        let checkedThrough = root.member("checkedThrough")?.day
        let tariffs = root.member("tariffs")?.list(by: "validFrom", \.validFrom, tariff)
        let drafts = root.optional("drafts").map { $0.list(tariff) } ?? []
        let rates = root.member("vatRates")?.list(by: "validFrom", \.validFrom, vatRate)
        let tables =
            root.optional("reactiveTables").map {
                $0.list(by: "validFrom", \.validFrom, reactiveTable)
            } ?? []
        guard let checkedThrough, let tariffs, let drafts, let rates, let tables else {
            return nil
        }
        return TariffRows(
            tariffs: tariffs, drafts: drafts, vatRates: rates, reactiveTables: tables,
            checkedThrough: checkedThrough)
    }

    // MARK: Prices

    private static func tariff(_ node: DocumentNode) -> Tariff? {
        node.hasOnly([
            "note", "decision", "signedOn", "validFrom", "validTo", "method", "residential",
            "categories",
        ])
        _ = node.optional("note")?.text
        _ = node.optional("signedOn")?.day
        let decision = node.member("decision")?.text
        let from = node.member("validFrom")?.day
        let to = node.optional("validTo")?.day
        let method = node.member("method").flatMap(method)
        let residential = node.member("residential").flatMap(residential)
        let categories = node.optional("categories").map { $0.list(category) } ?? []
        guard let decision, let from, let method, let residential, let categories else {
            return nil
        }
        return Tariff(
            decision: decision, validFrom: from, validTo: to, method: method,
            residential: residential, categories: categories)
    }

    private static func method(_ node: DocumentNode) -> BillingMethod? {
        node.hasOnly(["quotaDivisor", "quotaRounding", "splitRounding", "vatRounding"])
        let divisor = node.member("quotaDivisor").flatMap(quotaDivisor)
        let quota = node.member("quotaRounding")?.word(Rounding.self)
        let split = node.member("splitRounding")?.word(Rounding.self)
        let vat = node.member("vatRounding")?.word(Rounding.self)
        guard let divisor, let quota, let split, let vat else { return nil }
        return BillingMethod(
            quotaDivisor: divisor, quotaRounding: quota, splitRounding: split, vatRounding: vat)
    }

    /// The words of `quotaDivisor`; a number is so many days.
    private enum DivisorWord: String {
        case startMonth
        case monthBeforeEnd
    }

    private static func quotaDivisor(_ node: DocumentNode) -> QuotaDivisor? {
        guard node.isText else {
            return node.wholeNumber.map { .fixed(days: Int($0)) }
        }
        return switch node.word(DivisorWord.self) {
        case .startMonth: .startMonth
        case .monthBeforeEnd: .monthBeforeEnd
        case nil: nil
        }
    }

    private static func residential(_ node: DocumentNode) -> ResidentialPrices? {
        node.hasOnly(["confidence", "tiers", "undeclaredTenantsTier", "prepaid"])
        let confidence = node.member("confidence")?.word(Confidence.self)
        let tiers = node.member("tiers")?.list(tier)
        let tenants = node.member("undeclaredTenantsTier")?.wholeNumber
        let prepaid = node.optional("prepaid").map(prepaid)
        guard let confidence, let tiers, let tenants else { return nil }
        return ResidentialPrices(
            tiers: tiers, confidence: confidence, undeclaredTenantsTier: Int(tenants),
            prepaid: prepaid ?? nil)
    }

    private static func tier(_ node: DocumentNode) -> Tier? {
        node.hasOnly(["widthKWh", "unitPrice"])
        let width = node.optional("widthKWh")?.wholeNumber
        guard let price = node.member("unitPrice")?.wholeNumber else { return nil }
        return Tier(widthKWh: width, unitPrice: price)
    }

    private static func prepaid(_ node: DocumentNode) -> PrepaidPrice? {
        node.hasOnly(["unitPrice", "confidence"])
        let price = node.member("unitPrice")?.wholeNumber
        let confidence = node.member("confidence")?.word(Confidence.self)
        guard let price, let confidence else { return nil }
        return PrepaidPrice(unitPrice: price, confidence: confidence)
    }

    private static func category(_ node: DocumentNode) -> CategoryPrices? {
        node.hasOnly(["category", "confidence", "classes"])
        let category = node.member("category")?.word(PricingCategory.self)
        let confidence = node.member("confidence")?.word(Confidence.self)
        let classes = node.member("classes")?.list(by: "fromVolts", \.fromVolts, voltageClass)
        guard let category, let confidence, let classes else { return nil }
        return CategoryPrices(category: category, classes: classes, confidence: confidence)
    }

    private static func voltageClass(_ node: DocumentNode) -> VoltageClass? {
        node.hasOnly(["name", "fromVolts", "toVolts", "prices"])
        let name = node.member("name")?.text
        let from = node.member("fromVolts")?.wholeNumber
        let to = node.optional("toVolts")?.wholeNumber
        let prices = node.member("prices").flatMap(registerPrices)
        guard let name, let from, let prices else { return nil }
        return VoltageClass(name: name, fromVolts: from, toVolts: to, prices: prices)
    }

    private static func registerPrices(_ node: DocumentNode) -> RegisterPrices? {
        node.hasOnly(["standard", "peak", "offPeak"])
        let peak = node.optional("peak")?.wholeNumber
        let offPeak = node.optional("offPeak")?.wholeNumber
        guard let standard = node.member("standard")?.wholeNumber else { return nil }
        return RegisterPrices(standard: standard, peak: peak, offPeak: offPeak)
    }

    // MARK: Tax and reactive power

    private static func vatRate(_ node: DocumentNode) -> VATRate? {
        node.hasOnly(["validFrom", "validTo", "basisPoints", "document", "confidence"])
        let from = node.member("validFrom")?.day
        let to = node.optional("validTo")?.day
        let points = node.member("basisPoints")?.wholeNumber
        let document = node.member("document")?.text
        let confidence = node.member("confidence")?.word(Confidence.self)
        guard let from, let points, let document, let confidence else { return nil }
        return VATRate(
            validFrom: from, validTo: to, basisPoints: points, document: document,
            confidence: confidence)
    }

    private static func reactiveTable(_ node: DocumentNode) -> ReactiveTable? {
        node.hasOnly([
            "document", "validFrom", "validTo", "confidence", "thresholdKW",
            "freeFromHundredths", "categories", "powerFactorRounding", "amountRounding",
            "lowestCoefficientBasisPoints", "rows",
        ])
        let document = node.member("document")?.text
        let from = node.member("validFrom")?.day
        let to = node.optional("validTo")?.day
        let confidence = node.member("confidence")?.word(Confidence.self)
        let threshold = node.member("thresholdKW")?.wholeNumber
        let free = node.member("freeFromHundredths")?.wholeNumber
        let categories = node.member("categories")?.list { $0.word(PricingCategory.self) }
        let factorRounding = node.member("powerFactorRounding")?.word(Rounding.self)
        let amountRounding = node.member("amountRounding")?.word(Rounding.self)
        let lowest = node.member("lowestCoefficientBasisPoints")?.wholeNumber
        // From the highest cosφ down, as the circular prints it.
        let rows = node.member("rows")?.list(
            by: "powerFactorHundredths", { -$0.powerFactorHundredths }, coefficient)
        guard let document, let from, let confidence, let threshold, let free, let categories,
            let factorRounding, let amountRounding, let lowest, let rows
        else { return nil }
        return ReactiveTable(
            document: document, validFrom: from, validTo: to, thresholdKW: threshold,
            freeFromHundredths: Int(free), rows: rows, lowestCoefficientBasisPoints: lowest,
            categories: Set(categories), powerFactorRounding: factorRounding,
            amountRounding: amountRounding, confidence: confidence)
    }

    private static func coefficient(_ node: DocumentNode) -> ReactiveTable.Row? {
        node.hasOnly(["powerFactorHundredths", "coefficientBasisPoints"])
        let factor = node.member("powerFactorHundredths")?.wholeNumber
        let coefficient = node.member("coefficientBasisPoints")?.wholeNumber
        guard let factor, let coefficient else { return nil }
        // Bounded, so that it can be negated; the book names what is out of range.
        let bounded = Int(min(max(factor, -1), 101))
        return ReactiveTable.Row(
            powerFactorHundredths: bounded, coefficientBasisPoints: coefficient)
    }
}
