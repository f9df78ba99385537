import Electricity
import Testing

@testable import CustomerCare

/// What is noted of lines while they are read, in parts that are put together.
struct ImportContentsTests {
    private static func key(
        _ number: Int, _ month: String = "2026-11", period: Int64 = 1, revision: Int64 = 1
    ) throws -> ImportKey {
        let digits = String(1_000_000 + number).dropFirst()
        return ImportKey(
            customerCode: try #require(CustomerCode(exact: "PB06010" + digits)),
            month: try #require(BillingMonth(month)), periodNumber: period, revision: revision)
    }

    private static func contents(_ keys: [ImportKey], from line: Int64 = 1) -> ImportContents {
        var contents = ImportContents()
        for (index, key) in keys.enumerated() {
            contents.note(key, amount: 10, line: line + Int64(index))
        }
        return contents
    }

    @Test("lines stand behind each other by code, month, period and revision")
    func order() throws {
        let ascending = [
            try Self.key(1), try Self.key(1, revision: 2), try Self.key(1, "2026-12"),
            try Self.key(2, "2026-10"),
        ]
        #expect(Self.contents(ascending).isAscending)
        #expect(!Self.contents([]).isAscending)
        #expect(!Self.contents(ascending.reversed()).isAscending)
        #expect(!Self.contents([ascending[0], ascending[0]]).isAscending)
        #expect(!Self.contents([ascending[2], ascending[1]]).isAscending)
        #expect(!Self.contents([ascending[1], ascending[0]]).isAscending)
    }

    @Test("whether each line is of another bill, and the oldest revision, are noted")
    func bills() throws {
        let first = try Self.key(1, revision: 3)
        let newer = try Self.key(1, revision: 4)
        let others = [try Self.key(1, "2026-12", revision: 2), try Self.key(2, revision: 5)]
        let second = try Self.key(1, period: 2, revision: 3)
        #expect(Self.contents([first] + others).isOneEach)
        #expect(Self.contents([first, second]).isOneEach)
        #expect(!Self.contents([first, newer]).isOneEach)
        #expect(Self.contents([first, newer]).isAscending)
        // Out of order, nobody knows without looking.
        #expect(!Self.contents([others[1], first]).isOneEach)
        #expect(!Self.contents([]).isOneEach)
        #expect(Self.contents([first] + others).oldestRevision == 2)
        #expect(Self.contents([]).oldestRevision == nil)
        for cut in 0...3 {
            let keys = [first] + others
            var contents = Self.contents(Array(keys[..<cut]))
            _ = contents.add(Self.contents(Array(keys[cut...]), from: Int64(cut + 1)))
            #expect(contents.isOneEach && contents.oldestRevision == 2, "\(cut)")
        }
        var cut = Self.contents([first])
        _ = cut.add(Self.contents([newer], from: 2))
        #expect(!cut.isOneEach && cut.isAscending, "the same bill on either side of a cut")
        _ = cut.add(Self.contents(others, from: 3))
        #expect(!cut.isOneEach)
    }

    @Test("what comes back in any order is taken in the order in which it was handed over")
    func inOrder() {
        var order = InOrder<String>()
        #expect(order.take() == nil)
        let numbers = (0..<3).map { _ in order.hand() }
        order.note("c", number: numbers[2])
        #expect(order.take() == nil)
        order.note("a", number: numbers[0])
        #expect(order.take() == "a")
        #expect(order.take() == nil)
        #expect(order.count == 2)
        order.note("b", number: numbers[1])
        #expect([order.take(), order.take(), order.take()] == ["b", "c", nil])
        #expect(order.count == 0)
    }

    @Test("parts are put together as if they had been one, wherever they were cut")
    func parts() throws {
        let keys = try [(1, "2026-11"), (2, "2026-10"), (3, "2026-11"), (4, "2026-12")].map {
            try Self.key($0, $1)
        }
        for cut in 0...keys.count {
            var contents = Self.contents(Array(keys[..<cut]))
            #expect(contents.add(Self.contents(Array(keys[cut...]), from: Int64(cut + 1))).isEmpty)
            #expect(contents.isAscending)
            let months = contents.months.map { "\($0.month) \($0.line) \($0.rows) \($0.total)" }
            #expect(months == ["2026-11 1 2 20", "2026-10 2 1 10", "2026-12 4 1 10"])
        }
        // A line that comes again in the next part, and a part that is in no order itself.
        for next in [[keys[3]], [keys[3], keys[2]], [keys[0]]] {
            var contents = Self.contents(keys)
            #expect(contents.add(Self.contents(next)).isEmpty)
            #expect(!contents.isAscending)
        }
    }

    @Test("of more months than can be, the first line of each one too many is named")
    func months() throws {
        let first = try #require(BillingMonth("1950-01"))
        var contents = ImportContents()
        for part in 0..<3 {
            var next = ImportContents()
            for index in 0..<400 {
                let month = first.advanced(byMonths: part * 400 + index)
                next.note(
                    try Self.key(part * 400 + index, month.description), amount: 1,
                    line: Int64(part * 400 + index + 1))
            }
            let over = contents.add(next)
            #expect(over == (part < 2 ? [] : Array(1_001...1_200)))
        }
        #expect(contents.months.count == ImportContents.mostMonths)
    }
}
