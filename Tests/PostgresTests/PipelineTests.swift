import Postgres
import Reactor
import Testing

/// Single reads that share links.
@Suite struct PipelineTests {
    static let echo = Statement<Number>("echo", "select $1::int8 as number")
    static let divide = Statement<Number>("divide", "select 100 / $1::int8 as number")

    @Test("a thousand statements at once are each answered with their own value")
    func thousand() async throws {
        try await withDatabase { database in
            let answers = await concurrently(1_000) { number in
                try? await database.queryOne(Self.echo, .int64(Int64(number)))?.value
            }
            #expect(answers == (0..<1_000).map { Int64($0) })
            #expect(database.statistics.answered == 1_000)
            #expect(database.statistics.inFlight == 0)
        }
    }

    @Test("when one statement of a turn fails the others are answered all the same")
    func failingNeighbour() async throws {
        try await withDatabase({ $0.readLinkCount = 1 }) { database in
            // Prepared first, so that all of the next turn travel in one group.
            _ = try await database.query(Self.divide, .int64(1))
            let answers = await concurrently(9) { number -> Result<Int64?, DatabaseError> in
                do throws(DatabaseError) {
                    let divisor = Int64(number == 4 ? 0 : number + 1)
                    return .success(
                        try await database.queryOne(Self.divide, .int64(divisor))?.value)
                } catch {
                    return .failure(error)
                }
            }
            for (number, answer) in answers.enumerated() where number != 4 {
                #expect(answer == .success(100 / Int64(number + 1)))
            }
            let refused = DatabaseError.rejected(
                sqlState: "22012", message: "refused", statement: "divide")
            #expect(answers[4] == .failure(refused))
            #expect(database.statistics.repeated >= 1)
        }
    }

    @Test("a statement that cannot be prepared fails alone and precisely")
    func unpreparable() async throws {
        let broken = Statement<Number>("broken", "select no_such_column as number")
        try await withDatabase({ $0.readLinkCount = 1 }) { database in
            let answers = await concurrently(2) { number -> Result<Int64?, DatabaseError> in
                do throws(DatabaseError) {
                    if number == 0 { return .success(try await database.queryOne(broken)?.value) }
                    return .success(try await database.queryOne(Self.echo, .int64(7))?.value)
                } catch {
                    return .failure(error)
                }
            }
            let refused = DatabaseError.rejected(
                sqlState: "42703", message: #"column "no_such_column" does not exist"#,
                statement: "broken")
            #expect(answers == [.failure(refused), .success(7)])
        }
    }

    @Test("more statements than a pipeline holds wait their turn")
    func narrowPipeline() async throws {
        try await withDatabase({ $0.pipelineLimit = 4 }) { database in
            let answers = await concurrently(200) { number in
                try? await database.queryOne(Self.echo, .int64(Int64(number)))?.value
            }
            #expect(answers == (0..<200).map { Int64($0) })
        }
    }

    @Test("a statement beyond its timeout is timed out and its neighbours are answered")
    func timeout() async throws {
        let sleep = Statement<Number>(
            "sleep", "select 1::int8 as number from (select pg_sleep($1::int8)) as slept")
        try await withDatabase({
            $0.statementMilliseconds = 100
            $0.readLinkCount = 1
        }) { database in
            let answers = await concurrently(2) { number -> Result<Int64?, DatabaseError> in
                do throws(DatabaseError) {
                    let statement = number == 0 ? sleep : Self.echo
                    return .success(try await database.queryOne(statement, .int64(30))?.value)
                } catch {
                    return .failure(error)
                }
            }
            #expect(answers == [.failure(.timedOut), .success(30)])
        }
    }

    @Test("a parameter that does not fit is refused before it is sent")
    func unfit() async throws {
        let small = Statement<Number>("small", "select $1::int4 as number")
        try await withDatabase { database in
            await #expect(
                throws: DatabaseError.rejected(
                    sqlState: "22003", message: "$1 is out of range", statement: "small")
            ) { _ = try await database.query(small, .int64(1 << 40)) }
            await #expect(throws: DatabaseError.self) {
                _ = try await database.query(small, .text("1"), .text("2"))
            }
            let nine = try await database.queryOne(small, .int64(9))
            #expect(nine?.value == 9)
        }
    }

    @Test("a row type that does not fit the answer names the column")
    func misread() async throws {
        let texts = Statement<Number>("texts", "select 'one' as number")
        let two = Statement<Number>("two", "select 1::int8 as number, 2::int8 as other")
        try await withDatabase { database in
            await #expect(
                throws: DatabaseError.row(
                    RowError(column: "number", reason: .type(oid: 25)), statement: "texts")
            ) { _ = try await database.query(texts) }
            await #expect(
                throws: DatabaseError.row(
                    RowError(column: "other", reason: .unread), statement: "two")
            ) { _ = try await database.query(two) }
        }
    }
}
