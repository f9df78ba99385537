import Electricity
import Postgres

/// The tariffs of one loop in memory, looked for anew every few seconds: a new version is served
/// without a restart and without a query per request.
final class TariffRegistry {
    /// One version, ready to compute.
    struct Version: Sendable {
        let number: Int
        let calculator: BillCalculator

        var book: TariffBook { calculator.book }
    }

    private let database: Database
    /// The version in use; nil until one has been read.
    private(set) var current: Version?
    /// The newest version that has been looked at, in use or not readable.
    private var seen = 0

    init(database: Database) {
        self.database = database
    }

    /// Looks for a version that is newer than the last one seen; true when one came into use.
    ///
    /// Keeps what it has when the database is away or the new version cannot be read: that is a
    /// version of a later program.
    func reload() async throws(TariffStoreError) -> Bool {
        let found: StoredTariffs?
        do {
            found = try await database.queryOne(TariffStatements.newest, .int64(Int64(seen)))
        } catch {
            throw TariffStoreError(error)
        }
        guard let found else { return false }
        seen = found.version
        let document = try TariffStoreError.reading { () throws(TariffDocumentError) in
            try TariffDocument(found.document)
        }
        current = Version(number: found.version, calculator: BillCalculator(document.book))
        return true
    }
}
