import Testing

/// The types that hold SQL: with rows, and without.
private let statementTypes = ["Statement", "Command"]

/// Whether the literal is an argument of the initialiser of such a type, as far as the code before
/// it tells: `Statement<Row>("name", """`.
private func isStatementArgument(_ literal: SourceFile.Literal, in file: SourceFile) -> Bool {
    let before = file.codeBefore(literal.offset, atMost: 200)
    // The whole name: `CommandConfiguration(` of the command line holds no SQL.
    let names = statementTypes.flatMap { before.ranges(of: $0) }.filter { range in
        let next = before[range.upperBound...].first
        return next == nil || next == "(" || next == "<"
    }
    guard let end = names.map(\.upperBound).max() else { return false }
    return !before[end...].contains { "{}=;".contains($0) }
}

/// Whether a literal reads as SQL: its first words, SQL comments aside, are those of a statement.
private func isSQL(_ text: String) -> Bool {
    let body = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        .first { !$0.isEmpty && !$0.hasPrefix("--") }
    let parts = (body ?? "").lowercased().split(separator: " ").map(String.init)
    guard let verb = parts.first else { return false }
    if text.drop(while: { $0 == " " || $0 == "\n" }).hasPrefix("-- ") { return true }
    let second = parts.count > 1 ? parts[1] : ""
    return switch verb {
    case "select": parts.count > 1
    case "insert", "merge": second == "into"
    case "delete": second == "from"
    case "update": parts.contains("set")
    case "with": parts.contains("as") || text.contains("(\n")
    case "copy": parts.contains("from") || parts.contains("to")
    case "create", "alter", "drop": ["table", "index", "database", "role"].contains(second)
    case "truncate": true
    default: false
    }
}

/// Where SQL may stand as plain text: the module that speaks the protocol of transactions and
/// keeps the table of migrations.
private func mayHoldPlainSQL(_ file: SourceFile) -> Bool { file.module == "Postgres" }

@Sendable private func strayStatements(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource && !mayHoldPlainSQL($0) }.flatMap { file in
        let names = Set(statementNames(file).map(\.offset))
        // What follows the name is SQL, however it begins.
        let statements = file.literals.filter { literal in
            isSQL(literal.text)
                || (isStatementArgument(literal, in: file) && !names.contains(literal.offset))
        }
        return statements.compactMap { literal in
            let fault: String? =
                if !isStatementArgument(literal, in: file) {
                    "SQL stands only in the one literal of a Statement or Command"
                } else if !literal.isMultiLine {
                    "SQL is a multi-line literal"
                } else if literal.isInterpolated {
                    "SQL takes parameters, not interpolation"
                } else if !literal.text.drop(while: { $0 == " " || $0 == "\n" }).hasPrefix("-- ") {
                    "SQL begins with a comment that says what it gives"
                } else {
                    nil
                }
            return fault.map { file.finding(at: literal.offset, $0) }
        }
    }
}

/// The first literal of every such initialiser.
private func statementNames(_ file: SourceFile) -> [SourceFile.Literal] {
    file.literals.filter { literal in
        guard !literal.isMultiLine, isStatementArgument(literal, in: file) else { return false }
        return file.codeBefore(literal.offset, atMost: 80)
            .trimmingSuffix { $0.isWhitespace }.hasSuffix("(")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isOut: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, isOut(last) { rest.removeLast() }
        return rest
    }
}

/// What the statements of a file below Endpoints may be called after: the file, which for an
/// endpoint is its operation.
///
/// What operations share lies beside them in a file of its own and may be called after one of them,
/// so that a slow statement in a log leads to its caller.
private func statementPrefixes(_ file: SourceFile, among endpoints: [SourceFile]) -> [String] {
    if endpoints.contains(where: { $0.path == file.path }) { return [snakeCase(file.stem)] }
    return [snakeCase(file.stem)]
        + endpoints.filter { $0.folder == file.folder }.map { snakeCase($0.stem) }
}

