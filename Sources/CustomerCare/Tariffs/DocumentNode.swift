import Electricity
import JSON

/// Gathers the faults of one document.
final class DocumentFaults {
    /// Further faults say nothing new.
    private static let maximumCount = 200

    private(set) var list: [DocumentFault] = []

    func add(_ pointer: String, _ reason: String) {
        if list.count < DocumentFaults.maximumCount {
            list.append(DocumentFault(pointer: pointer, reason: reason))
        }
    }
}

/// A value of a document with its place, read strictly: what is not asked for is a fault.
///
/// Each reader answers nil and notes a fault when the value is not what was asked for.
struct DocumentNode {
    private let value: JSONValue
    let pointer: String
    private let faults: DocumentFaults

    init(_ value: JSONValue, _ pointer: String, _ faults: DocumentFaults) {
        self.value = value
        self.pointer = pointer
        self.faults = faults
    }

    func fault(_ reason: String) { faults.add(pointer, reason) }

    /// Notes a fault when the value is an object with members beyond these, or no object.
    @discardableResult
    func hasOnly(_ known: [String]) -> Bool {
        guard case .object(let members) = value else {
            fault("wrong_type")
            return false
        }
        for member in members where !known.contains(member.name) {
            faults.add(child(member.name), "unknown_member")
        }
        return true
    }

    /// A member, or nil with a fault.
    func member(_ name: String) -> DocumentNode? {
        if let node = optional(name) { return node }
        faults.add(child(name), "missing")
        return nil
    }

    /// A member, or nil when it is absent or null.
    func optional(_ name: String) -> DocumentNode? {
        guard let value = value.member(name), value != .null else { return nil }
        return DocumentNode(value, child(name), faults)
    }

    /// The items of an array, each read; nil when one cannot be.
    func list<Item>(_ read: (DocumentNode) -> Item?) -> [Item]? {
        guard case .array(let values) = value else {
            fault("wrong_type")
            return nil
        }
        let items = values.enumerated().map {
            read(DocumentNode($0.element, "\(pointer)/\($0.offset)", faults))
        }
        let found = items.compactMap(\.self)
        return found.count == items.count ? found : nil
    }

    /// The items of an array that stand in the order of a key, so that places stay places.
    func list<Item, Key: Comparable>(
        by name: String, _ key: (Item) -> Key, _ read: (DocumentNode) -> Item?
    ) -> [Item]? {
        guard let items = list(read) else { return nil }
        for (index, pair) in zip(items, items.dropFirst()).enumerated()
        where key(pair.1) < key(pair.0) {
            faults.add("\(pointer)/\(index + 1)/\(name)", "out_of_order")
        }
        return items
    }

    var wholeNumber: Int64? {
        switch value {
        case .integer(let number): return number
        case .real: fault("not_an_integer")
        case .outOfRange: fault("out_of_range")
        default: fault("wrong_type")
        }
        return nil
    }

    var text: String? {
        guard case .string(let text) = value else {
            fault("wrong_type")
            return nil
        }
        return text
    }

    var day: LocalDate? {
        guard let text else { return nil }
        guard let day = LocalDate(text) else {
            fault("wrong_format")
            return nil
        }
        return day
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String>>(_ type: Word.Type) -> Word? {
        guard let text else { return nil }
        guard let word = Word(rawValue: text) else {
            fault("unknown_word")
            return nil
        }
        return word
    }

    /// Whether the value is a text: of a member that may be a number as well.
    var isText: Bool { if case .string = value { true } else { false } }

    private func child(_ name: String) -> String {
        pointer + "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
