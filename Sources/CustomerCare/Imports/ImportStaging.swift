import Compression
import Electricity
import JSON
import Postgres
import Signing

/// Takes the lines of an import as they arrive: parsed one by one and sent on by COPY, so that
/// memory does not grow with the content.
///
/// All of it is one transaction: content that is cut off leaves nothing behind.
final class ImportStaging {
    /// Bytes of rows that are sent on at a time.
    private static let pieceBytes = 131_072

    private let importId: UUID
    private let line: any ImportLine.Type
    private let profile: ImportProfile?
    private let personalData: PersonalData
    private let gzip: GzipDecoder?
    private var reader: any ContentReader
    private var rows: CopyRows
    private var faults: [ImportFault] = []
    private var faultCount: Int64 = 0
    private var rowCount: Int64 = 0
    private var total: Int64 = 0

    /// Takes the content of an import, in the format that the body has.
    init(of found: Import, _ body: IncomingBody, _ context: Context) {
        importId = found.importId
        line = found.kind.line
        profile = context.guides.importProfiles.profile(of: found.source, found.kind)
        personalData = context.personalData
        gzip = body.isGzip ? GzipDecoder(atMost: Int(Import.maximumBytes)) : nil
        rows = CopyRows(fieldCount: line.fieldCount)
        reader =
            body.mediaType == Import.csv
            ? CSVReader(numbers: line.numbers, truths: line.truths) : JSONLinesReader()
    }

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
                try await link.copyIn(self.line.copy)
            }
            do throws(Problem) {
                while let piece = try await body.next() {
                    if let gzip = self.gzip {
                        gzip.take(piece)
                        while let part = try self.expanded() { try await self.parse(part, copy) }
                    } else {
                        try await self.parse(piece, copy)
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
            try await link.run(self.line.clear, .uuid(self.importId))
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
                    .texts(self.faults.map(\.field)), .texts(self.faults.map(\.code)),
                    .texts(self.faults.map { $0.value ?? "" }))
            }
            try await link.run(
                ImportStaging.receive, .uuid(self.importId), .text(digest),
                .int64(Int64(body.byteCount)), .int64(self.rowCount), .int64(self.faultCount),
                .int64(self.total), .timestamp(now))
            try await link.execute(script: "commit")
        }
    }

    // MARK: Records

    /// The next part of what was compressed; nil when more must come first.
    private func expanded() throws(Problem) -> [UInt8]? {
        do {
            return try gzip?.next()
        } catch {
            throw ImportStaging.problem(.notGzip)
        }
    }

    private func parse(_ piece: [UInt8], _ copy: CopyIn) async throws(Problem) {
        let records: [ContentRecord]
        do {
            records = try reader.take(piece)
        } catch {
            throw ImportStaging.problem(error)
        }
        for record in records { try read(record) }
        guard rows.bytes.count >= ImportStaging.pieceBytes else { return }
        try await bulk { () async throws(DatabaseError) in
            try await copy.write(self.rows.take())
        }
    }

    private func parseRest() throws(Problem) {
        let records: [ContentRecord]
        do {
            records = try reader.finish()
        } catch {
            throw ImportStaging.problem(error)
        }
        for record in records { try read(record) }
        do {
            try gzip?.finish()
        } catch {
            throw ImportStaging.problem(.notGzip)
        }
    }

    private static func problem(_ fault: ContentFault) -> Problem {
        var problem: Problem
        switch fault {
        case .tooLong(let line):
            let most = JSONLinesReader.longestRecord
            problem = Problem(.contentTooLarge)
            problem.detail = Wording(
                "Dòng \(line) dài hơn \(most) byte.", "Line \(line) is longer than \(most) bytes.")
        case .noHeader:
            problem = Problem(.badRequest)
            problem.detail = Wording(
                "Dòng đầu không nêu tên các cột.", "The first line does not name the columns.")
        case .notGzip:
            problem = Problem(.badRequest)
            problem.detail = Wording(
                "Nội dung không phải gzip, hoặc giải nén quá 5 GiB.",
                "The content is no gzip, or expands to more than 5 GiB.")
        }
        return problem
    }

    private func read(_ record: ContentRecord) throws(Problem) {
        rowCount += 1
        let value: JSONValue
        switch record.content {
        case .fault(let field, let code): return note(record.line, field, code)
        case .value(let given): value = given
        }
        let found = JSONFaults()
        let translated = profile?.translated(value) ?? value
        if let data = line.init(translated, found) {
            do {
                try data.write(to: &rows, of: importId, line: record.line, personalData)
            } catch {
                throw Problem(.internalError, reason: "personal_data_not_sealed")
            }
            total += data.amount
        }
        for fault in found.list {
            let field = profile?.named(fault.pointer, in: value) ?? fault.pointer
            let shown = ImportFault.shown(
                at: fault.pointer, in: translated, personal: line.personal)
            note(record.line, field, fault.code.rawValue, shown)
        }
    }

    private func note(
        _ line: Int64, _ field: String, _ code: String, _ value: String? = nil
    ) {
        faultCount += 1
        if faults.count < Int(ImportFault.listed) {
            faults.append(ImportFault(line: line, field: field, code: code, value: value))
        }
    }

    static let receive = Command(
        "import_staging_receive",
        """
        -- The content of import $1 is there, to be held against what is known.
        update imports
        set state = 'validating', content_digest = $2, byte_count = $3, row_count = $4,
            fault_count = $5, total = $6, fault = null, new_count = null, corrected_count = null,
            cancelled_count = null, unchanged_count = null, message_count = null, anomalies = null,
            approved_by = null, updated_at = $7
        where import_id = $1
        """)
}
