import Electricity
import HTTP
import Testing

@testable import CustomerCare

/// Object-level authorisation: what is somebody else's looks as if it did not exist.
@Suite("Strangers")
struct StrangerTests {
    /// What stands in the places of a path.
    private struct Places: Sendable {
        var account: String
        var code: String
        var subscription: String
        var payment: String
        /// An open request, a completed one, and one that waits for an answer.
        var trackingCode: String
        var completedCode: String
        var waitingCode: String
        var notification: String
    }

    /// An id that nothing has.
    private static let nobody = "0192f1a0-0000-7000-8000-00000000dead"

    /// Valid bodies of the operations that take one; a new operation needs one here.
    private static let bodies: [String: String] = [
        "approveImport": #"{"reason":"x"}"#,
        "searchCustomers": #"{"phone":"0909999999","purpose":"a test"}"#,
        "putAccount": #"{"zaloUserId":"stranger-tests"}"#,
        "addSubscriptions": TestService.declaring(["PB06990000001"]),
        "updateSubscription": #"{"alias":"Nhà"}"#,
        "answerMessage": #"{"text":"nợ"}"#,
        "verifySubscription": #"{"phone":"0909999999"}"#,
        "transitionServiceRequest": #"{"state":"processing"}"#,
        "completeOutageIncident": "{}",
        "replayDeadLetters": #"{"messageIds":["00000000-0000-7000-8000-000000000001"]}"#,
        "previewMessage": #"{"vi":"{customerCode}","en":"{customerCode}"}"#,
        "proposeMessageText": #"{"vi":"{customerCode}","en":"{customerCode}"}"#,
        "createImport":
            #"{"kind":"bills","source":"test","asOf":"2026-11-25T08:00:00Z","messages":"none"}"#,
        "createStaffOutage": TestStaffOutage.body,
        "changeStaffOutage": TestStaffOutage.body,
        "restoreStaffOutage": "{}",
        "putWebhook": #"{"url":"https://x.vn/","eventTypes":["outage.changed"]}"#,
        "replayWebhookDeliveries":
            #"{"deliveryIds":["00000000-0000-7000-8000-000000000001"]}"#,
        "resolvePaymentTask": #"{"kind":"returned","note":"test"}"#,
    ]

    private static let guarded = [
        "{account}", "{customerCode}", "{subscription}", "{payment}",
        "{trackingCode}", "{notification}",
    ]

    /// The operations whose paths lead to somebody's own things.
    private static var guardedRoutes: [any Endpoint.Type] {
        Routes.all.filter { endpoint in
            // Staff see the requests of everybody, and are noted down.
            endpoint.route.access != .clients(.staff)
                && guarded.contains { endpoint.route.template.contains($0) }
        }
    }

    @Test("every operation below an account is behind a signature")
    func signed() {
        #expect(Self.guardedRoutes.count >= 14)
        for endpoint in Self.guardedRoutes {
            #expect(endpoint.route.access == .clients(.accounts), "\(endpoint.operationId)")
            #expect(endpoint.route.caching == .personal, "\(endpoint.operationId)")
        }
    }

