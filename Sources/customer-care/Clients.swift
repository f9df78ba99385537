import ArgumentParser
import CustomerCare

/// Administers the programs that may call the service.
struct Clients: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create, list, rotate and revoke clients of the API.",
        discussion: """
            A change is known to every running service within five seconds. Connects as the \
            schema's owner: CUSTOMER_CARE_OWNER_DATABASE_URL.
            """,
        subcommands: [Create.self, List.self, Rotate.self, Revoke.self])

    /// Runs work on the clients.
    static func administer<Answer>(
        _ body: @escaping (ClientAdministration) async throws -> Answer
    ) throws -> Answer {
        try Ending.of { try ClientAdministration.run(try .read(), body) }
    }

    /// Shows a secret, this once.
    static func show(_ client: IssuedClient) {
        Terminal.say("key id  \(client.keyId)")
        Terminal.say("secret  \(client.secretText)")
        Terminal.tell("The secret is shown this once: base64 of its 32 bytes. Keep it safe.")
    }

    /// Creates a client.
    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a client and show its secret, once.")

        @Option(help: "2 to 40 of a-z, 0-9 and -, beginning with a letter; unique.")
        var name: String

        @Option(
            name: .customLong("scope"), parsing: .upToNextOption,
            help: "What it may do, one or more of: accounts, import, staff, admin, partner.")
        var scopes: [Scope]

        @Option(help: "Requests a minute it may send; 0 is no limit.")
        var requestsPerMinute = 600

        func validate() throws {
            guard !scopes.isEmpty else { throw ValidationError("--scope needs a value") }
            guard (0...1_000_000).contains(requestsPerMinute) else {
                throw ValidationError("--requests-per-minute is 0 to 1000000")
            }
        }

        func run() throws {
            let client = try Clients.administer { [self] administration in
                try await administration.create(
                    name: name, scopes: Set(scopes), requestsPerMinute: requestsPerMinute)
            }
            Clients.show(client)
        }
    }

    /// Lists the clients.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all clients, the revoked ones too; no secret is shown.")

        func run() throws {
            let clients = try Clients.administer { try await $0.list() }
            var table = TextTable([
                "KEY ID", "NAME", "SCOPES", "PER MINUTE", "CREATED", "SECRETS", "STATE",
            ])
            for client in clients { table.add(List.row(client)) }
            for line in table.lines { Terminal.say(line) }
        }

        private static func row(_ client: ClientListing) -> [String] {
            let limit = client.requestsPerMinute == 0 ? "no limit" : "\(client.requestsPerMinute)"
            let state =
                client.revokedAt.map { "revoked \($0)" }
                ?? client.nextExpiry.map { "rotating until \($0)" } ?? "active"
            return [
                client.keyId, client.name, client.scopes.joined(separator: ","), limit,
                "\(client.createdAt)", "\(client.liveSecrets)", state,
            ]
        }
    }

    /// Gives a client another secret.
    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a client another secret and show it, once; the old one ends later.")

        @Argument(help: "The key id, as `list` shows it.")
        var keyId: String

        @Option(help: "Hours for which the old secret stays good; 0 ends it at once.")
        var hours = 24

        func validate() throws {
            guard (0...8_760).contains(hours) else {
                throw ValidationError("--hours is 0 to 8760, a year")
            }
        }

        func run() throws {
            let client = try Clients.administer { [self] administration in
                try await administration.rotate(keyId: keyId, hours: hours)
            }
            Clients.show(client)
        }
    }

    /// Ends a client.
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a client for good: its secrets are deleted.")

        @Argument(help: "The key id, as `list` shows it.")
        var keyId: String

        func run() throws {
            try Clients.administer { [keyId] in try await $0.revoke(keyId: keyId) }
            Terminal.tell("\(keyId) is revoked")
        }
    }
}

extension Scope: ExpressibleByArgument {}
