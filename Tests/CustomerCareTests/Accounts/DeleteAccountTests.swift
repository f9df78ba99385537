import Electricity
import Testing

@testable import CustomerCare

/// DELETE /v1/accounts/{account}.
@Suite("deleteAccount")
struct DeleteAccountTests {
    @Test("a deleted account is gone from every path")
    func works() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let pending = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            let deleted = try await service.call("DELETE", account)
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            let reads = [
                "", "/subscriptions", "/subscriptions/\(pending)", "/debts",
                "/customers/\(customer.code)", "/customers/\(customer.code)/bills",
                "/customers/\(customer.code)/bills/current",
                "/customers/\(customer.code)/bills/2026-10", "/customers/\(customer.code)/debts",
            ]
            for path in reads {
                let answer = try await service.call("GET", account + path)
                #expect(answer.problem == "404 not_found", "\(path)")
            }
            let writes: [(method: String, path: String, body: String?)] = [
                ("DELETE", "", nil), ("DELETE", "/subscriptions/\(pending)", nil),
                ("PATCH", "/subscriptions/\(pending)", #"{"alias":"x"}"#),
                ("POST", "/subscriptions/\(pending)/verification", #"{"phone":"0901234567"}"#),
                ("POST", "/subscriptions", TestService.declaring([customer.code.text])),
            ]
            for (method, path, body) in writes {
                let answer = try await service.call(method, account + path, body)
                #expect(answer.problem == "404 not_found", "\(method) \(path)")
            }
        }
    }

    @Test("requests of a deleted account are taken back, and nothing that was typed is kept")
    func requests() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let done = try await service.completedRequest(of: account)
            let open = try await service.newRequest(of: account)
            #expect(try await service.call("DELETE", account).status == 204)
            #expect(try await service.request(open, of: account).problem == "404 not_found")
            #expect(
                try await service.post("cancel", open, of: account).problem == "404 not_found")
            let staff = try await service.newStaff()
            for (code, state, steps) in [(open, "cancelled", 2), (done, "completed", 3)] {
                let read = try await service.call(
                    as: staff, "GET", "/v1/staff/service-requests/\(code)?purpose=test")
                #expect(read.json["state"].string == state)
                #expect(read.json["form"].names.isEmpty)
                #expect(read.json["history"].items.count == steps)
            }
        }
    }

    @Test("the Zalo user begins anew with another account, which follows nothing")
    func anew() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let body = #"{"zaloUserId":"\#(TestRequest.unique())","locale":"en"}"#
            let first = try await service.call("PUT", "/v1/accounts", body)
            let old = try #require(first.headers["location"])
            try await service.follow(customer, as: old)
            #expect(try await service.call("DELETE", old).status == 204)
            let second = try await service.call("PUT", "/v1/accounts", body)
            #expect(second.status == 201)
            let new = try #require(second.headers["location"])
            #expect(new != old)
            let list = try await service.call("GET", "\(new)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
            let profile = try await service.call("GET", "\(new)/customers/\(customer.code)")
            #expect(profile.problem == "404 not_found")
        }
    }

    @Test("only a tombstone stays, without anything personal")
    func tombstone() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let user = TestRequest.unique()
            let put = try await service.call(
                "PUT", "/v1/accounts",
                #"{"zaloUserId":"\#(user)","consent":{"textVersion":"2026-01"}}"#)
            let account = try #require(put.headers["location"])
            let id = try #require(put.json["accountId"].string)
            try await service.follow(customer, as: account)
            #expect(try await service.call("DELETE", account).status == 204)
            let tombstone = try await service.database.script(
                """
                select zalo_user_id, consent_text_version, consent_at::text,
                    (deleted_at = timestamptz '2026-11-25 10:00:00+07')::text
                from accounts where account_id = '\(id)'
                """)
            #expect(tombstone == [[nil, nil, nil, "true"]])
            for table in ["subscriptions", "followers", "idempotency_keys"] {
                let rows = try await service.database.script(
                    "select count(*) from \(table) where account_id = '\(id)'")
                #expect(rows == [["0"]], "\(table)")
            }
            let users = try await service.database.script(
                "select count(*) from zalo_users where zalo_user_id = '\(user)'")
            #expect(users == [["0"]])
        }
    }

    @Test("an account that follows nothing is deleted just the same")
    func empty() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            #expect(try await service.call("DELETE", account).status == 204)
            #expect(try await service.call("DELETE", account).problem == "404 not_found")
        }
    }

    @Test("of two deletions at once one succeeds")
    func concurrency() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answers = try await service.atOnce(2) { _ in
                try await service.call("DELETE", account)
            }
            #expect(answers.map(\.status).sorted() == [204, 404])
        }
    }

    @Test("another account keeps its subscription of the same code")
    func stranger() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let stays = try await service.newAccount()
            let goes = try await service.newAccount()
            try await service.follow(customer, as: stays)
            try await service.follow(customer, as: goes)
            #expect(try await service.call("DELETE", goes).status == 204)
            let profile = try await service.call("GET", "\(stays)/customers/\(customer.code)")
            #expect(profile.status == 200)
        }
    }

    @Test("an unknown account answers as a deleted one")
    func unknown() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            #expect(try await service.call("DELETE", account).status == 204)
            let deleted = try await service.call("DELETE", account)
            let unknown = try await service.call(
                "DELETE", "/v1/accounts/\(TestRequest.unknownId())")
            #expect(unknown.problem == "404 not_found")
            #expect(unknown.comparable == deleted.comparable)
        }
    }

    @Test("what is no UUID is named as the parameter")
    func malformed() async throws {
        try await TestService.run { service in
            let answer = try await service.call("DELETE", "/v1/accounts/x")
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["account"])
        }
    }

    @Test("without a signature nothing is deleted")
    func unsigned() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.callUnsigned("DELETE", account)
            #expect(answer.problem == "401 unauthenticated")
            #expect(try await service.call("GET", account).status == 200)
        }
    }
}
