import Electricity
import JSON
import Testing

@testable import CustomerCare

/// Of several faults the first in the contract's order is told: 404, 405, 401, 403, 429, 415,
/// 400 of the key, 400 of the JSON, 422, 404 of the object, 409.
@Suite("Order of checks")
struct OrderOfChecksTests {
    @Test("each fault taken away, the next one comes to light")
    func order() async throws {
        try await TestService.run { service in
            let partner = try await service.database.newClient(
                scopes: [.partner], requestsPerMinute: 1)
            let slow = try await service.database.newClient(requestsPerMinute: 1)
            try await service.reloadClients()
            #expect(try await service.call(as: slow, "GET", "/v1/accounts/x").status == 422)
            let account = try await service.newAccount()
            let path = "/v1/accounts/\(TestRequest.unknownId())/subscriptions"
            // Everything is wrong with it; each step mends one thing.
            var request = TestRequest("PUT", path + "/of/nobody", "{")
            request.set("content-type", "text/plain")
            request.idempotencyKey = nil
            #expect(try await service.send(request).problem == "404 not_found")
            request.target = path
            let method = try await service.send(request)
            #expect(method.problem == "405 method_not_allowed")
            #expect(method.headers["allow"] == "POST, GET, HEAD, OPTIONS")
            request.method = "POST"
            #expect(try await service.send(request).problem == "401 unauthenticated")
            for _ in 0..<2 {
                // What may not be asked at all is not counted.
                #expect(try await service.signed(request, as: partner) == "403 forbidden")
            }
            #expect(try await service.signed(request, as: slow) == "429 rate_limited")
            #expect(try await service.signed(request) == "415 unsupported_media_type")
            request.set("content-type", "application/json")
            #expect(try await service.signed(request) == "400 idempotency_key_missing")
            request.idempotencyKey = TestRequest.unique()
            #expect(try await service.signed(request) == "400 invalid_json")
            request.body = Array("{}".utf8)
            #expect(try await service.signed(request) == "422 invalid_request")
            let codes = try (0..<10).map { _ in try TestCustomer.newCode().text }
            request.body = Array(TestService.declaring(codes).utf8)
            #expect(try await service.signed(request) == "404 not_found")
            _ = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            request.target = "\(account)/subscriptions"
            #expect(try await service.signed(request) == "409 subscription_limit_reached")
        }
    }

    @Test("only who may send a body is told that it is too large")
    func tooLarge() async throws {
        try await TestService.run { service in
            let partner = try await service.database.newClient(scopes: [.partner])
            let slow = try await service.database.newClient(requestsPerMinute: 1)
            try await service.reloadClients()
            let body = String(repeating: " ", count: 1 << 20)
            var request = TestRequest("POST", "/v1/accounts/of/nobody", body)
            // Where there is nothing to be allowed, the size is what is told.
            #expect(try await service.send(request).problem == "413 content_too_large")
            request.target = "/v1/accounts"
            #expect(try await service.send(request).problem == "413 content_too_large")
            request.method = "PUT"
            #expect(try await service.send(request).problem == "401 unauthenticated")
            #expect(try await service.signed(request, as: partner) == "403 forbidden")
            let first = try await service.signed(request, as: slow)
            #expect(first == "413 content_too_large")
            #expect(try await service.signed(request, as: slow) == "429 rate_limited")
            request.set("content-type", "text/plain")
            request.set("accept-language", "en")
            try request.sign(as: service.database.client, at: service.clock.now)
            let refused = try await service.send(request)
            #expect(refused.problem == "413 content_too_large")
            #expect(refused.headers["content-language"] == "en")
            request.omitted = ["content-digest"]
            #expect(try await service.signed(request) == "401 unauthenticated")
        }
    }

