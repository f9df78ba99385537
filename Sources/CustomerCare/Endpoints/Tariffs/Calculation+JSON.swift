import Electricity
import JSON

extension BilingualText {
    /// The text in a language.
    func text(in language: Language) -> String {
        switch language {
        case .vietnamese: vi
        case .english: en
        }
    }
}

extension Calculation {
    /// The members of a calculation as the contract has them.
    func write(of input: CalculationInput, to json: inout JSONWriter, _ language: Language) {
        json.field("from", input.from)
        json.field("to", input.to)
        json.field("days", input.dayCount)
        json.field("purpose", input.category.rawValue)
        json.field("households", decimal: input.households.quarters * 25, scale: 2)
        json.list("parts") { json in
            for part in parts { json.element { part.write(to: &$0) } }
        }
        json.field("amountExcludingVAT", amountExcludingVAT)
        json.field("vatRatePercent", decimal: vatRate.basisPoints, scale: 2)
        json.field("vat", vat)
        json.field("total", total)
        if let reactive {
            json.field("reactive") { reactive.write(to: &$0) }
        } else {
            json.nullField("reactive")
        }
        let basis = basis
        json.field("basis") { json in
            json.list("documents") { json in
                for document in basis.documents { json.element(document) }
            }
            json.list("rules") { json in
                for rule in basis.rules { json.rawElement(rule.encoded(in: language)) }
            }
        }
        json.list("warnings") { json in
            for warning in warnings {
                json.element { json in
                    json.field("code", warning.code)
                    json.field("detail", warning.text.text(in: language))
                }
            }
        }
    }
}

extension Calculation.Part {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("from", from)
        json.field("to", to)
        json.field("days", dayCount)
        json.field("quotaDivisorDays", quotaDivisorDays)
        json.field("decision", decision)
        json.field("voltageClass", voltageClass)
        json.field("kwh", kWh)
        json.list("lines") { json in
            for line in lines { json.element { line.write(to: &$0) } }
        }
    }
}

extension Calculation.LineKind {
    /// The members that tell lines apart, as a bill has them.
    func write(to json: inout JSONWriter) {
        switch self {
        case .tier(let tier):
            json.field("kind", "tier")
            json.field("tier", tier)
            json.nullField("register")
        case .register(let register):
            json.field("kind", "register")
            json.nullField("tier")
            json.field("register", register.rawValue)
        }
    }
}

extension Calculation.Line {
    /// The members of a line: those of a bill's, and its quota.
    func write(to json: inout JSONWriter) {
        kind.write(to: &json)
        json.field("quotaKWh", quotaKWh)
        json.field("quantityKWh", quantityKWh)
        json.field("unitPrice", unitPrice)
        json.field("amount", amount)
    }
}

extension ReactiveCharge {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("applicable", exemption == nil)
        json.field("exemption", exemption?.rawValue)
        if let powerFactor {
            json.field("powerFactor", decimal: Int64(powerFactor.tenThousandths), scale: 4)
        } else {
            json.nullField("powerFactor")
        }
        json.field("coefficientPercent", decimal: coefficientBasisPoints, scale: 2)
        json.field("baseAmount", baseAmount)
        json.field("amountExcludingVAT", amountExcludingVAT)
        json.field("vat", vat)
        json.field("total", total)
        json.field("document", document)
    }
}

extension BillingRule {
    /// The rule as a JSON object; made once, since its texts are most of an answer.
    func encoded(in language: Language) -> [UInt8] {
        let rules = language == .english ? BillingRule.english : BillingRule.vietnamese
        return rules[Int(rawValue)]
    }

    private static let vietnamese = encodedRules(in: .vietnamese)
    private static let english = encodedRules(in: .english)

    private static func encodedRules(in language: Language) -> [[UInt8]] {
        allCases.map { rule in
            var json = JSONWriter()
            json.object { json in
                json.field("code", rule.code)
                json.field("text", rule.text.text(in: language))
                json.field("citation", rule.citation.text(in: language))
                json.field("confidence", rule.confidence.rawValue)
            }
            return json.bytes
        }
    }
}
