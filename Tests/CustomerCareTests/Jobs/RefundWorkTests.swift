import JSON
import Testing

@testable import CustomerCare

@Suite("Refunds by providers")
struct RefundWorkTests {
    private static let body = #"{"kind":"refunded","note":"Trả lại khách"}"#

    /// Two persons agree on a refund.
    private static func agree(
        _ service: TestService, _ found: TestService.WrongAmount, by staff: [TestClient]
    ) async throws {
        for person in staff {
            let answer = try await service.call(as: person, "POST", found.path, body)
            #expect(answer.status == 202)
        }
    }

    private static func refund(
        _ service: TestService, _ found: TestService.WrongAmount
    ) async throws -> [String?] {
        let rows = try await service.database.script(
            "select state, fault from refunds where payment_task_id = '\(found.task)' "
                + "order by created_at desc, refund_reference limit 1")
        return rows.first ?? []
    }

    @Test("what two persons agree on is asked for once, asked about, and booked when it is done")
    func journey() async throws {
        try await TestService.withWrongAmount(
            transaction: 3_001, on: try await TestDatabase.make()
        ) { service, found, fake in
            let staff = [try await service.newStaff(), try await service.newStaff()]
            try await Self.agree(service, found, by: [staff[0]])
            try await service.workOnRefunds()
            #expect(try await Self.refund(service, found) == [])
            try await Self.agree(service, found, by: [staff[1], staff[0]])
            #expect(try await Self.refund(service, found) == ["waiting", nil])
            let other = try await service.call(
                as: staff[0], "POST", found.path, #"{"kind":"returned","note":"x"}"#)
            #expect(other.problem == "409 transition_not_allowed")
            for _ in 0..<2 { try await service.workOnRefunds() }
            #expect(try await Self.refund(service, found) == ["processing", nil])
            // Not booked before it is done.
            #expect(try await service.resolutionEntries(found.task) == [])
            fake.sayOfRefunds(1)
            service.clock.advance(seconds: 60)
            try await service.workOnRefunds()
            #expect(try await Self.refund(service, found) == ["done", nil])
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["provider:zalopay -107999", "suspense 107999"])
            #expect(
                try await service.payment(found.payment)["failureReason"].string
                    == "resolved_by_staff")
            let again = try await service.call(as: staff[1], "POST", found.path, Self.body)
            #expect(again.status == 200)
            #expect(again.json["refund"]["state"].string == "done")
            service.clock.advance(seconds: 600)
            try await service.workOnRefunds()
            let asked = fake.requests.filter { $0.contains("refund") }
            #expect(asked == ["/v2/refund ", "/v2/query_refund "])
        }
    }

    @Test("what may have arrived is asked about and never sent again")
    func unclear() async throws {
        try await TestService.withWrongAmount(
            transaction: 3_002, on: try await TestDatabase.make()
        ) { service, found, fake in
            let staff = [try await service.newStaff(), try await service.newStaff()]
            try await Self.agree(service, found, by: staff)
            fake.set(.failing)
            try await service.workOnRefunds()
            #expect(try await Self.refund(service, found) == ["sent", "status 500"])
            service.clock.advance(seconds: 60)
            fake.set(.willing)
            fake.sayOfRefunds(1)
            try await service.workOnRefunds()
            #expect(try await Self.refund(service, found) == ["done", nil])
            #expect(fake.requests.filter { $0.hasPrefix("/v2/refund") }.count == 1)
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["provider:zalopay -107999", "suspense 107999"])
        }
    }

    @Test("a refund that is refused is told to staff, and another takes two persons again")
    func refused() async throws {
        try await TestService.withWrongAmount(
            transaction: 3_003, on: try await TestDatabase.make()
        ) { service, found, fake in
            let staff = [try await service.newStaff(), try await service.newStaff()]
            try await Self.agree(service, found, by: staff)
            fake.sayOfRefunds(2)
            try await service.workOnRefunds()
            #expect(try await Self.refund(service, found) == ["refused", "2/-25"])
            let listed = try await service.call(as: staff[0], "GET", "/v1/staff/payment-tasks")
            #expect(listed.json["items"][0]["refund"]["fault"].string == "2/-25")
            service.clock.advance(seconds: 1)
            // The second person's call comes again: it is a proposal, and no other refund.
            try await Self.agree(service, found, by: [staff[1], staff[1]])
            try await service.workOnRefunds()
            #expect(fake.requests.filter { $0.hasPrefix("/v2/refund") }.count == 1)
            fake.sayOfRefunds(1)
            try await Self.agree(service, found, by: [staff[0]])
            try await service.workOnRefunds()
            #expect(try await Self.refund(service, found) == ["done", nil])
            #expect(fake.requests.filter { $0.hasPrefix("/v2/refund") }.count == 2)
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["provider:zalopay -107999", "suspense 107999"])
        }
    }

    @Test("what has not left is sent again for a day, and then given up")
    func notSent() async throws {
        let providers = try TestPayments.all()
        try await TestService.run(
            on: try await TestDatabase.make(), paymentProviders: providers
        ) { service in
            try await service.database.script(
                """
                insert into payment_tasks values ('00000000-0000-7000-8000-000000000001',
                    'wrong_amount', 'zalopay', '9', '261125_X', 5, 6, now(), null);
                insert into payment_orders values ('261125_X', 'zalopay', null,
                    '00000000-0000-7000-8000-000000000002',
                    '00000000-0000-7000-8000-000000000003', now())
                """)
            let found = "/v1/staff/payment-tasks/00000000-0000-7000-8000-000000000001/resolution"
            for _ in 0..<2 {
                let staff = try await service.newStaff()
                let answer = try await service.call(as: staff, "POST", found, Self.body)
                #expect(answer.status == 202)
            }
            let state = "select state, attempts, fault is not null from refunds"
            for attempt in 1...2 {
                try await service.workOnRefunds()
                #expect(
                    try await service.database.script(state) == [["waiting", "\(attempt)", "t"]])
                service.clock.advance(seconds: 60)
            }
            service.clock.advance(seconds: 86_400)
            try await service.workOnRefunds()
            #expect(try await service.database.script(state) == [["refused", "3", "t"]])
        }
    }

    @Test("a refund is no way for a provider that cannot, nor for an order that is not ours")
    func impossible() async throws {
        let providers = try TestPayments.all()
        try await TestService.run(
            on: try await TestDatabase.make(), paymentProviders: providers
        ) { service in
            let staff = [try await service.newStaff(), try await service.newStaff()]
            try await service.database.script(
                """
                insert into payment_tasks
                select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'unknown_order',
                    provider, n, reference, 5, null, now(), null
                from (values (1, 'vietqr', 'EVN1'), (2, 'zalopay', null), (3, 'zalopay', 'gone'),
                    (4, 'vnpost', 'x')) as t (n, provider, reference)
                """)
            let tasks = "/v1/staff/payment-tasks/00000000-0000-7000-8000-00000000000"
            for number in 1...4 {
                let path = "\(tasks)\(number)/resolution"
                var answer = try await service.call(as: staff[0], "POST", path, Self.body)
                if number == 3 {
                    // Whose order it is, is found when it is agreed on.
                    #expect(answer.status == 202)
                    answer = try await service.call(as: staff[1], "POST", path, Self.body)
                }
                #expect(answer.wrongFields == ["#/kind"], "\(number)")
            }
            let code = try await service.call(
                as: staff[0], "POST",
                "/v1/staff/payment-tasks/00000000-0000-7000-8000-000000000001/resolution",
                #"{"kind":"refunded","note":"x","customerCode":"PB06990000001"}"#)
            #expect(code.wrongFields == ["#/customerCode"])
        }
    }
}
