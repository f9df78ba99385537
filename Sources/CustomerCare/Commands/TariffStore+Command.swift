import Electricity
import JSON
import Reactor

extension TariffStore {
    /// Where a document comes from.
    package enum Source: Sendable {
        /// A file of the operator's.
        case file(String)
        /// The file inside the binary.
        case builtIn
    }

    /// Bytes of a file that are read: forty times what the built-in one has.
    private static let maximumBytes = 1_048_576

    /// `customer-care tariffs load`: checks a document as a whole, says on standard output what
    /// is different, and makes it the newest version.
    package static func load(
        _ source: Source, isRehearsal: Bool, _ configuration: Configuration
    ) throws {
        let document: TariffDocument
        let name: String
        switch source {
        case .builtIn:
            name = TariffDocument.builtInName
            document = try TariffDocument.builtIn()
        case .file(let path):
            guard let bytes = ProcessFile.read(path, atMost: maximumBytes) else {
                throw TariffStoreError.unreadable(path: path)
            }
            name = path
            document = try TariffDocument(bytes)
        }
        let change = try CommandLoop.run(configuration) { database in
            try await TariffStore(database: database).load(
                document, source: name, isRehearsal: isRehearsal
            ) { differences in
                for line in differences { Terminal.say(line) }
            }
        }
        if change.differences.isEmpty {
            Terminal.tell("    nothing differs from what is there")
        } else if let version = change.version {
            Terminal.tell("    version \(version) is in effect within seconds")
        } else {
            Terminal.tell("    a rehearsal: nothing was loaded")
        }
    }

    /// `customer-care tariffs show`: a table of the newest version, or its document.
    package static func show(asJSON: Bool, _ configuration: Configuration) throws {
        let newest = try CommandLoop.run(configuration) { database in
            try await TariffStore(database: database).newest()
        }
        guard let newest else { throw TariffStoreError.none }
        if asJSON {
            let text = String(decoding: newest.document, as: UTF8.self)
            return Terminal.say(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        let rows = try TariffDocument(newest.document).book.rows
        Terminal.say(
            "version \(newest.version) of \(newest.source), loaded \(newest.loadedAt), "
                + "checked through \(rows.checkedThrough)")
        for line in table(rows) { Terminal.say(line) }
    }

    /// A line for each row of the tariffs, in columns.
    static func table(_ rows: TariffRows) -> [String] {
        func tariffs(_ kind: String, _ list: [Tariff]) -> [[String]] {
            list.map {
                line(kind, $0.decision, $0.validFrom, $0.validTo, $0.residential.confidence)
            }
        }
        let cells =
            tariffs("tariff", rows.tariffs) + tariffs("draft", rows.drafts)
            + rows.vatRates.map {
                line(
                    "VAT \(percent($0.basisPoints))", $0.document, $0.validFrom, $0.validTo,
                    $0.confidence)
            }
            + rows.reactiveTables.map {
                line("reactive", $0.document, $0.validFrom, $0.validTo, $0.confidence)
            }
        var table = TextTable(["KIND", "FROM", "TO", "CONFIDENCE", "DOCUMENT"])
        for row in cells { table.add(row) }
        return table.lines
    }

    /// Hundredths of a per cent as `8 %` or `8.5 %`.
    private static func percent(_ basisPoints: Int64) -> String {
        var json = JSONWriter()
        json.object { $0.field("", decimal: basisPoints, scale: 2) }
        return String(decoding: json.bytes.dropFirst(4).dropLast(), as: UTF8.self) + " %"
    }

    private static func line(
        _ kind: String, _ document: String, _ from: LocalDate, _ to: LocalDate?,
        _ confidence: Confidence
    ) -> [String] {
        [kind, "\(from)", to.map { "\($0)" } ?? "-", confidence.rawValue, document]
    }
}
