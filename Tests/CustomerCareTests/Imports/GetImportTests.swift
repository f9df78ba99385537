import JSON
import Testing

@testable import CustomerCare

@Suite("getImport")
struct GetImportTests {
    @Test("one that is not there is not found, and nobody without the scope sees any")
    func refused() async throws {
        try await TestService.run { service in
            let importer = try await service.newImporter()
            let path = try await service.beginImport(as: importer)
            #expect(try await service.call(as: importer, "GET", path).status == 200)
            #expect(try await service.call("GET", path).problem == "403 forbidden")
            let unknown = "/v1/imports/\(TestRequest.unknownId())"
            #expect(
                try await service.call(as: importer, "GET", unknown).problem == "404 not_found")
            let malformed = try await service.call(as: importer, "GET", "/v1/imports/x")
            #expect(malformed.wrongFields == ["import"])
        }
    }
}