    @Test("a method that a path does not have is told with those it has")
    func methods() async throws {
        try await TestService.run { service in
            let account = "/v1/accounts/\(TestRequest.unknownId())"
            let id = TestRequest.unknownId()
            let cases = [
                ("GET", "/v1/accounts", "PUT, OPTIONS"),
                ("POST", account, "GET, DELETE, HEAD, OPTIONS"),
                ("DELETE", "\(account)/subscriptions", "POST, GET, HEAD, OPTIONS"),
                (
                    "PUT", "\(account)/subscriptions/\(id)",
                    "GET, PATCH, DELETE, HEAD, OPTIONS"
                ),
                ("GET", "\(account)/subscriptions/\(id)/verification", "POST, OPTIONS"),
            ]
            for (method, path, allowed) in cases {
                let answer = try await service.callUnsigned(method, path)
                #expect(answer.problem == "405 method_not_allowed", "\(method) \(path)")
                #expect(answer.headers["allow"] == allowed)
                let options = try await service.callUnsigned("OPTIONS", path)
                #expect(options.status == 204)
                #expect(options.headers["allow"] == allowed)
            }
            let unknown = try await service.callUnsigned("BREW", account)
            #expect(unknown.problem == "501 not_implemented")
        }
    }

    @Test("a path that is none is not found, by whatever method and whoever asks")
    func paths() async throws {
        try await TestService.run { service in
            let id = TestRequest.unknownId()
            let paths = [
                "/", "/v1", "/v1/", "/v2/accounts", "/v1/accounts/", "/v1//accounts",
                "/v1/accounts/\(id)/", "/v1/accounts/\(id)/subscription", "/V1/accounts",
                "/v1/accounts/\(id)/subscriptions/\(id)/verification/",
                "/v1/accounts/\(id)/customers", "/v1/accounts/%00",
            ]
            for path in paths {
                for method in ["GET", "DELETE", "OPTIONS"] {
                    let unsigned = try await service.callUnsigned(method, path)
                    #expect(unsigned.problem == "404 not_found", "\(path)")
                }
                let signed = try await service.call("GET", path)
                #expect(signed.problem == "404 not_found", "\(path)")
            }
        }
    }

    @Test("a body is JSON by its type, in any case and with a charset, and not compressed")
    func mediaTypes() async throws {
        try await TestService.run { service in
            let body = #"{"zaloUserId":"\#(TestRequest.unique())"}"#
            let types = [
                "application/json": true, "Application/JSON": true,
                "application/json; charset=utf-8": true, "application/json;charset=UTF-8": true,
                "application/jsonx": false, "application/problem+json": false,
                "text/json": false, "application/x-www-form-urlencoded": false,
                "application/json, text/plain": false, "application/json; charset=utf-16": false,
                "application/json; charset=\"UTF-8\"": true, "application/json; charset": false,
                "application/json; profile=x": true, "application/json charset=utf-8": false,
            ]
            for (type, isTaken) in types {
                let answer = try await service.call("PUT", "/v1/accounts", body) {
                    $0.set("content-type", type)
                }
                if isTaken {
                    #expect(answer.status == 200 || answer.status == 201, "\(type)")
                } else {
                    #expect(answer.problem == "415 unsupported_media_type", "\(type)")
                }
            }
            let compressed = try await service.call("PUT", "/v1/accounts", body) {
                $0.set("content-encoding", "gzip")
            }
            #expect(compressed.problem == "415 unsupported_media_type")
        }
    }

    @Test("every problem is a whole document with the id of its exchange")
    func documents() async throws {
        try await TestService.run { service in
            let answers = [
                try await service.callUnsigned("GET", "/"),
                try await service.callUnsigned("GET", "/v1/accounts"),
                try await service.callUnsigned("PUT", "/v1/accounts", "{}"),
                try await service.call("PUT", "/v1/accounts", "{"),
                try await service.call("PUT", "/v1/accounts", "{}"),
            ]
            for answer in answers {
                let id = try #require(answer.headers["x-request-id"])
                let code = try #require(answer.code)
                #expect(answer.headers["content-type"] == "application/problem+json")
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.json["instance"].string == "urn:uuid:\(id)")
                #expect(answer.json["status"].int == Int64(answer.status))
                let page = "/problems/" + code.replacing("_", with: "-")
                #expect(answer.json["type"].string == page)
                #expect(answer.json["title"].string?.isEmpty == false)
                #expect(answer.json["detail"].string?.isEmpty == false)
            }
        }
    }
}

extension TestService {
    /// Signs a request and tells what problem it meets.
    fileprivate func signed(
        _ request: TestRequest, as client: TestClient? = nil
    ) async throws -> String {
        var request = request
        try request.sign(as: client ?? database.client, at: clock.now)
        return try await send(request).problem
    }
}
