import Electricity
import JSON

/// A settlement file (tệp đối soát) of a collector: what it says it has taken for us.
///
/// One JSON object a line. The first names the collector, the days, and the number and sum of the
/// rest, each of which is one movement of money.
struct SettlementFile: Sendable {
    /// One movement of money.
    struct Line: Sendable {
        /// What the money is for.
        enum Purpose: Sendable {
            /// An order of ours, by its reference.
            case order(String)
            /// A bill, by its place.
            case bill(CustomerCode, BillingMonth, periodNumber: Int)
        }

        /// The collector's name for it.
        let reference: String
        /// VND.
        let amount: Int64
        let purpose: Purpose
    }

    /// Why a file is not taken: nothing of it is booked.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    let collector: String
    /// The first and the last day the file is about.
    let from: LocalDate
    let through: LocalDate
    let lines: [Line]

    /// Reads a file as a whole; every line must be right, each reference once, the totals too.
    init(_ bytes: [UInt8]) throws(Fault) {
        let texts = bytes.split(separator: 0x0A)
        guard let first = texts.first else { throw Fault(description: "the file is empty") }
        let faults = JSONFaults()
        let head = JSONObject(root: try SettlementFile.json(first, 1), faults: faults)
        let collector = head?.string("collector", length: 1...40)
        let from = head?.string("from", length: 10...10).flatMap { LocalDate($0) }
        let through = head?.string("through", length: 10...10).flatMap { LocalDate($0) }
        let count = head?.integer("rows", in: 0...10_000_000)
        let total = head?.integer("total", in: 0...Int64.max)
        guard faults.isEmpty, let collector, let from, let through, from <= through, let count,
            let total, SettlementFile.isName(collector)
        else { throw Fault(description: "line 1 is no head of a settlement") }
        var lines: [Line] = []
        var seen: Set<String> = []
        for (index, text) in texts.dropFirst().enumerated() {
            let line = try SettlementFile.line(try SettlementFile.json(text, index + 2), index + 2)
            guard seen.insert(line.reference).inserted else {
                throw Fault(description: "line \(index + 2): its reference is there twice")
            }
            lines.append(line)
        }
        let sum = lines.reduce((Int64(0), false)) { sum, line in
            let next = sum.0.addingReportingOverflow(line.amount)
            return (next.partialValue, sum.1 || next.overflow)
        }
        guard Int64(lines.count) == count, !sum.1, sum.0 == total else {
            throw Fault(description: "the control totals do not hold: \(lines.count) lines")
        }
        self.collector = collector
        self.from = from
        self.through = through
        self.lines = lines
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        }
    }

    private static func json(_ text: ArraySlice<UInt8>, _ number: Int) throws(Fault) -> JSONValue {
        do {
            return try JSONValue.parse(Array(text))
        } catch {
            throw Fault(description: "line \(number): \(error.reason.rawValue)")
        }
    }

    private static func line(_ value: JSONValue, _ number: Int) throws(Fault) -> Line {
        let faults = JSONFaults()
        let object = JSONObject(root: value, faults: faults)
        let reference = object?.string("reference", length: 1...100)
        let amount = object?.integer("amount", in: 1...1_000_000_000_000_000)
        let order = object?.optionalString("orderReference", length: 1...40)
        var purpose = order.map { Line.Purpose.order($0) }
        if purpose == nil {
            let code = object?.string("customerCode", length: 1...64)
            let month = object?.string("month", length: 7...7)
            let period = object?.optionalInteger("periodNumber", in: 1...3) ?? 1
            if let code = code.flatMap(CustomerCode.init(exact:)),
                let month = month.flatMap({ BillingMonth($0) })
            {
                purpose = .bill(code, month, periodNumber: Int(period))
            }
        }
        guard faults.isEmpty, let reference, let amount, let purpose else {
            let wrong = faults.list.map { "\($0.pointer) \($0.code.rawValue)" }
            throw Fault(
                description: "line \(number): " + (wrong.first ?? "no code or no month"))
        }
        return Line(reference: reference, amount: amount, purpose: purpose)
    }
}
