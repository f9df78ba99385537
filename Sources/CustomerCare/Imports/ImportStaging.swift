import Electricity
import Postgres
import Reactor

/// Takes the lines of an import as they arrive: parsed on threads of their own, so that nobody
/// waits behind them, and sent on by COPY, so that memory does not grow with the content.
///
/// All of it is one transaction: content that is cut off leaves nothing behind.
final class ImportStaging {
    /// Bytes of rows that go out each time a piece of the body has come in.
    private static let pieceBytes = 65_536

    private let importId: UUID

    /// Takes the content of an import.
    init(of importId: UUID) {
        self.importId = importId
    }

    /// Takes all of a body; nothing is kept unless it ends as it was signed.
    func take(
        _ body: IncomingBody, digest: String, context: Context
    ) async throws(Problem) {
        let now = context.now
        try await context.database.database.withBulkLink {
            (link: BulkLink) async throws(Problem) in
            // Who has no link needs no threads: there are as many imports at a time as links.
            let workers = try await self.workers()
            defer { workers.stopAndJoin() }
            _ = try await self.bulk { () async throws(DatabaseError) in
                // Whoever sends slowly keeps the transaction waiting.
                try await link.execute(
                    script: "begin; set local idle_in_transaction_session_timeout = '2min'")
            }
            let found = try await self.begin(on: link)
            let parser = ImportParser(
                of: found,
                profile: context.guides.importProfiles.profile(of: found.source, found.kind),
                context.personalData)
            let records = IncomingRecords(
                of: body,
                through: ContentCutter(
                    found.line, isTable: body.mediaType == Import.csv, isGzip: body.isGzip),
                on: workers)
            let copy = try await self.bulk { () async throws(DatabaseError) in
                try await link.copyIn(found.line.copy)
            }
            let parsed: ParsedRecords
            do throws(Problem) {
                parsed = try await self.send(records, through: parser, by: copy, on: workers)
            } catch {
                await copy.cancel(reason: "the content did not end as it was signed")
                throw error
            }
            try await self.finish(parsed, copy, body, digest, on: link, at: now)
        }
    }

    private func workers() async throws(Problem) -> ImportWorkers {
        do {
            return try await ImportWorkers()
        } catch {
            throw Problem(.unavailable, reason: "no threads for an import: \(error)")
        }
    }

    /// Sends the rows of a body on as they are parsed; what was noted of all of them.
    private func send(
        _ records: IncomingRecords, through parser: ImportParser, by copy: CopyIn,
        on workers: ImportWorkers
    ) async throws(Problem) -> ParsedRecords {
        let sent = await withTaskGroup(of: ParsedLot.self) { lots in
            do throws(Problem) {
                return Result<_, Problem>.success(
                    try await self.send(records, through: parser, by: copy, on: workers, &lots))
            } catch {
                return .failure(error)
            }
        }
        return try sent.get()
    }

    /// What was made of the records of one lot, and which it is.
    private typealias ParsedLot = (number: Int, parsed: Result<ParsedRecords, Problem>)

    /// While some lots are parsed, the rows of one before go out and the next one comes in.
    private func send(
        _ records: IncomingRecords, through parser: ImportParser, by copy: CopyIn,
        on workers: ImportWorkers, _ lots: inout TaskGroup<ParsedLot>
    ) async throws(Problem) -> ParsedRecords {
        var all = ParsedRecords()
        var ready = CopyRows.header[...]
        func write(atMost count: Int) async throws(Problem) {
            let piece = Array(ready.prefix(count))
            ready = ready.dropFirst(count)
            if piece.isEmpty { return }
            try await bulk { () async throws(DatabaseError) in try await copy.write(piece) }
        }
        var underway = InOrder<Result<ParsedRecords, Problem>>()
        var isOver = false
        while true {
            while !isOver, underway.count < workers.lotCount {
                let next = try await records.next { () async throws(Problem) in
                    try await write(atMost: ImportStaging.pieceBytes)
                }
                isOver = next.isEmpty
                if isOver { break }
                let number = underway.hand()
                lots.addTask { (number, await workers.parse(next, number: number, by: parser)) }
            }
            try await write(atMost: .max)
            guard let lot = await ImportStaging.next(of: &lots, &underway) else { break }
            let parsed = try lot.get()
            all.add(parsed)
            ready = parsed.rows[...]
        }
        try await bulk { () async throws(DatabaseError) in
            try await copy.write(CopyRows.trailer)
        }
        return all
    }

