import Electricity
import JSON
import Postgres

/// Takes the bills of an import as they arrive: parsed line by line and sent on by COPY, so that
/// memory does not grow with the content.
///
/// All of it is one transaction: content that is cut off leaves nothing behind.
final class BillStaging {
    /// Bytes of rows that are sent on at a time.
    private static let pieceBytes = 131_072

    private let importId: UUID
    private var rows = CopyRows(fieldCount: StagedBill.fieldCount)
    private var lines = LineReader()
    private var faults: [ImportFault] = []
    private var faultCount: Int64 = 0
    private var rowCount: Int64 = 0
    private var total: Int64 = 0

    init(of importId: UUID) { self.importId = importId }

    /// Takes all of a body; nothing is kept unless it ends as it was signed.
    func take(
        _ body: IncomingBody, digest: String, context: Context
    ) async throws(Problem) {
        let now = context.now
        try await context.database.database.withBulkLink {
            (link: BulkLink) async throws(Problem) in
            _ = try await self.bulk { () async throws(DatabaseError) in
                // Whoever sends slowly keeps the transaction waiting.
                try await link.execute(
                    script: "begin; set local idle_in_transaction_session_timeout = '2min'")
            }
            try await self.begin(on: link)
            let copy = try await self.bulk { () async throws(DatabaseError) in
                try await link.copyIn(StagedBill.copy)
            }
            do throws(Problem) {
                while let piece = try await body.next() {
                    try self.parse(piece)
                    if self.rows.bytes.count >= BillStaging.pieceBytes {
                        try await self.bulk { () async throws(DatabaseError) in
                            try await copy.write(self.rows.take())
                        }
                    }
                }
                try self.parseRest()
            } catch {
                await copy.cancel(reason: "the content did not end as it was signed")
                throw error
            }
            try await self.finish(copy, body, digest, on: link, at: now)
        }
    }

    private func bulk<Result>(
        _ body: () async throws(DatabaseError) -> Result
    ) async throws(Problem) -> Result {
        do {
            return try await body()
        } catch {
            throw Problem(error)
        }
    }

    /// Locks the import, and throws away what was there before.
    private func begin(on link: BulkLink) async throws(Problem) {
        let found = try await bulk { () async throws(DatabaseError) in
            try await link.query(Import.lock, .uuid(self.importId))
        }
        guard let found = found.first else { throw Problem(.notFound) }
        guard found.state.takesContent else { throw Problem(.transitionNotAllowed) }
        try await bulk { () async throws(DatabaseError) in
            try await link.run(BillStaging.clear, .uuid(self.importId))
            try await link.run(ImportFault.clear, .uuid(self.importId))
        }
    }

    private func finish(
        _ copy: CopyIn, _ body: IncomingBody, _ digest: String, on link: BulkLink, at now: Instant
    ) async throws(Problem) {
        try await bulk { () async throws(DatabaseError) in
            self.rows.finish()
            try await copy.write(self.rows.take())
            _ = try await copy.finish()
            if !self.faults.isEmpty {
                try await link.run(
                    ImportFault.insert, .uuid(self.importId), .int64s(self.faults.map(\.line)),
                    .texts(self.faults.map(\.field)), .texts(self.faults.map(\.code)))
            }
            try await link.run(
                BillStaging.receive, .uuid(self.importId), .text(digest),
                .int64(Int64(body.byteCount)), .int64(self.rowCount), .int64(self.faultCount),
                .int64(self.total), .timestamp(now))
            try await link.execute(script: "commit")
        }
    }

    // MARK: Lines

    private func parse(_ piece: [UInt8]) throws(Problem) {
        do {
            try lines.take(piece) { line, number in read(line, number) }
        } catch {
            throw BillStaging.tooLong(lines.count + 1)
        }
    }

    private func parseRest() throws(Problem) {
        do {
            try lines.finish { line, number in read(line, number) }
        } catch {
            throw BillStaging.tooLong(lines.count)
        }
    }

    private static func tooLong(_ line: Int64) -> Problem {
        var problem = Problem(.contentTooLarge)
        problem.detail = Wording(
            "Dòng \(line) dài hơn \(LineReader.longestLine) byte.",
            "Line \(line) is longer than \(LineReader.longestLine) bytes.")
        return problem
    }

    private func read(_ line: ArraySlice<UInt8>, _ number: Int64) {
        rowCount += 1
        let value: JSONValue
        do {
            value = try JSONValue.parse(Array(line))
        } catch {
            return note(number, "#", "invalid_json")
        }
        let found = JSONFaults()
        if let bill = StagedBill(value, found) {
            bill.write(to: &rows, of: importId, line: number)
            total += bill.total
        }
        for fault in found.list { note(number, fault.pointer, fault.code.rawValue) }
    }

    private func note(_ line: Int64, _ field: String, _ code: String) {
        faultCount += 1
        if faults.count < Int(ImportFault.listed) {
            faults.append(ImportFault(line: line, field: field, code: code))
        }
    }

    static let clear = Command(
        "bill_staging_clear",
        """
        -- What was staged for an import before.
        delete from staged_bills where import_id = $1
        """)

    static let receive = Command(
        "bill_staging_receive",
        """
        -- The content of import $1 is there, to be held against what is known.
        update imports
        set state = 'validating', content_digest = $2, byte_count = $3, row_count = $4,
            fault_count = $5, total = $6, fault = null, new_count = null, corrected_count = null,
            cancelled_count = null, unchanged_count = null, message_count = null, updated_at = $7
        where import_id = $1
        """)
}
