import Electricity
import JSON

/// The charge of a reactive bill computed anew, with the active energy it is a share of.
struct ReactiveCalculation {
    /// Why a bill has no calculation.
    enum Reason: Error {
        /// The period has no active-energy bill.
        case noActiveBill
        case active(Explained.Reason)

        /// Its name in answers.
        var code: String {
            switch self {
            case .noActiveBill: "no_active_bill"
            case .active(let reason): reason.rawValue
            }
        }
    }

    private let bill: ReactiveBill
    private let input: CalculationInput
    private let calculation: Calculation
    let charge: ReactiveCharge

    /// Computes from the active-energy bill of the same period, priced as that one is.
    init(
        _ bill: ReactiveBill, active: ExplainedBill?, before: ExplainedBill?,
        _ pricing: CustomerPricing, capacityKW: Int64?, by calculator: BillCalculator
    ) throws(Reason) {
        guard let active, active.status != .cancelled else { throw .noActiveBill }
        guard let issued = active.issued else { throw .active(.notComputable) }
        let explanation: BillExplanation
        do {
            explanation = try pricing.explain(issued, before: before?.issued, by: calculator)
        } catch {
            throw .active(error)
        }
        var input = explanation.input
        input.reactive = ReactiveUse(.kvarh(bill.reactiveEnergyKvarh), capacityKW: capacityKW)
        do {
            calculation = try calculator.calculate(input, today: input.to)
        } catch {
            throw .active(Explained.Reason(error))
        }
        guard let charge = calculation.reactive else { throw .active(.notComputable) }
        self.bill = bill
        self.input = input
        self.charge = charge
    }

    /// The calculation as the contract has it.
    func write(to json: inout JSONWriter, _ language: Language) {
        calculation.write(of: input, to: &json, language)
    }

    /// What was billed beside what was computed.
    func writeReconciliation(to json: inout JSONWriter) {
        let issued = bill.bill
        let kWh = calculation.parts.reduce(Int64(0)) { $0 + $1.kWh }
        let differences = [
            ("differenceVND", issued.total - charge.total),
            ("differenceExcludingVAT", issued.amountExcludingVAT - charge.amountExcludingVAT),
            ("vatDifference", issued.vat - charge.vat),
            ("differenceKWh", issued.consumptionKWh - kWh),
        ]
        let isMatch =
            differences.allSatisfy { $0.1 == 0 } && bill.baseAmount == charge.baseAmount
        json.field("status", isMatch ? "match" : "mismatch")
        for (name, difference) in differences { json.field(name, difference) }
    }
}