    /// The lot whose turn it is, once it is parsed; nil when none is underway.
    private static func next(
        of lots: inout TaskGroup<ParsedLot>,
        _ underway: inout InOrder<Result<ParsedRecords, Problem>>
    ) async -> Result<ParsedRecords, Problem>? {
        while underway.count > 0 {
            if let parsed = underway.take() { return parsed }
            guard let lot = await lots.next() else { return nil }
            underway.note(lot.parsed, number: lot.number)
        }
        return nil
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

    /// Locks the import, throws away what was there before, and makes room for what comes.
    private func begin(on link: BulkLink) async throws(Problem) -> Import {
        let id = Parameter.uuid(importId)
        let found = try await bulk { () async throws(DatabaseError) in
            try await link.query(Import.lock, id).first
        }
        guard let found else { throw Problem(.notFound) }
        guard found.state.takesContent else { throw Problem(.transitionNotAllowed) }
        return try await bulk { () async throws(DatabaseError) in
            for command in found.line.clears { try await link.run(command, id) }
            try await link.run(ImportFault.clear, id)
            guard found.newMonth != nil else { return found }
            _ = try await link.query(ArrivingBills.open, id)
            return try await link.query(Import.lock, id).first ?? found
        }
    }

    private func finish(
        _ parsed: ParsedRecords, _ copy: CopyIn, _ body: IncomingBody, _ digest: String,
        on link: BulkLink, at now: Instant
    ) async throws(Problem) {
        let months = parsed.contents.months.sorted { $0.month < $1.month }
        try await bulk { () async throws(DatabaseError) in
            _ = try await copy.finish()
            if !parsed.faults.isEmpty {
                try await link.run(
                    ImportFault.insert, .uuid(self.importId), .int64s(parsed.faults.map(\.line)),
                    .texts(parsed.faults.map(\.field)), .texts(parsed.faults.map(\.code)),
                    .texts(parsed.faults.map { $0.value ?? "" }))
            }
            try await link.run(
                ImportStaging.receive, .uuid(self.importId), .text(digest),
                .int64(Int64(body.byteCount)), .int64(parsed.rowCount),
                .int64(parsed.faultCount), .int64(parsed.total), .timestamp(now),
                .int64s(months.map { Int64($0.month.firstDay.daysSince1970) }),
                .int64s(months.map(\.rows)), .int64s(months.map(\.total)),
                .bool(parsed.contents.isAscending), .bool(parsed.contents.isOneEach),
                .int64(parsed.contents.oldestRevision ?? 1))
            try await link.execute(script: "commit")
        }
    }

    static let receive = Command(
        "import_staging_receive",
        """
        -- The content of import $1 is there, to be held against what is known; of months $8, in
        -- days since 1970, there are $9 lines of $10 VND.
        update imports
        set state = 'validating', content_digest = $2, byte_count = $3, row_count = $4,
            fault_count = $5, total = $6, fault = null, new_count = null, corrected_count = null,
            cancelled_count = null, unchanged_count = null, message_count = null, anomalies = null,
            approved_by = null, updated_at = $7, cleared_at = null,
            months = array(
                select date '1970-01-01' + d.day::integer from unnest($8::bigint[]) as d (day)),
            month_counts = $9, month_totals = $10, is_ascending = $11,
            is_one_each = $12, oldest_revision = $13
        where import_id = $1
        """)
}
