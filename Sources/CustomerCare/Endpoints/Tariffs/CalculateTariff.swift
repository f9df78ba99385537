import Electricity
import JSON

/// Computes what a use of electricity costs (Tính tiền điện); creates nothing.
struct CalculateTariff: Endpoint {
    static let route = Route.post("/v1/tariff-calculations").forEverybody().counted()

    let request: CalculationRequest

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        request = try CalculationRequest(body)
    }

    /// Checks what only the tariffs can tell, so that every wrong field is named at once.
    func respond(in context: Context) async throws(Problem) -> Answer {
        let version = try context.tariffVersion()
        let faults = request.faults(by: version.calculator, today: context.today)
        guard faults.isEmpty else { throw Problem(invalid: faults) }
        let calculation = try run(request.input, version, context)
        var comparison: Comparison?
        if let other = request.comparedInput {
            comparison = Comparison(base: calculation, other: try run(other, version, context))
        }
        let language = context.language
        var answer = Answer.object(reserving: 8_192) { json in
            json.field("tariffVersion", version.number)
            calculation.write(of: request.input, to: &json, language)
            if let comparison, let other = request.comparedInput {
                json.field("comparison") { json in
                    json.field("differenceVND", comparison.differenceVND)
                    json.field("differenceExcludingVAT", comparison.differenceExcludingVAT)
                    json.field("calculation") {
                        comparison.other.write(of: other, to: &$0, language)
                    }
                }
            } else {
                json.nullField("comparison")
            }
            json.field("notice", CalculateTariff.notice.text(in: language))
        }
        answer.language = language
        return answer
    }

    private func run(
        _ input: CalculationInput, _ version: TariffRegistry.Version, _ context: Context
    ) throws(Problem) -> Calculation {
        do {
            return try version.calculator.calculate(input, today: context.today)
        } catch {
            // The faults were asked for before: this would be a bug.
            throw Problem(.internalError, reason: "\(error)")
        }
    }

    private static let notice = Wording(
        "Kết quả để tham khảo, không phải hóa đơn.", "An estimate, not an invoice.")
}
