import Postgres
import Reactor
import Testing

/// COPY, scripts and looking into statements.
@Suite struct BulkTests {
    @Test("a hundred thousand rows go in and come out again")
    func copies() async throws {
        let copyIn = Command("copy_in", "copy copied from stdin")
        let copyOut = Command("copy_out", "copy (select * from copied order by number) to stdout")
        try await withDatabase { database in
            try await database.script(
                "drop table if exists copied; create table copied (number int8, filling text)")
            let link = try await database.openBulkLink()
            let stream = try await link.copyIn(copyIn)
            let filling = String(repeating: "x", count: 100)
            for block in 0..<100 {
                var bytes: [UInt8] = []
                for number in block * 1_000..<(block + 1) * 1_000 {
                    bytes.append(contentsOf: "\(number)\t\(filling)\n".utf8)
                }
                try await stream.write(bytes)
            }
            #expect(try await stream.finish() == 100_000)
            let out = try await link.copyOut(copyOut)
            var rows = 0
            while let row = try await out.next() {
                if rows % 10_000 == 0 { #expect(row == Array("\(rows)\t\(filling)\n".utf8)) }
                rows += 1
            }
            #expect(rows == 100_000)
            #expect(try await link.execute(script: "select 1") == [["1"]])
            let delete = Command("delete_copied", "delete from copied where number < $1")
            let echo = Statement<Number>("echo", "select $1::int8 as number")
            for _ in 0..<2 { #expect(try await link.query(echo, .int64(4)).first?.value == 4) }
            #expect(try await link.run(delete, .int64(10)) == 10)
            link.close()
        }
    }

    @Test("a cancelled copy and one with a wrong row store nothing")
    func refusedCopies() async throws {
        let copyIn = Command("copy_in", "copy copied_not from stdin")
        try await withDatabase { database in
            try await database.script(
                "drop table if exists copied_not; create table copied_not (number int8)")
            let link = try await database.openBulkLink()
            let cancelled = try await link.copyIn(copyIn)
            try await cancelled.write(Array("1\n".utf8))
            await cancelled.cancel(reason: "the client has gone")
            let wrong = try await link.copyIn(copyIn)
            try await wrong.write(Array("2\nthree\n".utf8))
            await #expect(throws: DatabaseError.self) { _ = try await wrong.finish() }
            let rows = try await link.execute(script: "select count(*) from copied_not")
            #expect(rows == [["0"]])
            link.close()
        }
    }

    @Test("links for long work are bounded")
    func bounded() async throws {
        try await withDatabase({ $0.bulkLinkLimit = 1 }) { database in
            let first = try await database.openBulkLink()
            await #expect(throws: DatabaseError.self) { _ = try await database.openBulkLink() }
            first.close()
            try await database.script("select 1")
        }
    }

    @Test("a statement is described and its generic plan explained")
    func inspects() async throws {
        let text = StatementText(
            "find_inspected", "select number, $2::text as note from inspected where number = $1")
        try await withDatabase { database in
            try await database.script(
                "drop table if exists inspected; create table inspected (number int8 primary key)")
            let link = try await database.openBulkLink()
            let inspection = try await link.inspect(text)
            #expect(inspection.parameterTypes == [20, 25])
            #expect(inspection.columnNames == ["number", "note"])
            #expect(inspection.columnTypes == [20, 25])
            try await link.execute(script: "set enable_seqscan = off")
            let plan = try await link.explain(text).joined(separator: "\n")
            #expect(plan.contains("inspected_pkey"))
            #expect(plan.contains("$1"))
            link.close()
        }
    }
}
