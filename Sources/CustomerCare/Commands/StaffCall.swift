import HTTPClient

/// What a member of staff wants of the service, and how its answer is shown: the whole of a
/// command but its arguments.
///
///     StaffCall.list(
///         "/v1/staff/billing-gaps", ["unit": unit, "month": month], limit: 200,
///         shows: ["customerCode", "readingDate"])
package struct StaffCall: Sendable {
    let method: OutgoingRequest.Method
    let path: Path
    var query: [(name: String, value: String)] = []
    var body: Body = [:]
    /// The version that was seen of what is changed.
    var tag: String?
    let view: View

    /// How an answer is shown.
    enum View: Sendable {
        /// Every member, a line each.
        case record
        /// The rows of `items`.
        case table([Column])
        /// The same of page after page, until so many rows are read; those alone of which the
        /// member `only` is true.
        case pages([Column], limit: Int, only: String?)
    }

    /// Asks for one thing, all of which is shown; what is nil is not asked for.
    package static func get(
        _ path: Path, _ query: KeyValuePairs<String, String?> = [:]
    ) -> StaffCall {
        StaffCall(method: .get, path: path, query: given(query), view: .record)
    }

    /// Asks for a list that comes as a whole.
    package static func list(_ path: Path, shows columns: [Column]) -> StaffCall {
        StaffCall(method: .get, path: path, view: .table(columns))
    }

    /// Asks for a list that comes in pages, which are read until there are `limit` rows; what is
    /// nil is not asked for.
    ///
    /// `only` names a member that is true of the rows that are shown; nil shows all.
    package static func list(
        _ path: Path, _ query: KeyValuePairs<String, String?> = [:], limit: Int,
        only: String? = nil, shows columns: [Column]
    ) -> StaffCall {
        StaffCall(
            method: .get, path: path, query: given(query),
            view: .pages(columns, limit: limit, only: only))
    }

    /// Does something, without a body when it is empty; all of the answer is shown, or its rows in
    /// columns.
    package static func post(
        _ path: Path, _ body: Body = [:], tag: String? = nil, shows columns: [Column]? = nil
    ) -> StaffCall {
        StaffCall(
            method: .post, path: path, body: body, tag: tag,
            view: columns.map(View.table) ?? .record)
    }

    /// Puts something in the place of the version that `tag` names; all of the answer is shown.
    package static func put(_ path: Path, _ body: Body, tag: String) -> StaffCall {
        StaffCall(method: .put, path: path, body: body, tag: tag, view: .record)
    }

    private static func given(
        _ query: KeyValuePairs<String, String?>
    ) -> [(name: String, value: String)] {
        query.compactMap { name, value in value.map { (name, $0) } }
    }

    /// A path; what is put into it is one segment, whatever it holds.
    package struct Path: ExpressibleByStringInterpolation, Sendable {
        let text: String

        /// Takes a path as it is.
        package init(stringLiteral text: String) {
            self.text = text
        }

        /// Takes a path with encoded segments.
        package init(stringInterpolation parts: Parts) {
            text = parts.text
        }

        /// Puts a path together.
        package struct Parts: StringInterpolationProtocol {
            fileprivate var text = ""

            /// Begins with nothing.
            package init(literalCapacity: Int, interpolationCount: Int) {
                // There is nothing to be gained from them.
            }

            /// Adds what the program says.
            package mutating func appendLiteral(_ literal: String) {
                text += literal
            }

            /// Adds what a person says.
            package mutating func appendInterpolation(_ segment: String) {
                text += PercentEncoding.encoded(segment)
            }
        }
    }

    /// What is sent.
    package enum Body: Sendable, ExpressibleByDictionaryLiteral {
        /// An object of these members; nothing where there are none.
        case members([(name: String, value: Value)])
        /// A file with JSON; `-` is standard input.
        case file(String)
        /// What the path answers now, of all these members, with the values that are given.
        case amended([(name: String, value: Value)])

        /// An object of these members; nothing where there are none.
        package init(dictionaryLiteral elements: (String, Value)...) {
            self = .members(elements.map { ($0.0, $0.1) })
        }
    }

    /// The value of a member.
    package enum Value: Sendable {
        /// A text; nil leaves the member out.
        case text(String?)
        /// An instant as RFC 3339 has it, or `2026-12-05 08:00` in Vietnam; nil leaves it out.
        case instant(String?)
        /// Texts.
        case texts([String])
        /// Objects of two texts, named as they are here; none leaves the member out.
        case pairs([(String, String)], named: (String, String))

        /// Whether there is something to be sent.
        var isGiven: Bool {
            switch self {
            case .text(let text), .instant(let text): text != nil
            case .texts: true
            case .pairs(let pairs, _): !pairs.isEmpty
            }
        }
    }

    /// A column of a table.
    package struct Column: Sendable, ExpressibleByStringLiteral {
        /// Names of members, from the outside to the inside.
        let path: [String]
        let title: String
        /// Whether its numbers are VND, which are grouped.
        let isMoney: Bool

        /// A member, `managingUnit.code` for one inside another, under a title of one's own.
        package init(_ path: String, _ title: String? = nil, isMoney: Bool = false) {
            self.path = path.split(separator: ".").map(String.init)
            self.title = title ?? Column.title(of: path)
            self.isMoney = isMoney
        }

        /// A member under a title that is made of its name: `customerCode` is CUSTOMER CODE.
        package init(stringLiteral path: String) {
            self.init(path)
        }

        /// An amount of VND.
        package static func money(_ path: String, _ title: String? = nil) -> Column {
            Column(path, (title ?? Column.title(of: path)) + " (VND)", isMoney: true)
        }

        private static func title(of path: String) -> String {
            var title = ""
            for character in path {
                if character.isUppercase || character == "." { title += " " }
                if character != "." { title += character.uppercased() }
            }
            return title
        }
    }
}
