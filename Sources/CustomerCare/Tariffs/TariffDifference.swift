import JSON

/// What one tariff document says other than another, value by value.
enum TariffDifference {
    /// One line for each value that was added (`+`), removed (`-`) or changed (`~`).
    ///
    /// Rows are found by what names them, so that a new one does not move the others.
    static func lines(from old: [UInt8]?, to new: JSONValue) -> [String] {
        guard let old else { return values(of: new, at: "").map { "+ \($0.0): \($0.1)" } }
        do {
            var lines: [String] = []
            compare(try JSONValue.parse(old), new, at: "", &lines)
            return lines
        } catch {
            // The database holds what this program cannot read: all that is new is different.
            return ["~ the stored document cannot be read: \(error.reason.rawValue)"]
        }
    }

    private static func compare(
        _ old: JSONValue, _ new: JSONValue, at place: String, _ lines: inout [String]
    ) {
        if old == new { return }
        guard let before = children(of: old), let after = children(of: new) else {
            if children(of: old) == nil, children(of: new) == nil {
                lines.append("~ \(place): \(text(old)) -> \(text(new))")
            } else {
                lines += values(of: old, at: place).map { "- \($0.0): \($0.1)" }
                lines += values(of: new, at: place).map { "+ \($0.0): \($0.1)" }
            }
            return
        }
        for (name, value) in before {
            let below = "\(place)/\(name)"
            if let match = after.first(where: { $0.0 == name }) {
                compare(value, match.1, at: below, &lines)
            } else {
                lines += values(of: value, at: below).map { "- \($0.0): \($0.1)" }
            }
        }
        for (name, value) in after where !before.contains(where: { $0.0 == name }) {
            lines += values(of: value, at: "\(place)/\(name)").map { "+ \($0.0): \($0.1)" }
        }
    }

    /// Every value without parts of its own, with its place.
    private static func values(of value: JSONValue, at place: String) -> [(String, String)] {
        guard let children = children(of: value) else { return [(place, text(value))] }
        return children.flatMap { values(of: $0.1, at: "\(place)/\($0.0)") }
    }

    /// The members of an object, or the items of an array by what names them; nil of a value
    /// without parts.
    private static func children(of value: JSONValue) -> [(String, JSONValue)]? {
        switch value {
        case .object(let members): members.map { ($0.name, $0.value) }
        case .array(let items): items.enumerated().map { (name(of: $1) ?? "\($0)", $1) }
        default: nil
        }
    }

    /// The members that tell the rows of a list apart, the first that a row has.
    private static let keys = [
        "decision", "category", "name", "validFrom", "powerFactorHundredths",
    ]

    private static func name(of item: JSONValue) -> String? {
        keys.lazy.compactMap { item.member($0) }.first.map(text)
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .boolean(let truth): "\(truth)"
        default: "null"
        }
    }
}
