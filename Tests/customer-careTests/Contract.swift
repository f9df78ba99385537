import Foundation
import Testing
import Yams

/// What openapi.yaml says of operations, as far as commands name it.
struct Contract {
    private typealias Members = [String: Any]

    private let document: Members

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "openapi.yaml"), encoding: .utf8)
        document = try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    /// An operation, by what it is called.
    struct Operation {
        let id: String
        fileprivate let members: [String: Any]
        /// Of the operation and of its path.
        fileprivate let parameters: [Any]
    }

    private var paths: Members { document["paths"] as? Members ?? [:] }

    /// All operations for clients of a scope.
    func operations(scope: String) -> [String] {
        paths.values.compactMap { $0 as? Members }.flatMap(\.values)
            .compactMap { $0 as? Members }
            .filter { $0["x-scope"] as? String == scope }
            .compactMap { $0["operationId"] as? String }
    }

    /// The operation of a method and a path, whose parameters are written `x`.
    func operation(_ method: String, _ path: String) -> Operation? {
        let segments = path.split(separator: "/")
        let found = paths.first { template, _ in
            let parts = template.split(separator: "/")
            return parts.count == segments.count
                && zip(parts, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") && $1 == "x" }
        }
        guard let node = found?.value as? Members,
            let members = node[method.lowercased()] as? Members
        else { return nil }
        return Operation(
            id: members["operationId"] as? String ?? "", members: members,
            parameters: [node, members].flatMap { $0["parameters"] as? [Any] ?? [] })
    }

    /// The names of parameters of the query and of fields.
    func parameters(of operation: Operation) -> Set<String> {
        Set(operation.parameters.compactMap { resolved($0)["name"] as? String })
    }

    /// The members that a body may have; none where there is no body.
    func bodyMembers(of operation: Operation) -> Set<String> {
        Set(properties(of: content(operation.members["requestBody"])).keys)
    }

    /// Whether the rows of an answer have a member, by the names from the outside to the inside.
    func rows(of operation: Operation, have path: [String]) -> Bool {
        let responses = operation.members["responses"] as? Members ?? [:]
        var schema = properties(of: content(responses["200"]))["items"].flatMap {
            resolved($0)["items"]
        }
        for name in path {
            guard let next = properties(of: schema)[name] else { return false }
            schema = next
        }
        return true
    }

    private func content(_ node: Any?) -> Any? {
        let media = node.map(resolved)?["content"] as? Members
        return (media?["application/json"] as? Members)?["schema"]
    }

    /// The properties of a schema and of all that it is made of.
    private func properties(of schema: Any?) -> Members {
        guard let schema = schema.map(resolved) else { return [:] }
        let parts = ["allOf", "oneOf", "anyOf"].flatMap { schema[$0] as? [Any] ?? [] }
        return parts.reduce(schema["properties"] as? Members ?? [:]) { found, part in
            found.merging(properties(of: part)) { own, _ in own }
        }
    }

    /// What a reference points to, or the node itself.
    private func resolved(_ node: Any) -> Members {
        let members = node as? Members ?? [:]
        guard let reference = members["$ref"] as? String else { return members }
        let target = reference.split(separator: "/").dropFirst()
            .reduce(document as Any) { node, name in
                (node as? Members)?[String(name)] ?? [:] as Members
            }
        return resolved(target)
    }
}
