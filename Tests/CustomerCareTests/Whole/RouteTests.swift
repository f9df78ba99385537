import HTTP
import Testing
import Yams

@testable import CustomerCare

@Suite("Routes and contract")
struct RouteTests {
    /// One operation, said by the contract or by the program.
    private struct Operation: Hashable, CustomStringConvertible {
        let method: String
        let path: String
        let operationId: String
        /// A scope, or `public`.
        let scope: String
        let isSigned: Bool
        let needsIdempotencyKey: Bool
        let hasBody: Bool

        var description: String {
            "\(method) \(path) \(operationId) \(scope)"
                + " signed:\(isSigned) key:\(needsIdempotencyKey) body:\(hasBody)"
        }
    }

    private static let methods = ["get", "put", "post", "patch", "delete", "head", "options"]

    private static func contract() throws -> Node {
        try #require(try Yams.compose(yaml: try Checkout.text("openapi.yaml")))
    }

    @Test("every operation of the contract is routed as it says, and nothing else is")
    func operations() throws {
        let promised = try Self.promisedOperations(try Self.contract())
        let routed = Set(
            Routes.all.map { endpoint in
                let route = endpoint.route
                let scope: String =
                    switch route.access {
                    case .everybody: "public"
                    case .clients(let scope): scope.rawValue
                    }
                return Operation(
                    method: route.method.rawValue, path: route.template,
                    operationId: endpoint.operationId, scope: scope,
                    isSigned: route.access != .everybody,
                    needsIdempotencyKey: route.needsIdempotencyKey,
                    hasBody: route.hasBody || route.streaming != nil)
            })
        #expect(routed.count == Routes.all.count)
        for operation in promised.subtracting(routed) {
            Issue.record("only in the contract: \(operation)")
        }
        for operation in routed.subtracting(promised) {
            Issue.record("only in the program: \(operation)")
        }
    }

    private static func promisedOperations(_ contract: Node) throws -> Set<Operation> {
        let isSigned = contract["security"]?.sequence?.isEmpty == false
        var operations: Set<Operation> = []
        for (path, item) in try #require(contract["paths"]?.mapping) {
            let path = try #require(path.string)
            for (method, operation) in try #require(item.mapping) {
                guard let method = method.string, methods.contains(method) else { continue }
                let security = operation["security"]?.sequence
                let own = parameters(operation, contract)
                let shared = parameters(item, contract)
                operations.insert(
                    Operation(
                        method: method.uppercased(), path: path,
                        operationId: try #require(operation["operationId"]?.string),
                        scope: try #require(operation["x-scope"]?.string),
                        isSigned: security.map { !$0.isEmpty } ?? isSigned,
                        needsIdempotencyKey: (own + shared).contains("Idempotency-Key"),
                        hasBody: operation["requestBody"] != nil))
            }
        }
        return operations
    }

    /// The names of the parameters of a path or an operation.
    private static func parameters(_ node: Node, _ contract: Node) -> [String] {
        (node["parameters"]?.sequence.map(Array.init) ?? []).compactMap { parameter in
            guard let reference = parameter["$ref"]?.string else {
                return parameter["name"]?.string
            }
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            return contract["components"]?["parameters"]?[name]?["name"]?.string
        }
    }

    @Test("the parameters of a path are declared, each by its name")
    func pathParameters() throws {
        let contract = try Self.contract()
        for (path, item) in try #require(contract["paths"]?.mapping) {
            let path = try #require(path.string)
            let placed = path.matches(of: /{(\w+)}/).map { String($0.1) }
            let declared = Self.parameters(item, contract)
            for name in placed {
                #expect(declared.contains(name), "\(path) does not declare \(name)")
            }
        }
    }

    @Test("the problem codes and their statuses are those of the contract")
    func problems() throws {
        let contract = try Self.contract()
        let code = try #require(contract["components"]?["schemas"]?["ProblemCode"])
        let names = try #require(code["enum"]?.sequence).compactMap(\.string)
        #expect(Set(names) == Set(Problem.Code.allCases.map(\.rawValue)))
        #expect(names.count == Problem.Code.allCases.count)
        var statuses: [String: Int] = [:]
        for (name, status) in try #require(code["x-status"]?.mapping) {
            statuses[try #require(name.string)] = status.int
        }
        for code in Problem.Code.allCases {
            #expect(statuses[code.rawValue] == code.status, "\(code.rawValue)")
        }
    }

    @Test("a static segment of a path is found before a parameter in its place")
    func currentBeatsMonth() {
        var router = Router<any Endpoint.Type>()
        for endpoint in Routes.all { router.add(endpoint, at: endpoint.route) }
        func operation(_ path: String) -> String? {
            guard case .found(let endpoint, _) = router.match(.get, Array(path.utf8)) else {
                return nil
            }
            return endpoint.operationId
        }
        let bills = "/v1/accounts/a/customers/c/bills"
        #expect(operation(bills + "/current") == "getCurrentBill")
        #expect(operation(bills + "/2026-10") == "getBill")
        #expect(operation(bills) == "listBills")
        #expect(operation(bills + "/") == nil)
        #expect(operation("/v1/accounts") == nil)
    }
}