    @Test("every operation but the public ones needs a signature, by a client with its scope")
    func unsigned() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let owner = try await owner(service)
            var bodies: Set<String> = []
            for endpoint in Routes.all {
                guard case .clients(let scope) = endpoint.route.access else { continue }
                let (path, body) = try filled(endpoint, owner)
                let method = endpoint.route.method.rawValue
                let unsigned = try await service.send(TestRequest(method, path, body))
                #expect(unsigned.status == 401, "\(endpoint.operationId)")
                bodies.insert(unsigned.comparable)
                let others = Set(Scope.allCases).subtracting([scope])
                let client = try await service.database.newClient(scopes: others)
                try await service.reloadClients()
                let forbidden = try await service.call(as: client, method, path, body)
                #expect(forbidden.status == 403, "\(endpoint.operationId)")
                #expect(forbidden.code == "forbidden", "\(endpoint.operationId)")
            }
            #expect(bodies.count == 1, "\(bodies)")
        }
    }

    @Test("what is another account's is answered just as what does not exist")
    func strangers() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            for endpoint in Self.guardedRoutes { try await check(endpoint, service) }
        }
    }

    /// What is not the owner's, or is nothing, in each place of a path.
    private func foreign(
        to owner: Places, _ stranger: Places, _ template: String, _ service: TestService
    ) async throws -> [(name: String, places: Places)] {
        let deleted = try await service.newAccount()
        let deletion = try await service.call("DELETE", deleted)
        #expect(deletion.status == 204)
        var foreign: [(name: String, places: Places)] = []
        var places = owner
        places.account = Self.nobody
        foreign.append(("an unknown account", places))
        places.account = deleted.split(separator: "/").last.map(String.init) ?? ""
        foreign.append(("a deleted account", places))
        if template.contains("{customerCode}") {
            places = owner
            places.account = stranger.account
            foreign.append(("a code that another account follows", places))
            places.code = try await service.add(try TestCustomer()).code.text
            foreign.append(("a code that nobody follows", places))
            places.code = try TestCustomer.newCode().text
            foreign.append(("an unknown code", places))
            places.code = try await pending(service, as: stranger.account)
            foreign.append(("a code that is not verified yet", places))
        }
        if template.contains("{payment}") {
            places = owner
            places.account = stranger.account
            foreign.append(("another account's payment", places))
            places.payment = Self.nobody
            foreign.append(("an unknown payment", places))
        }
        if template.contains("{trackingCode}") {
            places = owner
            places.account = stranger.account
            foreign.append(("another account's request", places))
            places = owner
            places.trackingCode = TrackingCode(random: 1).text
            places.completedCode = places.trackingCode
            places.waitingCode = places.trackingCode
            foreign.append(("an unknown request", places))
            places.trackingCode = "K7QM-2FXD-9TRA"
            places.completedCode = places.trackingCode
            places.waitingCode = places.trackingCode
            foreign.append(("a code that cannot be", places))
        }
        if template.contains("{notification}") {
            places = owner
            places.account = stranger.account
            foreign.append(("another account's message", places))
            places.notification = Self.nobody
            foreign.append(("an unknown message", places))
        }
        if template.contains("{subscription}") {
            places = owner
            places.account = stranger.account
            foreign.append(("another account's subscription", places))
            places.subscription = Self.nobody
            foreign.append(("an unknown subscription", places))
        }
        return foreign
    }

    private func check(_ endpoint: any Endpoint.Type, _ service: TestService) async throws {
        let template = endpoint.route.template
        let owner = try await owner(service)
        let stranger = try await self.owner(service)
        let foreign = try await foreign(to: owner, stranger, template, service)
        var bodies: Set<String> = []
        for (name, places) in foreign {
            let answer = try await call(endpoint, places, service)
            #expect(answer.status == 404, "\(endpoint.operationId): \(name)")
            #expect(answer.code == "not_found", "\(endpoint.operationId): \(name)")
            bodies.insert(answer.comparable)
        }
        #expect(bodies.count == 1, "\(endpoint.operationId): \(bodies)")
        // Without this the 404 could come from anything.
        let own = try await call(endpoint, owner, service)
        #expect((200..<300).contains(own.status), "\(endpoint.operationId): \(own.text)")
    }

    /// A new account with one verified code.
    private func owner(_ service: TestService) async throws -> Places {
        var owed = try TestCustomer()
        owed.bills = [TestBill("2026-10")]
        let customer = try await service.add(owed)
        let account = try await service.newAccount()
        try await service.follow(customer, as: account)
        let list = try await service.call("GET", account + "/subscriptions")
        let subscription = try #require(list.json["items"][0]["subscriptionId"].string)
        // Something for each operation that ends something.
        _ = try await service.call("PUT", "\(account)/subscriptions/\(subscription)/calendar")
        let payment = try await service.call(
            "POST", "/v1/payments", TestPayments.body(account, [(customer.code, "2026-10")]))
        let tracking = try await service.report(customer.code, as: account)
        let completed = try await service.completedRequest(of: account)
        let waiting = try await service.waitingRequest(of: account)
        return Places(
            account: try #require(account.split(separator: "/").last.map(String.init)),
            code: customer.code.text, subscription: subscription,
            payment: try #require(payment.json["paymentId"].string),
            trackingCode: try #require(tracking.json["trackingCode"].string),
            completedCode: completed, waitingCode: waiting,
            notification: try await service.notification(of: account))
    }

    /// The code of an existing customer that the account has added and not verified.
    private func pending(_ service: TestService, as account: String) async throws -> String {
        let customer = try await service.add(try TestCustomer())
        _ = try await service.addSubscription(customer.code.text, as: "/v1/accounts/" + account)
        return customer.code.text
    }

    private func call(
        _ endpoint: any Endpoint.Type, _ places: Places, _ service: TestService
    ) async throws -> TestAnswer {
        let (path, body) = try filled(endpoint, places)
        return try await service.call(endpoint.route.method.rawValue, path, body) { request in
            if endpoint.route.streaming != nil { request.set("content-type", "application/pdf") }
        }
    }

    /// The path of an operation with its places filled, and a valid body where it takes one.
    private func filled(
        _ endpoint: any Endpoint.Type, _ places: Places
    ) throws -> (path: String, body: String?) {
        var path = endpoint.route.template
            .replacing("{account}", with: places.account)
            .replacing("{customerCode}", with: places.code)
            .replacing("{subscription}", with: places.subscription)
            .replacing("{payment}", with: places.payment)
            .replacing("{month}", with: "2026-10")
            .replacing("{incident}", with: Self.nobody)
            .replacing("{task}", with: Self.nobody)
            .replacing("{topic}", with: "welcome")
            .replacing("{proof}", with: "x")
            .replacing("{webhook}", with: "x")
            .replacing("{outage}", with: Self.nobody)
            .replacing("{import}", with: Self.nobody)
            .replacing(
                "{trackingCode}",
                with: ["reopenServiceRequest", "rateServiceRequest"].contains(endpoint.operationId)
                    ? places.completedCode
                    : endpoint.operationId == "answerServiceRequest"
                        ? places.waitingCode : places.trackingCode
            )
            .replacing("{attachment}", with: Self.nobody)
            .replacing("{notification}", with: places.notification)
            .replacing("{follower}", with: places.subscription)
        try #require(
            !path.contains("{"), "a new place in \(path): tell this test what to put there")
        if path.hasPrefix("/v1/staff"), !endpoint.route.hasBody { path += "?purpose=a+test" }
        if path.hasPrefix("/v1/service-requests"), endpoint.route.hasBody {
            return (
                path,
                #"{"accountId":"\#(places.account)","service":"outage-report","rating":5,"#
                    + #""reason":"vẫn mất điện","note":"Đã có","customerCode":"\#(places.code)","#
                    + #""form":{"extent":"home"}}"#
            )
        }
        let isQueried = ["/v1/payments", "/v1/service-requests"].contains { path.hasPrefix($0) }
        if isQueried, !endpoint.route.hasBody {
            path += "?account=" + places.account
        }
        if endpoint.route.streaming != nil { return (path, "%PDF-1.7\n") }
        guard endpoint.route.hasBody else { return (path, nil) }
        if path.hasPrefix("/v1/payments") {
            let code = try #require(CustomerCode(exact: places.code))
            return (path, TestPayments.body(places.account, [(code, "2026-10")]))
        }
        let body = Self.bodies[endpoint.operationId]
        try #require(
            body != nil, "\(endpoint.operationId) takes a body: tell this test a valid one")
        return (path, body)
    }
}
