import Testing
import Yams

/// The codes of openapi.yaml: the enum of schema `ProblemCode`, else of `Problem`'s `code`.
private func contractCodes(_ file: SourceFile) -> Set<String> {
    let document = try? Yams.compose(yaml: file.text)  // The contract's lint says why.
    let schemas = document?["components"]?["schemas"]
    let property = schemas?["Problem"]?["properties"]?["code"]
    let list = schemas?["ProblemCode"]?["enum"] ?? property?["enum"]
    return Set(list?.sequence?.compactMap(\.string) ?? [])
}

/// The raw values of `enum Code: String` in Problem.swift.
private func declaredCodes(_ file: SourceFile) -> Set<String> {
    guard
        let code = inheritances(in: file).first(where: {
            $0.keyword == "enum" && $0.type == "Code"
        })
    else { return [] }
    var codes: Set<String> = []
    var depth = 0
    let firstLine = file.line(at: code.offset)
    for (line, text) in zip(file.codeLines, file.lines).dropFirst(firstLine - 1) {
        if line.drop(while: { $0 == " " }).hasPrefix("case "), depth == 1 {
            codes.formUnion(rawValues(text.drop { $0 == " " }.dropFirst("case ".count)))
        }
        depth += line.count { $0 == "{" } - line.count { $0 == "}" }
        if depth == 0 { break }
    }
    return codes
}

/// `a = "first", b` as `first` and `b`.
private func rawValues(_ cases: Substring) -> [String] {
    let list = cases.split(separator: " //", maxSplits: 1)[0]
    return list.split(separator: ",").compactMap { one in
        one.split { "= \"`".contains($0) }.last.map(String.init)
    }
}

@Sendable private func unmatchedCodes(_ files: [SourceFile]) -> [Finding] {
    guard let contract = files.first(where: { $0.path == "openapi.yaml" }),
        let problem = files.first(where: { $0.path == "Sources/CustomerCare/Problem.swift" })
    else {
        // Not to find the lists is not to find them equal.
        return [Finding(path: "openapi.yaml", line: 1, message: "it or Problem.swift is missing")]
    }
    let promised = contractCodes(contract)
    let declared = declaredCodes(problem)
    var findings =
        promised.subtracting(declared).sorted().map {
            problem.finding(at: 0, "\($0) stands in openapi.yaml only")
        }
        + declared.subtracting(promised).sorted().map {
            contract.finding(at: 0, "\($0) stands in Problem.swift only")
        }
    if promised.isEmpty { findings.append(contract.finding(at: 0, "no list of problem codes")) }
    return findings
}

@Suite("Problem codes")
struct ProblemCodeRules {
    private static let contract = SourceFile(
        "openapi.yaml",
        "components:\n  schemas:\n    Problem:\n      properties:\n        code:\n"
            + "          type: string\n          enum: [not_found, rate_limited]\n")
    private static let path = "Sources/CustomerCare/Problem.swift"

    @Test("the problem codes of the program are those of the contract")
    func codes() {
        expectClean(unmatchedCodes)
        let good =
            "struct Problem {\n    enum Code: String {\n        case notFound = \"not_found\"\n"
            + "        case rate_limited\n        var a: Int { 1 }\n    }\n    case other\n}\n"
        expectFindings(0, unmatchedCodes, [Self.contract, SourceFile(Self.path, good)])
        let bad = good.replacing("rate_limited", with: "rateLimited = \"too_many\"")
        expectFindings(2, unmatchedCodes, [Self.contract, SourceFile(Self.path, bad)])
        expectFindings(1, unmatchedCodes, [Self.contract])
        let empty = SourceFile("openapi.yaml", "components: {}\n")
        expectFindings(3, unmatchedCodes, [empty, SourceFile(Self.path, good)])
    }
}
