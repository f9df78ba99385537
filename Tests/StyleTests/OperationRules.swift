import Testing
import Yams

/// The operations of openapi.yaml.
private func operationIds(_ files: [SourceFile]) -> Set<String> {
    guard let contract = files.first(where: { $0.path == "openapi.yaml" }),
        let document = try? Yams.compose(yaml: contract.text),  // The contract's lint says why.
        let paths = document["paths"]?.mapping
    else { return [] }
    return Set(
        paths.values.flatMap { path in
            (path.mapping?.values).map(Array.init) ?? []
        }.compactMap { $0["operationId"]?.string })
}

/// The endpoint types named in Routes.swift, each as `Type.self`.
private func routedTypes(_ file: SourceFile) -> [String] {
    let found = words(in: file.code)
    return zip(found, found.dropFirst()).compactMap { type, next in
        let isMetatype =
            next.text == "self" && next.offset == type.offset + type.text.utf8.count + 1
            && file.code[next.offset - 1] == UInt8(ascii: ".")
        return isMetatype && type.text.first?.isUppercase == true ? type.text : nil
    }
}

/// The files that declare a type conforming to `Endpoint`.
func endpointFiles(_ files: [SourceFile]) -> [SourceFile] {
    files.filter { file in
        file.isSwift && file.path.hasPrefix("Sources/CustomerCare/Endpoints/")
            && inheritances(in: file).contains { $0.supertypes.contains("Endpoint") }
    }
}

/// One name per operation, in four places.
@Sendable private func unmatchedOperations(_ files: [SourceFile]) -> [Finding] {
    let operations = Set(operationIds(files).map(upperCamelCase))
    let routed = files.filter { $0.path == "Sources/CustomerCare/Routes.swift" }
        .flatMap(routedTypes)
    let endpoints = endpointFiles(files)
    let tests = files.filter { $0.path.hasPrefix("Tests/CustomerCareTests/") }
    var findings: [Finding] = []
    func fault(_ path: String, _ message: String) {
        findings.append(Finding(path: path, line: 1, message: message))
    }
    for operation in operations.sorted() {
        let files = endpoints.filter { $0.stem == operation }
        if files.count != 1 {
            fault("openapi.yaml", "\(operation) has \(files.count) files \(operation).swift")
        }
        let place = files.first?.folder.replacing(
            "Sources/CustomerCare/Endpoints/", with: "Tests/CustomerCareTests/")
        let own = tests.filter { $0.stem == operation + "Tests" }
        if own.count != 1 {
            fault("openapi.yaml", "\(operation) needs one test file \(operation)Tests.swift")
        } else if let place, let misplaced = own.first(where: { $0.folder != place }) {
            fault(misplaced.path, "the tests of \(operation) lie in \(place)")
        }
        if routed.filter({ $0 == operation }).count != 1 {
            fault("Sources/CustomerCare/Routes.swift", "\(operation).self must stand here once")
        }
    }
    for name in Set(routed).subtracting(operations).sorted() {
        fault("Sources/CustomerCare/Routes.swift", "\(name) is no operation of openapi.yaml")
    }
    for file in endpoints {
        let types = inheritances(in: file).filter { $0.supertypes.contains("Endpoint") }
        if types.map(\.type) != [file.stem] {
            fault(file.path, "this file holds one endpoint, \(file.stem)")
        }
    }
    for file in endpoints where !operations.contains(file.stem) {
        fault(file.path, "\(file.stem) is no operation of openapi.yaml")
    }
    for file in endpoints where file.path.split(separator: "/").count != 5 {
        fault(file.path, "an endpoint lies in Endpoints/<Noun>/<Operation>.swift")
    }
    return findings
}

@Suite("Operations")
struct OperationRules {
    private static let contract = SourceFile(
        "openapi.yaml",
        "paths:\n  /v1/bills:\n    parameters: []\n    get:\n      operationId: listBills\n")
    private static let routes = SourceFile(
        "Sources/CustomerCare/Routes.swift", "let all = [ListBills.self]\n")
    private static let endpoint = SourceFile(
        "Sources/CustomerCare/Endpoints/Bills/ListBills.swift", "struct ListBills: Endpoint {}\n")
    private static let test = SourceFile(
        "Tests/CustomerCareTests/Bills/ListBillsTests.swift", "")

    @Test("an operation is one line of Routes, one endpoint file and one test file of its name")
    func operations() {
        expectClean(unmatchedOperations)
        let whole = [Self.contract, Self.routes, Self.endpoint, Self.test]
        expectFindings(0, unmatchedOperations, whole)
        for missing in 1...3 {
            var files = whole
            files.remove(at: missing)
            expectFindings(1, unmatchedOperations, files)
        }
        expectFindings(2, unmatchedOperations, Array(whole.dropFirst()))
        let misnamed = SourceFile(
            Self.endpoint.path, Self.endpoint.text + "struct ListMore: Endpoint {}\n")
        expectFindings(
            1, unmatchedOperations, [Self.contract, Self.routes, misnamed, Self.test])
    }

    @Test("an endpoint lies in the folder of its noun, once, and its tests in one of that name")
    func places() {
        let misplaced = SourceFile(
            "Sources/CustomerCare/Endpoints/ListBills.swift", Self.endpoint.text)
        expectFindings(
            2, unmatchedOperations, [Self.contract, Self.routes, misplaced, Self.test])
        expectFindings(
            2, unmatchedOperations,
            [Self.contract, Self.routes, Self.endpoint, misplaced, Self.test])
        let strayTest = SourceFile("Tests/CustomerCareTests/Debts/ListBillsTests.swift", "")
        expectFindings(
            1, unmatchedOperations, [Self.contract, Self.routes, Self.endpoint, strayTest])
    }
}
