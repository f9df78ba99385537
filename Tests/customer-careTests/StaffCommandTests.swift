import ArgumentParser
import HTTPClient
import Testing

@testable import CustomerCare
@testable import customer_care

@Suite("The commands of staff")
struct StaffCommandTests {
    /// A command with the example that its help gives.
    private struct Example {
        let type: any ParsableCommand.Type
        let words: [String]
    }

    /// All commands that do something, and what their help shows.
    private static let examples: [Example] = leaves(Staff.self).map { type in
        let line = type.configuration.discussion.split(separator: "\n").last ?? ""
        return Example(type: type, words: words(line))
    }

    private static func leaves(_ type: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        let inner = type.configuration.subcommands
        return inner.isEmpty ? [type] : inner.flatMap(leaves)
    }

    /// Words as a shell parts them, as far as examples need it.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        for (index, part) in line.split(separator: "\"", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index % 2 == 1 {
                words.append(String(part))
            } else {
                words += part.split(separator: " ").map(String.init)
            }
        }
        return words
    }

    private func call(_ example: Example) throws -> StaffCall {
        #expect(example.words.prefix(2) == ["customer-care", "staff"], "\(example.type)")
        let command = try CustomerCareCommand.parseAsRoot(Array(example.words.dropFirst()))
        #expect(type(of: command) == example.type)
        return try #require(command as? any StaffCommand).call
    }

    private func parse(_ words: String...) throws -> StaffCall {
        try #require(try CustomerCareCommand.parseAsRoot(["staff"] + words) as? any StaffCommand)
            .call
    }

    /// The path with `x` for every part that a person has named.
    private func template(_ path: String) -> String {
        let named: (Substring) -> Bool = { part in
            part.utf8.count == 36 && part.contains("-") || part == "K7QM-2FXD-9TRC"
                || part == "bill_issued"
        }
        return "/"
            + path.split(separator: "/").map { named($0) ? "x" : String($0) }
            .joined(separator: "/")
    }

    @Test("each example in a help is a call of the contract, with its parameters and members")
    func examples() throws {
        let contract = try Contract()
        #expect(Self.examples.count == 25)
        for example in Self.examples {
            let call = try call(example)
            let place = "\(call.method.rawValue) \(template(call.path.text))"
            guard
                let operation = contract.operation(
                    call.method.rawValue, template(call.path.text))
            else {
                Issue.record("\(example.type) calls \(place), which is no operation")
                continue
            }
            let parameters = contract.parameters(of: operation)
            #expect(parameters.isSuperset(of: call.query.map(\.name)), "\(place)")
            #expect(call.tag == nil || parameters.contains("If-Match"), "\(place)")
            switch call.body {
            case .members(let members), .amended(let members):
                let known = contract.bodyMembers(of: operation)
                #expect(known.isSuperset(of: members.map(\.name)), "\(place)")
                #expect(known.isEmpty == members.isEmpty, "\(place)")
            case .file: break
            }
            switch call.view {
            case .record: break
            case .pages(let columns, _, let only):
                #expect(parameters.isSuperset(of: ["limit", "cursor"]), "\(place)")
                let paths = columns.map(\.path) + (only.map { [[$0]] } ?? [])
                for path in paths {
                    #expect(
                        contract.rows(of: operation, have: path), "\(place) \(path)")
                }
            case .table(let columns):
                #expect(!parameters.contains("cursor"), "\(place)")
                for column in columns {
                    #expect(
                        contract.rows(of: operation, have: column.path),
                        "\(place) \(column.path)")
                }
            }
        }
    }

    @Test("staff and auditors can do all from a terminal that the interface lets them do")
    func complete() throws {
        let contract = try Contract()
        let known = Set(
            try Self.examples.map(call).compactMap { call in
                contract.operation(call.method.rawValue, template(call.path.text))?.id
            })
        let wanted = Set(contract.operations(scope: "staff") + contract.operations(scope: "admin"))
        // A document is a file for a browser, not for a table.
        #expect(wanted.subtracting(known) == ["getServiceRequestAttachment"])
        #expect(known.subtracting(wanted) == [])
    }

    @Test("a member that no answer has, and a path that is none, are noticed")
    func noticed() throws {
        let contract = try Contract()
        let outages = try #require(contract.operation("GET", "/v1/staff/outages"))
        #expect(contract.rows(of: outages, have: ["scopes"]))
        #expect(!contract.rows(of: outages, have: ["scope"]))
        #expect(!contract.rows(of: outages, have: ["place", "name"]))
        #expect(contract.operation("GET", "/v1/staff/outage") == nil)
        #expect(contract.operation("DELETE", "/v1/staff/outages/x") == nil)
    }

    @Test("a group without a word lists")
    func defaults() throws {
        for group in [
            "requests", "incidents", "outages", "payment-tasks", "imports", "dead-letters",
            "templates",
        ] {
            #expect(try parse(group).path.text == parse(group, "list").path.text)
        }
        #expect(try parse("requests", "--late").query.contains { $0 == ("late", "true") })
    }

    @Test(
        "what cannot be meant is a wrong command line",
        arguments: [
            "customers --purpose abc", "customers --code a --phone b --purpose abc",
            "customers --code a", "billing-gaps", "billing-gaps --unit PB0601 --limit 0",
            "billing-gaps --unit PB0601 --days x", "outages draft",
            "outages draft --file f --place p",
            "outages draft --scope feeder", "outages draft --scope /F",
            "outages change id --place p",
            "outages change id --tag v1", "requests show code",
            "requests transition code --state s",
            "payment-tasks resolve id --kind credit", "imports approve id", "dead-letters replay",
            "templates preview chat --vi a", "templates propose chat --vi a --en b --file f",
            "audit-events", "outages --language fr", "nothing",
        ])
    func wrong(line: String) {
        let words = line.split(separator: " ").map(String.init)
        let fault = #expect(throws: (any Error).self) {
            try CustomerCareCommand.parseAsRoot(["staff"] + words)
        }
        #expect(fault.map(CustomerCareCommand.exitCode(for:)) == .validationFailure)
    }
}
