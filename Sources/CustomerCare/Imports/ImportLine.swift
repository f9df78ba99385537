import Electricity
import JSON
import Postgres
import Signing

/// One line of an import: what data of its kind look like, where they wait, and how they are put
/// into use.
///
/// A new kind is a type of this protocol, a table for it to be staged in and a case of
/// ``ImportKind``.
protocol ImportLine {
    /// Columns of a staged row.
    static var fieldCount: Int16 { get }
    /// Brings staged rows in by binary COPY.
    static var copy: Command { get }
    /// Throws away what was staged for import `$1`.
    static var clear: Command { get }
    /// The same, table by table.
    static var clears: [Command] { get }
    /// The tables in which lines of its kind wait and nothing else does.
    static var staged: [String] { get }

    /// Members that are numbers, and those that are truth values: a table does not say so.
    static var numbers: Set<String> { get }
    static var truths: Set<String> { get }

    /// Members that say something about a person.
    static var personal: Set<String> { get }

    /// Reads a line; nil when it has faults, each named by its pointer.
    init?(_ value: JSONDocument, _ faults: JSONFaults)

    /// VND that count towards the control total; zero for what is no money.
    var amount: Int64 { get }

    /// What tells it from all others; nil for kinds of which nothing is noted.
    var key: ImportKey? { get }

    /// What keeps it out of an import that brings a new month; nil when nothing does.
    func fault(inNew month: BillingMonth) -> JSONFault?

    /// Writes the row of a line; what is personal is sealed on its way.
    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError)

    /// How the statements below are planned: settings of their transaction.
    static var planning: String { get }

    /// What of an import does not fit what is known: the first thousand, each with the count of
    /// all.
    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault]

    /// What an import would change.
    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference?

    /// What is out of the ordinary about an import, so that a second person must look at it.
    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly]

    /// Puts an import into use, in the transaction of the link.
    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError)
}

extension ImportLine {
    static var numbers: Set<String> { [] }
    static var truths: Set<String> { [] }
    static var personal: Set<String> { [] }
    static var clears: [Command] { [clear] }
    var amount: Int64 { 0 }
    var key: ImportKey? { nil }

    func fault(inNew month: BillingMonth) -> JSONFault? { nil }

    /// What was staged a moment ago has no statistics, and a plan that is made without them may
    /// take hours: each line is looked up by the keys of the other tables, in the order in which
    /// the statements name them.
    static var planning: String {
        """
        set local join_collapse_limit = 1;
        set local enable_hashjoin = off;
        set local enable_mergejoin = off;
        set local enable_material = off
        """
    }

    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly] { [] }
}

/// A fault that holding an import against what is known has found.
struct FoundFault: Row {
    static let columns = ["line", "field", "code", "fault_count"]

    let fault: ImportFault
    /// How many there are, listed or not.
    let count: Int64

    /// One of so many.
    init(_ fault: ImportFault, of count: Int64) {
        self.fault = fault
        self.count = count
    }

    init(_ row: inout RowDecoder) throws(RowError) {
        fault = ImportFault(
            line: try row.int64(), field: try row.string(), code: try row.string())
        count = try row.int64()
    }
}

/// Whether a function of the owner did what it is for, or what was asked for is so.
struct Done: Row {
    static let columns = ["is_done"]
    let isDone: Bool

    init(_ row: inout RowDecoder) throws(RowError) {
        isDone = try row.bool()
    }
}

/// How many rows there are.
struct RowCount: Row {
    static let columns = ["row_count"]
    let count: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        count = try row.int64()
    }
}
