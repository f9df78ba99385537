import Electricity
import JSON
import Postgres
import Signing

/// The law as one document: the one line of an import of tariffs, as `customer-care tariffs load`
/// takes it.
///
/// It is staged as it is and read as a whole when it is held against what is known. The service
/// does not put it into force by itself: a person of the staff must approve it first, each time,
/// and a function of the owner looks that one has (docs/decisions/0025).
struct StagedTariffs: ImportLine {
    private let document: JSONValue

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard JSONObject(root: value, faults: faults) != nil else { return nil }
        document = value.value
    }

    static let fieldCount: Int16 = 3

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        var json = JSONWriter(reservingCapacity: 16_384)
        json.value(document)
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.blob(json.bytes)
    }

    // MARK: Steps

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        let others = try await link.query(others, .uuid(found.importId))
        guard let staged = try await link.query(document, .uuid(found.importId)).first else {
            return others
        }
        var faults = others.map(\.fault)
        if case .failure(let wrong) = staged.read() {
            faults += wrong.list.map { fault in
                ImportFault(
                    line: staged.line, field: "#" + fault.pointer, code: fault.reason,
                    value: ImportFault.shown(
                        at: "#" + fault.pointer, in: staged.value, personal: []))
            }
        }
        let count = Int64(faults.count - others.count) + (others.first?.count ?? 0)
        return faults.map { FoundFault($0, of: count) }
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        try await link.query(compare, .uuid(found.importId)).first
    }

    /// Always one, of a document without faults: whoever changes the law is two persons.
    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly] {
        guard let staged = try await link.query(document, .uuid(found.importId)).first,
            case .success = staged.read()
        else { return [] }
        let newest = try await link.query(TariffStatements.newest, .int64(0)).first
        return [
            ImportAnomaly(
                lawAfter: newest?.version ?? 0,
                changes: TariffDifference.lines(from: newest?.document, to: staged.value))
        ]
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        _ = try await link.query(load, .uuid(found.importId))
    }

    /// A document that is staged.
    struct Staged: Row {
        static let columns = ["line", "document"]
        let line: Int64
        let value: JSONValue

        init(_ row: inout RowDecoder) throws(RowError) {
            line = try row.int64()
            // What was written was read before; what is no JSON has no tariffs.
            value = (try? JSONValue.parse(try row.utf8())) ?? .null
        }

        func read() -> Result<TariffBook, DocumentFaultList> {
            Result { () throws(DocumentFaultList) in try TariffDocument.book(of: value) }
        }
    }

    /// The version that an import has become.
    struct Loaded: Row {
        static let columns = ["version"]
        let version: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            version = try row.int32()
        }
    }

    static let copy = Command(
        "staged_tariffs_copy",
        """
        -- The document of an import, as it arrives.
        copy staged_tariffs (import_id, line, document) from stdin (format binary)
        """)

    static let staged = ["staged_tariffs"]

    static let clear = Command(
        "staged_tariffs_clear",
        """
        -- What was staged for an import before.
        delete from staged_tariffs where import_id = $1
        """)

    static let document = Statement<Staged>(
        "tariff_import_document",
        """
        -- The first document of import $1.
        select line, document from staged_tariffs where import_id = $1 order by line limit 1
        """)

    static let others = Statement<FoundFault>(
        "tariff_import_others",
        """
        -- Lines of import $1 behind its first, of which there may be none: a thousand.
        select s.line, '#' as field, 'only_one_line' as code, count(*) over () as fault_count
        from staged_tariffs s
        where s.import_id = $1
            and s.line > (select min(t.line) from staged_tariffs t where t.import_id = $1)
        order by s.line limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "tariff_import_compare",
        """
        -- What import $1 would change: one version, or none when the newest says the same.
        select count(*) filter (where v.version is null) as new_count,
            0::bigint as corrected_count, 0::bigint as cancelled_count,
            count(*) filter (where v.version is not null) as unchanged_count,
            0::bigint as total, 0::bigint as message_count
        from staged_tariffs s
        left join tariff_versions v on v.document::jsonb = s.document::jsonb
            and v.version = (select max(n.version) from tariff_versions n)
        where s.import_id = $1
        """)

    static let load = Statement<Loaded>(
        "tariff_import_load",
        """
        -- Puts the document of import $1 into force, which only the owner may do, if somebody has
        -- approved it; refuses otherwise.
        select load_tariffs($1) as version
        """)
}

extension JSONWriter {
    /// A value as it was read.
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: nullElement()
        case .boolean(let truth): element(truth)
        case .integer(let number): element(number)
        case .real(let number): rawElement(Array("\(number)".utf8))
        // Larger than any number that is asked for, and again when it is read.
        case .outOfRange: rawElement(Array("1e999".utf8))
        case .string(let text): element(text)
        case .array(let items):
            array { json in
                for item in items { json.value(item) }
            }
        case .object(let members):
            element { json in
                for member in members { json.member(member) }
            }
        }
    }

    private mutating func member(_ member: JSONMember) {
        var json = JSONWriter(reservingCapacity: 256)
        json.value(member.value)
        rawField(member.name, json.bytes)
    }
}
