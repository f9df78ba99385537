import Electricity
import HTTP
import JSON
import Signing
import Testing

@testable import CustomerCare

/// A request as a caller makes it up, field by field; signing it is the last step.
struct TestRequest: Sendable {
    var method: String
    /// The Host field.
    var authority = TestService.authority
    /// Path and query as sent.
    var target: String
    var body: [UInt8]?
    var fields: [(name: String, value: String)] = []
    /// What the signature covers besides the fields of the body and the key.
    var components = ["@method", "@authority", "@path", "@query"]
    /// Components that are not covered, and parameters that are not given, though they should be.
    var omitted: Set<String> = []
    /// Whether the client goes away in the middle of a body that is taken as it arrives.
    var breaksOff = false
    /// Seconds by which the caller's clock is ahead of the service's.
    var clockSkew: Int64 = 0
    /// A fixed nonce; a fresh one when nil.
    var nonce: String?
    /// More parameters of the signature, such as `;tag="x"`.
    var moreParameters = ""

    /// A request to the service; a body is sent as JSON, and a POST bears an Idempotency-Key.
    init(_ method: String, _ target: String, _ body: String? = nil) {
        self.method = method
        self.target = target
        self.body = body.map { Array($0.utf8) }
        if body != nil { fields.append(("content-type", "application/json")) }
        if method == "POST" { idempotencyKey = TestRequest.unique() }
    }

    /// The key of an Idempotency-Key field; nil sends none.
    var idempotencyKey: String? {
        get {
            fields.first { $0.name == "idempotency-key" }.map {
                String($0.value.dropFirst().dropLast())
            }
        }
        set {
            remove("idempotency-key")
            if let newValue { fields.append(("idempotency-key", "\"\(newValue)\"")) }
        }
    }

    mutating func remove(_ name: String) {
        fields.removeAll { $0.name == name }
    }

    mutating func set(_ name: String, _ value: String) {
        remove(name)
        fields.append((name, value))
    }

    /// 24 hexadecimal digits that no other call gives.
    static func unique() -> String {
        // Without random bytes no test of signatures says anything.
        let bytes = (try? SecureRandom.bytes(12)) ?? []
        return String(decoding: Hexadecimal.encode(bytes), as: UTF8.self)
    }

    /// The text of a UUID that nothing has.
    static func unknownId() -> String {
        let digits = unique() + unique()
        let ends = [0, 8, 12, 16, 20, 32]
        return zip(ends, ends.dropFirst())
            .map { String(digits.dropFirst($0).prefix($1 - $0)) }
            .joined(separator: "-")
    }

    // MARK: Signing

    /// Adds Content-Digest, Signature-Input and Signature (RFC 9421, RFC 9530).
    mutating func sign(as client: TestClient, at now: Instant) throws {
        if let body, !body.isEmpty {
            let digest = Base64.encode(SHA256.digest(body))
            set("content-digest", "sha-256=:\(String(decoding: digest, as: UTF8.self)):")
        }
        var covered = components
        for name in ["content-type", "content-digest", "idempotency-key"]
        where fields.contains(where: { $0.name == name }) && !covered.contains(name) {
            covered.append(name)
        }
        covered.removeAll(where: omitted.contains)
        let list = covered.map { "\"\($0)\"" }.joined(separator: " ")
        let given = [
            ("created", "\(now.secondsSince1970 + clockSkew)"), ("keyid", "\"\(client.keyId)\""),
            ("nonce", "\"\(nonce ?? TestRequest.unique())\""),
        ]
        let parameters =
            "(\(list))"
            + given.filter { !omitted.contains($0.0) }.map { ";\($0.0)=\($0.1)" }.joined()
            + moreParameters
        let lines = try covered.map { "\"\($0)\": \(try value(of: $0))" }
        let base = (lines + ["\"@signature-params\": \(parameters)"]).joined(separator: "\n")
        let code = HMACSHA256.code(for: Array(base.utf8), key: client.secret)
        set("signature-input", "sig1=\(parameters)")
        set("signature", "sig1=:\(String(decoding: Base64.encode(code), as: UTF8.self)):")
    }

    private func value(of component: String) throws -> String {
        let question = target.firstIndex(of: "?") ?? target.endIndex
        switch component {
        case "@method": return method
        case "@authority": return authority.lowercased()
        case "@path": return String(target[..<question])
        case "@query": return question < target.endIndex ? String(target[question...]) : "?"
        case "@target-uri": return "http://\(authority.lowercased())\(target)"
        default:
            return try #require(fields.first { $0.name == component }?.value)
        }
    }

    // MARK: Bytes

    /// The message on the wire.
    var bytes: [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nhost: \(authority)\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if let body { head += "content-length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }
}

/// An answer, taken apart.
struct TestAnswer: Sendable {
    let status: Int
    /// Field values by lower-case name.
    let headers: [String: String]
    let body: [UInt8]

    init(_ response: Response) {
        status = response.status
        body = response.body
        var headers: [String: String] = [:]
        let text = String(decoding: response.fieldBytes, as: UTF8.self)
        for line in text.unicodeScalars.split(separator: "\n") {
            let field = String(line.dropLast())
            guard let colon = field.firstIndex(of: ":") else { continue }
            headers[field[..<colon].lowercased()] = String(field[colon...].dropFirst(2))
        }
        self.headers = headers
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; `null` when it is none.
    var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }  // Tests see the null.

    /// The code of a problem document; nil for any other answer.
    var code: String? {
        headers["content-type"] == "application/problem+json" ? json["code"].string : nil
    }

    /// Status and code of a problem document, such as `404 not_found`; the status of any other
    /// answer.
    var problem: String { "\(status)" + (code.map { " " + $0 } ?? "") }

    /// Pointers and parameters of the wrong fields that a problem names, in order.
    var wrongFields: [String] {
        json["errors"].items.compactMap { $0["pointer"].string ?? $0["parameter"].string }
    }

    /// The body without what differs from exchange to exchange.
    var comparable: String {
        guard let instance = json["instance"].string else { return text }
        return text.replacing(instance, with: "-")
    }
}

extension JSONValue {
    /// The member of that name; `null` when there is none.
    subscript(name: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }

    /// The item at that place; `null` when there is none.
    subscript(index: Int) -> JSONValue {
        items.indices.contains(index) ? items[index] : .null
    }

    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var int: Int64? { if case .integer(let number) = self { number } else { nil } }
    var bool: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    var isNull: Bool { self == .null }

    /// The names of an object's members, in order.
    var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.name)
    }
}
