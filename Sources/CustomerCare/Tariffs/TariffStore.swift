import Electricity
package import Postgres

/// What an operator does with the tariffs of a database.
///
/// A version is checked as a whole before it is stored, and stored as a whole or not at all; it
/// takes effect on every service within seconds.
package struct TariffStore {
    let database: Database
    let world: World

    /// Works on a database.
    init(database: Database, world: World = .real) {
        self.database = database
        self.world = world
    }

    /// What loading a document comes to.
    package struct Change: Sendable, Equatable {
        /// One line for each value that is new, gone or other than before; none when the document
        /// says what is there already.
        package let differences: [String]
        /// The version that holds it now; nil of a rehearsal.
        package let version: Int?
    }

    /// The newest version; nil when there is none.
    func newest() async throws(TariffStoreError) -> StoredTariffs? {
        do {
            return try await database.queryOne(TariffStatements.newest, .int64(0))
        } catch {
            throw TariffStoreError(error)
        }
    }

    /// Compares a document with what is there and, unless it only rehearses or nothing differs,
    /// makes it the newest version.
    ///
    /// `report` is told the differences before anything takes effect.
    func load(
        _ document: TariffDocument, source: String, isRehearsal: Bool = false,
        report: ([String]) -> Void = { _ in }
    ) async throws(TariffStoreError) -> Change {
        try await database.transaction {
            (transaction: Transaction<TariffStoreError>) async throws(TariffStoreError) in
            // The first key of a version decides between two who load at once.
            let known = try await transaction.queryOne(TariffStatements.newest, .int64(0))
            let differences = TariffDifference.lines(
                from: known?.document, to: document.value)
            report(differences)
            guard !isRehearsal, !differences.isEmpty else {
                return Change(differences: differences, version: isRehearsal ? nil : known?.version)
            }
            let version = (known?.version ?? 0) + 1
            try await insert(document, as: version, source, in: transaction)
            return Change(differences: differences, version: version)
        }
    }

    /// Loads the document inside the binary into a database without tariffs; nil when there are
    /// some.
    func loadBuiltInIfNone() async throws(TariffStoreError) -> Int? {
        if try await newest() != nil { return nil }
        do {
            let document = try TariffStoreError.reading { () throws(TariffDocumentError) in
                try TariffDocument.builtIn()
            }
            return try await load(document, source: TariffDocument.builtInName).version
        } catch {
            // Another process has migrated at the same time.
            if error == .loadedAtOnce { return nil }
            throw error
        }
    }

    private func insert(
        _ document: TariffDocument, as version: Int, _ source: String,
        in transaction: Transaction<TariffStoreError>
    ) async throws(TariffStoreError) {
        let key = Parameter.int64(Int64(version))
        let text = String(decoding: document.text, as: UTF8.self)
        try await transaction.run(
            TariffStatements.insert, key, .text(text), .date(document.book.rows.checkedThrough),
            .text(source), .timestamp(world.now()))
        try await transaction.run(TariffStatements.tariffs, key)
        try await transaction.run(TariffStatements.prices, key)
        try await transaction.run(TariffStatements.vatRates, key)
        try await transaction.run(TariffStatements.reactiveTables, key)
    }
}

/// Why tariffs could not be loaded or shown.
package enum TariffStoreError: Error, Equatable, CustomStringConvertible {
    /// The document is not valid.
    case document(TariffDocumentError)
    /// The file cannot be read, or is longer than 1 MiB.
    case unreadable(path: String)
    /// Somebody else has loaded a version at the same time.
    case loadedAtOnce
    /// There are no tariffs.
    case none
    /// The database refused or is away.
    case database(DatabaseError)

    package var description: String {
        switch self {
        case .document(let error): "\(error)"
        case .unreadable(let path): "the file \(path) cannot be read, or is longer than 1 MiB"
        case .loadedAtOnce:
            "somebody else has loaded tariffs at the same time: look at the differences again"
        case .none: "the database holds no tariffs: run customer-care migrate"
        case .database(let error): "\(error)"
        }
    }

    /// Whether there was no link to the database.
    var isOfLink: Bool { if case .database(.unavailable) = self { true } else { false } }

    /// Reads a document, its error taken over.
    static func reading(
        _ read: () throws(TariffDocumentError) -> TariffDocument
    ) throws(TariffStoreError) -> TariffDocument {
        do {
            return try read()
        } catch {
            throw .document(error)
        }
    }
}

extension TariffStoreError: DatabaseFailure {
    /// Takes over a database error; the key of a version decides between two who load at once.
    package init(_ error: DatabaseError) {
        if case .constraintViolated("tariff_versions_pkey", _) = error {
            self = .loadedAtOnce
        } else {
            self = .database(error)
        }
    }
}
