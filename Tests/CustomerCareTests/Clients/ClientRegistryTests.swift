import Postgres
import Signing
import Testing

@testable import CustomerCare

@Suite("Clients in memory")
struct ClientRegistryTests {
    @Test("another master key than the one that sealed the secrets is none to be ready with")
    func otherMasterKey() async throws {
        try await TestService.run { service in
            let other = try MasterKey.random()
            let own = service.database.masterKey
            try await service.withDatabase { database in
                let stranger = ClientRegistry(
                    database: database, seal: try Seal(masterKeys: [other], purpose: .clientSecrets)
                )
                try await stranger.reload()
                #expect(!stranger.isLoaded)
                #expect(stranger.sealedSecretCount > 0)
                let ours = ClientRegistry(
                    database: database, seal: try Seal(masterKeys: [own], purpose: .clientSecrets))
                try await ours.reload()
                #expect(ours.isLoaded)
                #expect(ours.sealedSecretCount == 0)
            }
        }
    }
}
