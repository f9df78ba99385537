import Electricity
import JSON

/// A bill with its explanation, and how it came to differ from the one before.
struct Explained {
    /// Why a bill cannot be explained.
    enum Reason: String, Error {
        case beforeFirstTariff = "before_first_tariff"
        case periodTooLong = "period_too_long"
        case pricingUnknown = "pricing_unknown"
        case notComputable = "not_computable"

        init(_ faults: CalculationFaults) {
            let reasons = faults.faults.map(\.reason)
            if reasons.contains(.beforeFirstTariff) {
                self = .beforeFirstTariff
            } else if reasons.contains(.periodTooLong) {
                self = .periodTooLong
            } else {
                self = .notComputable
            }
        }
    }

    /// The change since the bill before, or why it is not told.
    enum Change {
        case split(BillChange, previousTotal: Int64)
        case unknown(String)
    }

    let bill: ExplainedBill
    let explanation: BillExplanation
    let change: Change
}

extension GetBillExplanation.Found {
    /// Explains the bill of the month.
    func explained(by calculator: BillCalculator) throws(Explained.Reason) -> Explained {
        guard let bill, let issued = bill.issued else { throw .notComputable }
        let explanation = try pricing.explain(issued, before: previous?.issued, by: calculator)
        return Explained(
            bill: bill, explanation: explanation, change: change(to: explanation, by: calculator))
    }

    private func change(
        to now: BillExplanation, by calculator: BillCalculator
    ) -> Explained.Change {
        guard let previous, previous.status != .cancelled else {
            return .unknown("no_previous_bill")
        }
        guard let issued = previous.issued else {
            return .unknown("previous_bill_not_computable")
        }
        let same = Pricing(
            households: now.input.households, category: now.input.category,
            voltage: now.input.voltage)
        let before: BillExplanation
        do {
            before = try pricing.explain(issued, first: same, before: issued, by: calculator)
        } catch {
            return .unknown("previous_bill_not_computable")
        }
        do {
            let change = try calculator.change(from: before, to: now)
            return .split(change, previousTotal: issued.total)
        } catch {
            return .unknown(
                error == .otherPricing ? "other_pricing" : "previous_bill_not_computable")
        }
    }
}

// MARK: JSON

extension Explained {
    /// The members of `explanation` as the contract has them.
    func writeExplanation(to json: inout JSONWriter, _ language: Language) {
        let issued = explanation.bill
        json.field("invoiceId", bill.invoiceId)
        json.field("revision", bill.revision)
        json.field("status", bill.status.rawValue)
        json.field("issued") { json in
            json.field("consumptionKWh", issued.consumptionKWh)
            json.field("amountExcludingVAT", issued.amountExcludingVAT)
            json.field("vat", issued.vat)
            json.field("total", issued.total)
        }
        json.list("readings") { json in
            for check in explanation.readings { json.element { check.write(to: &$0) } }
        }
        json.field("calculation") {
            explanation.calculation.write(of: explanation.input, to: &$0, language)
        }
        json.list("lines") { json in
            for check in explanation.lines { json.element { check.write(to: &$0) } }
        }
    }

    /// The members that hold the bill against what it should be, and against the one before.
    func writeComparisons(to json: inout JSONWriter, of month: BillingMonth) {
        json.field("reconciliation") { json in
            json.field("status", explanation.isMatch ? "match" : "mismatch")
            json.field("differenceVND", explanation.differenceVND)
            json.field("differenceExcludingVAT", explanation.differenceExcludingVAT)
            json.field("vatDifference", explanation.vatDifference)
            json.field("differenceKWh", explanation.differenceKWh)
        }
        switch change {
        case .split(let change, let previousTotal):
            json.field("change") { json in
                json.field("previousMonth", month.advanced(byMonths: -1))
                json.field("previousTotal", previousTotal)
                change.write(to: &json)
            }
            json.nullField("changeReason")
        case .unknown(let reason):
            json.nullField("change")
            json.field("changeReason", reason)
        }
    }
}

extension ReadingCheck {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("register", reading.register.rawValue)
        json.field("openingReading", reading.openingReading)
        json.field("closingReading", reading.closingReading)
        json.field("multiplier", reading.multiplier)
        json.field("consumptionKWh", reading.consumptionKWh)
        json.field("computedKWh", computedKWh)
        json.field("agrees", agrees)
    }
}

extension BillExplanation.LineCheck {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("part", partIndex)
        if let computed {
            json.field("computed") { computed.write(to: &$0) }
        } else {
            json.nullField("computed")
        }
        if let billed {
            json.field("issued") { json in
                billed.kind.write(to: &json)
                json.field("quantityKWh", billed.quantityKWh)
                json.field("unitPrice", billed.unitPrice)
                json.field("amount", billed.amount)
            }
        } else {
            json.nullField("issued")
        }
        json.field("differenceVND", differenceVND)
        json.field("agrees", agrees)
    }
}

extension BillChange {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("total", total)
        json.field("days", days)
        json.field("kwh", consumption)
        json.field("tierShift", tierShift)
        json.field("price", price)
        json.field("vat", vat)
        json.field("unexplained", unexplained)
    }
}