@Sendable private func misnamedStatements(_ files: [SourceFile]) -> [Finding] {
    var seen: Set<String> = []
    let endpoints = endpointFiles(files)
    return files.filter { $0.isSwift && $0.isSource }.flatMap { file in
        let isBelowEndpoints = file.path.hasPrefix("Sources/CustomerCare/Endpoints/")
        let prefixes = statementPrefixes(file, among: endpoints)
        return statementNames(file).compactMap { literal -> Finding? in
            let isNamedAfterFile = prefixes.contains {
                literal.text == $0 || literal.text.hasPrefix($0 + "_")
            }
            if !seen.insert(literal.text).inserted {
                return file.finding(at: literal.offset, "a second statement \(literal.text)")
            }
            if literal.text != snakeCase(literal.text) || literal.text.contains("-") {
                return file.finding(at: literal.offset, "a statement's name is snake case")
            }
            if isBelowEndpoints && !isNamedAfterFile {
                return file.finding(
                    at: literal.offset,
                    "a statement of this file is called \(prefixes.joined(separator: "…, "))…")
            }
            return nil
        }
    }
}

@Suite("Statements")
struct StatementRules {
    private static let path = "Sources/CustomerCare/Endpoints/Bills/ListBills.swift"
    private static let good =
        "static let s = Statement<Bill>(\n    \"list_bills\",\n    \"\"\"\n"
        + "    -- One row per bill of $1.\n    select 1\n    \"\"\")\n"

    @Test("SQL stands only in a Statement, as one literal that begins with a comment")
    func literals() {
        expectClean(strayStatements)
        expectFindings(0, strayStatements, Self.path, Self.good)
        expectFindings(
            0, strayStatements, Self.path,
            Self.good.replacing("s = Statement<Bill>", with: "billStatement = Command"))
        expectFindings(1, strayStatements, Self.path, "let q = \"select 1 from bills\"\n")
        expectFindings(
            1, strayStatements, Self.path,
            "let s = Statement<Bill>(\"list_bills\", \"select 1 from bills\")\n")
        expectFindings(
            1, strayStatements, Self.path,
            Self.good.replacing("select 1", with: "select \\(column)"))
        expectFindings(
            1, strayStatements, Self.path,
            Self.good.replacing("    -- One row per bill of $1.\n", with: ""))
        expectFindings(
            1, strayStatements, Self.path,
            Self.good.replacing(
                "-- One row per bill of $1.\n    select 1", with: "lock table bills"))
        expectFindings(0, strayStatements, Self.path, "let text = \"select\"\n")
    }

    @Test("a statement is named once, in snake case, after its operation")
    func names() {
        expectClean(misnamedStatements)
        expectFindings(0, misnamedStatements, Self.path, Self.good)
        expectFindings(1, misnamedStatements, Self.path, Self.good + Self.good)
        expectFindings(
            1, misnamedStatements, Self.path, Self.good.replacing("list_bills", with: "get_bill"))
        expectFindings(
            1, misnamedStatements, "Sources/CustomerCare/Audit.swift",
            Self.good.replacing("list_bills", with: "listBills"))
        expectFindings(
            0, misnamedStatements, Self.path,
            Self.good.replacing("list_bills", with: "list_bills_next"))
    }

    @Test("a statement that operations share is named after one of them, or after its file")
    func sharedNames() {
        let folder = "Sources/CustomerCare/Endpoints/Bills/"
        let endpoint = SourceFile(folder + "ListBills.swift", "struct ListBills: Endpoint {}\n")
        let shared = SourceFile(folder + "BillPage.swift", Self.good)
        expectFindings(0, misnamedStatements, [endpoint, shared])
        expectFindings(1, misnamedStatements, [shared])
        let other = SourceFile(
            folder + "GetBill.swift", "struct GetBill: Endpoint {}\n" + Self.good)
        expectFindings(1, misnamedStatements, [endpoint, other])
        expectFindings(
            0, misnamedStatements,
            [SourceFile(shared.path, Self.good.replacing("list_bills", with: "bill_page_next"))])
    }
}
