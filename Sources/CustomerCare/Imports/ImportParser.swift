import JSON
import Postgres
import Signing

/// Makes rows for COPY out of the records of an import, on any number of threads at once.
struct ImportParser: Sendable {
    private let found: Import
    private let profile: ImportProfile?
    private let personalData: PersonalData

    /// Reads records of an import, in the names of its source.
    init(of found: Import, profile: ImportProfile?, _ personalData: PersonalData) {
        self.found = found
        self.profile = profile
        self.personalData = personalData
    }

    /// Reads records that follow each other.
    func parse(_ records: [ContentRecord]) -> Result<ParsedRecords, Problem> {
        do throws(Problem) {
            return .success(try parse(records, as: found.line))
        } catch {
            return .failure(error)
        }
    }

    private func parse<Line: ImportLine>(
        _ records: [ContentRecord], as line: Line.Type
    ) throws(Problem) -> ParsedRecords {
        var parsed = ParsedRecords()
        var rows = CopyRows(fieldCount: Line.fieldCount, isPart: true)
        for record in records {
            parsed.rowCount += 1
            switch record.readContent {
            case .fault(let field, let code):
                parsed.note(ImportFault(line: record.line, field: field, code: code))
            case .value(let value):
                try read(value, record.line, as: line, &parsed, &rows)
            case .text: break
            }
        }
        parsed.rows = rows.take()
        return parsed
    }

    private func read<Line: ImportLine>(
        _ value: JSONDocument, _ number: Int64, as line: Line.Type, _ parsed: inout ParsedRecords,
        _ rows: inout CopyRows
    ) throws(Problem) {
        let faults = JSONFaults()
        let translated = profile.map { JSONDocument($0.translated(value.value)) } ?? value
        if let data = Line(translated, faults) {
            if let month = found.newMonth, let fault = data.fault(inNew: month) {
                faults.add(fault.code, at: fault.pointer)
            } else {
                do {
                    try data.write(to: &rows, of: found, line: number, personalData)
                } catch {
                    throw Problem(.internalError, reason: "personal_data_not_sealed")
                }
                parsed.total += data.amount
                if let key = data.key {
                    parsed.contents.note(key, amount: data.amount, line: number)
                }
            }
        }
        for fault in faults.list {
            let field = profile?.named(fault.pointer, in: value.value) ?? fault.pointer
            let shown = ImportFault.shown(
                at: fault.pointer, in: translated.value, personal: Line.personal)
            parsed.note(
                ImportFault(line: number, field: field, code: fault.code.rawValue, value: shown))
        }
    }
}

/// What was made out of records that follow each other.
struct ParsedRecords: Sendable {
    /// Rows for COPY.
    var rows: [UInt8] = []
    /// The first of them; all are counted.
    private(set) var faults: [ImportFault] = []
    private(set) var faultCount: Int64 = 0
    var rowCount: Int64 = 0
    /// VND of all that have no fault.
    var total: Int64 = 0
    var contents = ImportContents()

    /// Notes what is wrong with a record.
    mutating func note(_ fault: ImportFault) {
        faultCount += 1
        if faults.count < Int(ImportFault.listed) { faults.append(fault) }
    }

    /// Takes up what was made out of the records that follow, but for their rows.
    mutating func add(_ next: ParsedRecords) {
        faults += next.faults.prefix(Int(ImportFault.listed) - faults.count)
        faultCount += next.faultCount
        rowCount += next.rowCount
        total += next.total
        for line in contents.add(next.contents) {
            note(ImportFault(line: line, field: "#/month", code: "out_of_range"))
        }
    }
}
