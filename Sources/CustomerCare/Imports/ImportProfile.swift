import Electricity
import JSON

/// How a system names and writes what it brings, where that differs from the contract: one file for
/// each source.
struct ImportProfile: Sendable {
    /// How a member is written.
    enum Form: String, Sendable {
        /// As it is.
        case text
        /// Digits, perhaps with points or commas between thousands.
        case number
        /// `dd/MM/yyyy` or `yyyyMMdd`.
        case date
        /// `dd/MM/yyyy HH:mm`, of Vietnam.
        case instant
        /// A year and a month, in two members.
        case month
    }

    /// One member of the contract and where it comes from.
    struct Member: Sendable {
        let to: String
        let from: [String]
        let form: Form
    }

    let source: String
    let kind: ImportKind
    let members: [Member]

    /// A line with the names and forms of the contract; what is written in none of the forms stays
    /// as it is, to be named as a fault.
    func translated(_ value: JSONValue) -> JSONValue {
        guard case .object(let given) = value else { return value }
        var members: [JSONMember] = []
        var used: Set<String> = []
        for member in self.members {
            let values = member.from.compactMap { value.member($0) }
            guard values.count == member.from.count else { continue }
            used.formUnion(member.from)
            members.append(
                JSONMember(name: member.to, value: ImportProfile.value(values, member.form)))
        }
        if members.isEmpty { return value }
        return .object(members + given.filter { !used.contains($0.name) })
    }

    /// A pointer into a line in the names of the source, where the line has those.
    func named(_ pointer: String, in line: JSONValue) -> String {
        guard let member = members.first(where: { "#/\($0.to)" == pointer }),
            member.from.allSatisfy({ line.member($0) != nil })
        else { return pointer }
        return "#/" + member.from.joined(separator: "+")
    }

    // MARK: Forms

    private static func value(_ values: [JSONValue], _ form: Form) -> JSONValue {
        let text = values.map(text).joined(separator: "/")
        let written: String?
        switch form {
        case .text: return values.first ?? .null
        case .number:
            if case .integer = values.first { return values.first ?? .null }
            return number(text) ?? values.first ?? .null
        case .date: written = date(text)
        case .instant: written = instant(text)
        case .month: written = month(text)
        }
        return .string(written ?? text)
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: ""
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        let groups = text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == "." })
        // Thousands are parted in threes; anything else has decimals, which no amount has.
        guard let first = groups.first, (1...3).contains(first.count) || groups.count == 1,
            groups.dropFirst().allSatisfy({ $0.count == 3 }),
            groups.allSatisfy({ group in
                !group.isEmpty && group.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }), let number = Int64(groups.joined())
        else { return nil }
        return .integer(number)
    }

    private static func date(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 3, parts.map(\.utf8.count) == [2, 2, 4] {
            return "\(parts[2])-\(parts[1])-\(parts[0])"
        }
        let digits = Array(text.utf8)
        guard digits.count == 8, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let pieces = [digits[..<4], digits[4..<6], digits[6...]]
        return pieces.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    private static func instant(_ text: String) -> String? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let date = date(String(parts[0])), parts[1].utf8.count == 5 else {
            return nil
        }
        return "\(date)T\(parts[1]):00+07:00"
    }

    private static func month(_ text: String) -> String? {
        let parts = text.split(separator: "/")
        guard parts.count == 2, parts[0].utf8.count == 4, (1...2).contains(parts[1].utf8.count)
        else { return nil }
        return "\(parts[0])-\(parts[1].utf8.count == 1 ? "0" : "")\(parts[1])"
    }
}

/// The profiles of all sources that need one.
struct ImportProfiles: Sendable {
    static let assetNames = ["imports/cmis.json"]

    private let profiles: [ImportProfile]

    /// Reads the files; throws when one is malformed.
    init(_ assets: [(name: String, bytes: [UInt8])]) throws(GuideBook.Fault) {
        var profiles: [ImportProfile] = []
        for asset in assets {
            guard let root = JSONValue.object(asset.bytes), let source = root.text("source"),
                case .object(let kinds)? = root.member("kinds")
            else { throw GuideBook.Fault(asset: asset.name) }
            for kind in kinds {
                guard let name = ImportKind(rawValue: kind.name),
                    case .array(let items) = kind.value
                else { throw GuideBook.Fault(asset: asset.name) }
                let members = items.compactMap(ImportProfiles.member)
                guard members.count == items.count else {
                    throw GuideBook.Fault(asset: asset.name)
                }
                profiles.append(ImportProfile(source: source, kind: name, members: members))
            }
        }
        self.profiles = profiles
    }

    /// How a source writes data of a kind; nil when it writes them as the contract does.
    func profile(of source: String, _ kind: ImportKind) -> ImportProfile? {
        profiles.first { $0.source == source && $0.kind == kind }
    }

    private static func member(_ item: JSONValue) -> ImportProfile.Member? {
        guard let to = item.text("to"), case .array(let items)? = item.member("from") else {
            return nil
        }
        let from = items.compactMap { item -> String? in
            if case .string(let name) = item { name } else { nil }
        }
        let form = item.text("form").map(ImportProfile.Form.init) ?? .text
        guard let form, !from.isEmpty, from.count == items.count,
            (form == .month) == (from.count == 2)
        else { return nil }
        return ImportProfile.Member(to: to, from: from, form: form)
    }
}
