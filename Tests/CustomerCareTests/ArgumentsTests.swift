import Electricity
import Postgres
import Testing

@testable import CustomerCare

@Suite("Arguments")
struct ArgumentsTests {
    private static func query(_ pairs: (String, String)...) -> Arguments {
        Arguments(path: [], query: pairs.map { (name: $0.0, value: $0.1) })
    }

    /// The parameters that a reading names, and the first fault's code.
    private static func faults(_ read: () throws(Problem) -> Void) -> [String] {
        do {
            try read()
            return []
        } catch {
            return error.errors.map { fault in
                switch fault.place {
                case .parameter(let name): "\(name) \(fault.code)"
                case .pointer(let pointer): "\(pointer) \(fault.code)"
                }
            }
        }
    }

    @Test("what is not given is nil")
    func absent() throws {
        let none = Self.query()
        #expect(try none.queryText("a") == nil)
        #expect(try none.queryMonth("a") == nil)
        #expect(try none.queryInteger("a", in: 1...9) == nil)
    }

    @Test("a whole number is decimal digits within its bounds")
    func integers() throws {
        for (text, value) in [("1", 1), ("100", 100), ("007", 7)] {
            #expect(try Self.query(("limit", text)).queryInteger("limit", in: 1...100) == value)
        }
        let wrong = [
            ("", "not_an_integer"), ("1.0", "not_an_integer"), ("+1", "not_an_integer"),
            ("-1", "not_an_integer"), ("1e1", "not_an_integer"), (" 1", "not_an_integer"),
            ("１", "not_an_integer"), ("0x1", "not_an_integer"), ("0", "out_of_range"),
            ("101", "out_of_range"), ("99999999999999999999999", "out_of_range"),
        ]
        for (text, code) in wrong {
            let found = Self.faults { () throws(Problem) in
                _ = try Self.query(("limit", text)).queryInteger("limit", in: 1...100)
            }
            #expect(found == ["limit \(code)"], "\(text)")
        }
    }

    @Test("a parameter that is given twice says nothing certain")
    func twice() {
        let found = Self.faults { () throws(Problem) in
            _ = try Self.query(("to", "2026-01"), ("to", "2026-01")).queryMonth("to")
        }
        #expect(found == ["to too_many_items"])
    }

    @Test("ids, codes and months of a path are read strictly, each named when it is wrong")
    func paths() throws {
        let good = Arguments(
            path: [
                ("account", "0192f1a0-0000-7000-8000-000000000000"),
                ("customerCode", "PB06010001234"), ("month", "2026-10"),
            ], query: [])
        #expect(try good.account().description == "0192f1a0-0000-7000-8000-000000000000")
        #expect(try good.customerCode().text == "PB06010001234")
        #expect(try good.month().description == "2026-10")
        let bad = Arguments(
            path: [("account", "1"), ("customerCode", "pb06010001234"), ("month", "10/2026")],
            query: [])
        // Whichever is read first names the others, too.
        let all = ["account wrong_format", "customerCode wrong_format", "month wrong_format"]
        #expect(Self.faults { () throws(Problem) in _ = try bad.account() } == all)
        #expect(Self.faults { () throws(Problem) in _ = try bad.customerCode() } == all)
        #expect(Self.faults { () throws(Problem) in _ = try bad.month() } == all)
    }
}
