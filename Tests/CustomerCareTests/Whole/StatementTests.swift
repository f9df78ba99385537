import Postgres
import Testing

@testable import CustomerCare

@Suite("Statements of the service")
struct StatementTests {
    @Test("every statement in the sources is in the list of the tests, once")
    func listIsComplete() throws {
        var declared: [String] = []
        for text in try Checkout.swiftTexts(below: "Sources/CustomerCare") {
            for match in text.matches(of: /(?:Statement<[^>\n]*>|\bCommand)\(\s*"([^"]*)"/) {
                declared.append(String(match.1))
            }
        }
        let listed = Statements.all.map(\.name)
        #expect(declared.count > 50)
        #expect(declared.sorted() == listed.sorted())
    }

    @Test("every statement can be prepared and answers the columns that its row type reads")
    func columns() async throws {
        let database = try await TestDatabase.shared()
        try await database.forEachStatement { statement, link in
            do {
                let inspection = try await link.inspect(statement.text)
                #expect(inspection.columnNames == statement.columns, "\(statement.name)")
            } catch {
                Issue.record("\(statement.name): \(error)")
            }
        }
    }

    @Test("every COPY names columns of its table, and all of those that have no default")
    func copies() async throws {
        let database = try await TestDatabase.shared()
        let unprepared = Statements.all.filter { !$0.isPreparable }
        #expect(unprepared.count == 20)
        for statement in unprepared where statement.code.hasPrefix("copy ") {
            let copied = try #require(statement.copied, "\(statement.name)")
            let rows = try await database.script(
                """
                select attname from pg_attribute
                where attrelid = '\(copied.table)'::regclass and attnum > 0 and not attisdropped
                order by attnum
                """)
            #expect(rows.map { $0[0] } == copied.columns, "\(statement.name)")
            // Only what nobody else sees may be frozen.
            let options = copied.table == "arriving_bills" ? "binary, freeze" : "binary"
            #expect(
                statement.code.hasSuffix("from stdin (format \(options))"), "\(statement.name)")
        }
    }
}
