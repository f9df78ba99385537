import Compression
import JSON
import Postgres
import Signing
import Synchronization

/// Makes rows for COPY out of the content of an import, piece by piece, on whatever thread it is
/// called; its calls come one after the other.
final class ImportParser: Sendable {
    /// What is left at the end.
    struct Parsed: Sendable {
        /// The last rows, and the end of them.
        let rows: [UInt8]
        /// The first of them; all are counted.
        let faults: [ImportFault]
        let faultCount: Int64
        let rowCount: Int64
        let total: Int64
        let contents: ImportContents
    }

    /// Bytes of rows that are handed out at a time.
    private static let pieceBytes = 131_072

    private let found: Import
    /// Whether a piece may give rows more than once.
    let expands: Bool
    private let profile: ImportProfile?
    private let personalData: PersonalData
    private let state: Mutex<State>

    /// What has been read and is not handed out.
    private struct State {
        let gzip: GzipDecoder?
        var reader: any ContentReader
        var rows: CopyRows
        var faults: [ImportFault] = []
        var faultCount: Int64 = 0
        var rowCount: Int64 = 0
        var total: Int64 = 0
        var contents = ImportContents()
    }

    /// Reads content of an import: lines of JSON or a table, compressed or not, in the names of its
    /// source.
    init(
        of found: Import, isTable: Bool, isGzip: Bool, profile: ImportProfile?,
        _ personalData: PersonalData
    ) {
        self.found = found
        expands = isGzip
        let line = found.line
        self.profile = profile
        self.personalData = personalData
        state = Mutex(
            State(
                gzip: isGzip ? GzipDecoder(atMost: Int(Import.maximumBytes)) : nil,
                reader: isTable
                    ? CSVReader(numbers: line.numbers, truths: line.truths) : JSONLinesReader(),
                rows: CopyRows(fieldCount: line.fieldCount)))
    }

    /// Takes the next piece, or goes on with the last one; gives rows to be sent on, perhaps none,
    /// and nil when it wants another piece.
    func next(_ piece: [UInt8]?) -> Result<[UInt8]?, Problem> {
        state.withLock { state in
            do throws(Problem) {
                return .success(try next(piece, &state))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Reads what is left.
    func finish() -> Result<Parsed, Problem> {
        state.withLock { state in
            do throws(Problem) {
                return .success(try finish(&state))
            } catch {
                return .failure(error)
            }
        }
    }

    private func next(_ piece: [UInt8]?, _ state: inout State) throws(Problem) -> [UInt8]? {
        if let gzip = state.gzip {
            if let piece { gzip.take(piece) }
            let part: [UInt8]?
            do {
                part = try gzip.next()
            } catch {
                throw ImportParser.problem(.notGzip)
            }
            guard let part else { return nil }
            try parse(part, &state)
        } else {
            guard let piece else { return nil }
            try parse(piece, &state)
        }
        return state.rows.bytes.count >= ImportParser.pieceBytes ? state.rows.take() : []
    }

    private func parse(_ part: [UInt8], _ state: inout State) throws(Problem) {
        let records: [ContentRecord]
        do {
            records = try state.reader.take(part)
        } catch {
            throw ImportParser.problem(error)
        }
        for record in records { try read(record, &state) }
    }

    private func finish(_ state: inout State) throws(Problem) -> Parsed {
        let records: [ContentRecord]
        do {
            records = try state.reader.finish()
        } catch {
            throw ImportParser.problem(error)
        }
        for record in records { try read(record, &state) }
        do {
            try state.gzip?.finish()
        } catch {
            throw ImportParser.problem(.notGzip)
        }
        state.rows.finish()
        return Parsed(
            rows: state.rows.take(), faults: state.faults, faultCount: state.faultCount,
            rowCount: state.rowCount, total: state.total, contents: state.contents)
    }

    // MARK: Records

    private func read(_ record: ContentRecord, _ state: inout State) throws(Problem) {
        state.rowCount += 1
        let value: JSONDocument
        switch record.content {
        case .fault(let field, let code):
            return ImportParser.note(
                ImportFault(line: record.line, field: field, code: code), &state)
        case .value(let given): value = given
        }
        try read(value, record.line, as: found.line, &state)
    }

    private func read<Line: ImportLine>(
        _ value: JSONDocument, _ number: Int64, as line: Line.Type, _ state: inout State
    ) throws(Problem) {
        let faults = JSONFaults()
        let translated = profile.map { JSONDocument($0.translated(value.value)) } ?? value
        if let data = Line(translated, faults) {
            if let month = found.newMonth, let fault = data.fault(inNew: month) {
                faults.add(fault.code, at: fault.pointer)
            } else if let key = data.key, !state.contents.note(key, amount: data.amount) {
                faults.add(.outOfRange, at: "#/month")
            } else {
                try write(data, number, &state)
            }
        }
        for fault in faults.list {
            let field = profile?.named(fault.pointer, in: value.value) ?? fault.pointer
            let shown = ImportFault.shown(
                at: fault.pointer, in: translated.value, personal: Line.personal)
            ImportParser.note(
                ImportFault(line: number, field: field, code: fault.code.rawValue, value: shown),
                &state)
        }
    }

    private func write(
        _ data: some ImportLine, _ line: Int64, _ state: inout State
    ) throws(Problem) {
        do {
            try data.write(to: &state.rows, of: found, line: line, personalData)
        } catch {
            throw Problem(.internalError, reason: "personal_data_not_sealed")
        }
        state.total += data.amount
    }

    private static func note(_ fault: ImportFault, _ state: inout State) {
        state.faultCount += 1
        if state.faults.count < Int(ImportFault.listed) { state.faults.append(fault) }
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
}
