import JSON

/// One operation of the contract.
///
/// Its type bears the operationId, its file holds all of it.
///
/// Initialising checks the request, so a value of the type can only be valid; responding asks the
/// database and answers.
protocol Endpoint: Sendable {
    /// Path, method and who may call.
    static var route: Route { get }

    /// Takes the request apart. Throws 422 with every wrong field named.
    init(_ arguments: Arguments, body: JSONDocument) throws(Problem)

    /// Answers. Throws what must be told instead, such as 404.
    func respond(in context: Context) async throws(Problem) -> Answer
}

extension Endpoint {
    /// The type's name in lower camel case: the operationId of `openapi.yaml`.
    static var operationId: String {
        let name = String(describing: Self.self)
        return name.prefix(1).lowercased() + name.dropFirst()
    }
}
