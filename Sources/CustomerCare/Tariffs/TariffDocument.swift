import Electricity
import JSON

/// The tariffs as one JSON document: what an operator loads, what the database keeps of each
/// version, and what a service computes from.
struct TariffDocument {
    /// The text as it was written.
    let text: [UInt8]
    /// The same as a tree.
    let value: JSONValue
    /// What it says, checked.
    let book: TariffBook

    /// Reads a document, or names all of its faults.
    init(_ text: [UInt8]) throws(TariffDocumentError) {
        do {
            value = try JSONValue.parse(text)
        } catch {
            throw .syntax(line: error.line, column: error.column, reason: error.reason.rawValue)
        }
        do {
            book = try TariffDocument.book(of: value)
        } catch {
            throw .invalid(error.list.map(\.description))
        }
        self.text = text
    }

    /// What a document says that is taken apart already, or all of its faults.
    static func book(of value: JSONValue) throws(DocumentFaultList) -> TariffBook {
        let faults = DocumentFaults()
        let rows = TariffReading.rows(DocumentNode(value, "", faults))
        guard faults.list.isEmpty, let rows else { throw DocumentFaultList(list: faults.list) }
        do {
            return try TariffBook(rows)
        } catch {
            throw DocumentFaultList(
                list: error.faults.map {
                    DocumentFault(pointer: $0.pointer, reason: $0.reason.rawValue)
                })
        }
    }

    /// The document inside the binary.
    static func builtIn() throws(TariffDocumentError) -> TariffDocument {
        guard let bytes = Assets.bytes(builtInName) else { throw .missing(builtInName) }
        return try TariffDocument(bytes)
    }

    /// The source of a version that came out of the binary.
    static let builtInName = "tariffs/tariffs.json"
}

/// One fault of a tariff document.
struct DocumentFault: Equatable, Sendable, CustomStringConvertible {
    /// Where, as a JSON pointer (RFC 6901): `/tariffs/3/residential/tiers/2/unitPrice`.
    let pointer: String
    /// What is wrong there, in one word, such as `missing`, `unknown_member` or `overlap`.
    let reason: String

    var description: String { "\(pointer.isEmpty ? "/" : pointer): \(reason)" }
}

/// All that is wrong with a document that is JSON.
struct DocumentFaultList: Error, Equatable {
    let list: [DocumentFault]
}

/// Why a text is not a tariff document.
package enum TariffDocumentError: Error, Equatable, CustomStringConvertible {
    /// The binary has no such file: a bug.
    case missing(String)
    /// It is not JSON.
    case syntax(line: Int, column: Int, reason: String)
    /// It is JSON, but these are wrong; at least one line, each beginning with a JSON pointer.
    case invalid([String])

    package var description: String {
        switch self {
        case .missing(let name): "the built-in file \(name) is missing"
        case .syntax(let line, let column, let reason): "line \(line), column \(column): \(reason)"
        case .invalid(let faults):
            (["the tariffs are not valid, and nothing was loaded:"] + faults)
                .joined(separator: "\n  ")
        }
    }
}
