import Electricity
import JSON
import Postgres
import Signing

/// What staff say of an outage.
struct OutageForm {
    /// Scopes of one outage.
    private static let scopeLimit = 200
    /// The longest outage, and the furthest ahead, in seconds: a month and a year.
    private static let longestSeconds: Int64 = 2_678_400
    private static let furthestSeconds: Int64 = 31_622_400

    let kind: OutageKind
    let place: String
    let reason: String?
    let start: Instant
    let expectedEnd: Instant?
    /// What it touches, each once and in order.
    let scopes: [Scope]

    /// A part of the network, or one customer.
    struct Scope: Hashable {
        let kind: OutageScope
        let value: String
    }

    /// Reads the body; 422 names every wrong member.
    init(_ body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let form = object.flatMap { OutageForm($0, faults) }
        if let problem = Problem(faults) { throw problem }
        guard let form else { throw Problem(.invalidRequest) }
        self = form
    }

    /// Reads the members of an outage; nil when they have faults, each named by its pointer.
    init?(_ object: JSONObject, _ faults: JSONFaults) {
        let kind = object.word("kind", OutageKind.self)
        let place = OutageForm.line(object, "place", longest: 200, isRequired: true)
        reason = OutageForm.line(object, "reason", longest: 500, isRequired: false)
        let start = object.instant("start")
        let end = object.optionalInstant("expectedEnd")
        // Only of a fault can nobody tell when it is mended.
        if let kind, kind != .unplanned, !object.holds("expectedEnd") {
            object.fault("expectedEnd", .missing)
        }
        if let start, let end {
            let seconds = end.secondsSince1970 - start.secondsSince1970
            if !(1...OutageForm.longestSeconds).contains(seconds) {
                object.fault("expectedEnd", .outOfRange)
            }
        }
        let scopes = OutageForm.scopes(object)
        guard faults.isEmpty, let kind, let place, let start, let scopes else { return nil }
        self.kind = kind
        self.place = place
        self.start = start
        expectedEnd = end
        self.scopes = scopes
    }

    /// Throws 422 for one that begins too far away to be meant.
    func check(at now: Instant) throws(Problem) {
        let seconds = start.secondsSince1970 - now.secondsSince1970
        guard seconds.magnitude <= UInt64(OutageForm.furthestSeconds) else {
            throw Problem(pointer: "#/start", .outOfRange)
        }
    }

    /// When it no longer matters, unless something is told meanwhile; nil for a fault without end.
    var overAt: Instant? { kind == .unplanned ? nil : expectedEnd }

    /// The same for the same content: what the second of two persons must repeat.
    var digest: [UInt8] {
        var json = JSONWriter(reservingCapacity: 512)
        json.object { json in
            json.field("kind", kind.rawValue)
            json.field("place", place)
            json.field("reason", reason)
            json.field("start", start.microsecondsSince1970)
            json.field("expectedEnd", expectedEnd?.microsecondsSince1970)
            json.list("scopes") { json in
                for scope in scopes { json.element("\(scope.kind.rawValue)/\(scope.value)") }
            }
        }
        return SHA256.digest(json.bytes)
    }

    // MARK: Members

    private static func line(
        _ object: JSONObject, _ name: JSONName, longest: Int, isRequired: Bool
    ) -> String? {
        let text =
            isRequired
            ? object.string(name, length: 1...longest)
            : object.optionalString(name, length: 1...longest)
        guard let text else { return nil }
        if let line = ServiceText.accepted(text, length: 1...longest) { return line }
        object.fault(name, .wrongFormat)
        return nil
    }

    private static func scopes(_ object: JSONObject) -> [Scope]? {
        guard let items = object.objects("scopes", count: 1...scopeLimit) else { return nil }
        var scopes: Set<Scope> = []
        for item in items {
            let kind = item.word("kind", OutageScope.self)
            let value = item.string("value", length: 1...60)
            let isCode =
                kind != .customerCode || value.map { CustomerCode(exact: $0) != nil } ?? true
            let isPlain = value?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ?? true
            if !isCode || !isPlain { item.fault("value", .wrongFormat) }
            if let kind, let value { scopes.insert(Scope(kind: kind, value: value)) }
        }
        return scopes.sorted { ($0.kind.rawValue, $0.value) < ($1.kind.rawValue, $1.value) }
    }
}
