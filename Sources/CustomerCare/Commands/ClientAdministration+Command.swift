import Signing

extension ClientAdministration {
    /// `customer-care clients …`: runs work on the clients of a configuration's database.
    package static func run<Answer>(
        _ configuration: Configuration,
        _ body: @escaping (ClientAdministration) async throws -> Answer
    ) throws -> Answer {
        let keys = try configuration.masterKeys()
        return try CommandLoop.run(configuration) { database in
            let seal = try Seal(masterKeys: keys, purpose: .clientSecrets)
            return try await body(ClientAdministration(database: database, seal: seal))
        }
    }
}
