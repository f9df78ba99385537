import HTTP

/// Finds the operation for a method and a path.
///
/// A tree of path segments: a static segment beats a parameter, so `/bills/current` is found
/// before `/bills/{month}`. Static segments must be sent as they are; only parameters are decoded.
/// A parameter may have a beginning and an ending, as in `{token}.ics`.
struct Router<Operation> {
    /// What is behind a path.
    enum Match {
        case found(Operation, path: [(name: String, value: String)])
        /// The path is right; these methods are allowed.
        case methodNotAllowed(String)
        case notFound
    }

    /// What may follow one beginning of a path, and the operations of the path that ends here.
    private struct Node {
        var literals: [(segment: [UInt8], node: Int)] = []
        var parameter: (name: String, beginning: [UInt8], ending: [UInt8], node: Int)?
        var operations: [(method: HTTP.Method, operation: Operation)] = []
    }

    private var nodes = [Node()]

    /// Adds an operation.
    ///
    /// Two operations with the same method and path are a mistake.
    mutating func add(_ operation: Operation, at route: Route) {
        var current = 0
        for segment in route.template.utf8.dropFirst().split(separator: UInt8(ascii: "/")) {
            current = child(of: current, for: Array(segment))
        }
        let isTaken = nodes[current].operations.contains { $0.method == route.method }
        precondition(!isTaken, "\(route.method) \(route.template) has one operation")
        nodes[current].operations.append((route.method, operation))
    }

    private mutating func child(of parent: Int, for segment: [UInt8]) -> Int {
        if let brace = segment.firstIndex(of: UInt8(ascii: "{")) {
            let parts = segment[(brace + 1)...].split(
                separator: UInt8(ascii: "}"), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: parts.first ?? [], as: UTF8.self)
            let ending = Array(parts.dropFirst().first ?? [])
            if let parameter = nodes[parent].parameter {
                precondition(parameter.name == name, "one place of a path has one parameter name")
                return parameter.node
            }
            nodes[parent].parameter = (name, Array(segment[..<brace]), ending, nodes.count)
        } else {
            if let known = nodes[parent].literals.first(where: { $0.segment == segment }) {
                return known.node
            }
            nodes[parent].literals.append((segment, nodes.count))
        }
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Looks up a raw path.
    ///
    /// HEAD finds what GET finds.
    func match(_ method: HTTP.Method?, _ path: [UInt8]) -> Match {
        guard path.first == UInt8(ascii: "/") else { return .notFound }
        var parameters: [(name: String, value: String)] = []
        var current = 0
        var start = 1
        while start <= path.count {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
            guard let next = step(from: current, path[start..<end], &parameters) else {
                return .notFound
            }
            current = next
            start = end + 1
        }
        let operations = nodes[current].operations
        guard !operations.isEmpty else { return .notFound }
        let wanted = method == .head ? .get : method
        if let found = operations.first(where: { $0.method == wanted }) {
            return .found(found.operation, path: parameters)
        }
        return .methodNotAllowed(Router.allowed(operations.map(\.method)))
    }

    private func step(
        from node: Int, _ segment: ArraySlice<UInt8>,
        _ parameters: inout [(name: String, value: String)]
    ) -> Int? {
        for literal in nodes[node].literals where segment.elementsEqual(literal.segment) {
            return literal.node
        }
        guard let parameter = nodes[node].parameter,
            segment.count > parameter.beginning.count + parameter.ending.count,
            segment.starts(with: parameter.beginning),
            segment.suffix(parameter.ending.count).elementsEqual(parameter.ending),
            let value = Percent.decode(
                segment.dropFirst(parameter.beginning.count).dropLast(parameter.ending.count))
        else { return nil }
        parameters.append((parameter.name, value))
        return parameter.node
    }

    private static func allowed(_ methods: [HTTP.Method]) -> String {
        var all = methods
        if methods.contains(.get) { all.append(.head) }
        all.append(.options)
        return all.map(\.rawValue).joined(separator: ", ")
    }
}

/// Percent-encoding (RFC 3986 section 2.1), decoded exactly once.
enum Percent {
    /// The text behind the bytes; nil for broken encoding, broken UTF-8 and control characters.
    static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var position = bytes.startIndex
        while position < bytes.endIndex {
            var byte = bytes[position]
            if byte == UInt8(ascii: "%") {
                guard position + 2 < bytes.endIndex, let high = bytes[position + 1].hexDigitValue,
                    let low = bytes[position + 2].hexDigitValue
                else { return nil }
                byte = high << 4 | low
                position += 2
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            }
            guard byte >= 0x20, byte != 0x7F else { return nil }
            decoded.append(byte)
            position += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// The parameters of a query (`a=1&b=2`); nil when one cannot be decoded.
    static func decodeQuery(_ query: [UInt8]?) -> [(name: String, value: String)]? {
        guard let query, !query.isEmpty else { return [] }
        var parameters: [(name: String, value: String)] = []
        for pair in query.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < maximumParameters else { return nil }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let value = equals < pair.endIndex ? pair[(equals + 1)...] : []
            guard let name = decode(pair[..<equals], plusIsSpace: true),
                let text = decode(value, plusIsSpace: true)
            else { return nil }
            parameters.append((name, text))
        }
        return parameters
    }

    /// Parameters of one query; no operation knows more than a handful.
    private static let maximumParameters = 64
}
