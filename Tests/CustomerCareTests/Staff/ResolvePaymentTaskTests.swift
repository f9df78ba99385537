import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("resolvePaymentTask")
struct ResolvePaymentTaskTests {
    @Test("money given back leaves suspense once two persons say so, and the bills are free")
    func returned() async throws {
        try await TestService.withWrongAmount(transaction: 2_001) { service, found in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let body = #"{"kind":"returned","note":"Chuyển khoản trả lại"}"#
            for _ in 0..<2 {
                let proposed = try await service.call(as: first, "POST", found.path, body)
                #expect(proposed.status == 202)
                #expect(proposed.json["resolution"]["confirmedAt"].isNull)
            }
            #expect(
                try await service.payment(found.payment)["state"].string
                    == "pending_reconciliation")
            let confirmed = try await service.call(as: second, "POST", found.path, body)
            #expect(confirmed.status == 200)
            #expect(
                confirmed.json["resolution"]["confirmedAt"].string == "2026-11-25T10:00:00+07:00")
            let payment = try await service.payment(found.payment)
            #expect(payment["state"].string == "failed")
            #expect(payment["failureReason"].string == "resolved_by_staff")
            #expect(try await service.balance(found.payer.code) == ["0", "0", "0"])
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["provider:zalopay -107999", "suspense 107999"])
            // Said again by anybody, it does no more.
            for staff in [first, second] {
                let again = try await service.call(as: staff, "POST", found.path, body)
                #expect(again.status == 200)
                #expect(again.body == confirmed.body)
            }
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["provider:zalopay -107999", "suspense 107999"])
            #expect(try await service.pay(found.payer, by: "zalopay").status == 201)
            let noted = try await service.database.script(
                "select action from staff_actions where subject = '\(found.task)' order by 1")
            #expect(
                noted.compactMap { $0[0] } == [
                    "payment_resolution_proposed", "payment_resolution_proposed",
                    "payment_resolved",
                ])
        }
    }

    @Test("money kept for a customer is the customer's credit, to the đồng")
    func credit() async throws {
        try await TestService.withWrongAmount(transaction: 2_002) { service, found in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let code = found.payer.code
            let body = #"{"kind":"credit","customerCode":"\#(code)","note":"Giữ lại"}"#
            #expect(try await service.call(as: first, "POST", found.path, body).status == 202)
            #expect(try await service.call(as: second, "POST", found.path, body).status == 200)
            #expect(try await service.balance(code) == ["0", "0", "107999"])
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["customer_credit -107999", "suspense 107999"])
            let other = try await service.call(
                as: first, "POST", found.path, #"{"kind":"returned","note":"Trả lại"}"#)
            #expect(other.problem == "409 transition_not_allowed")
        }
    }

    @Test("whoever says something else confirms nothing, but proposes anew")
    func otherProposal() async throws {
        try await TestService.withWrongAmount(transaction: 2_003) { service, found in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let returned = #"{"kind":"returned","note":"Trả lại"}"#
            let credit =
                #"{"kind":"credit","customerCode":"\#(found.payer.code)","note":"Giữ lại"}"#
            #expect(try await service.call(as: first, "POST", found.path, returned).status == 202)
            #expect(try await service.call(as: second, "POST", found.path, credit).status == 202)
            #expect(try await service.call(as: second, "POST", found.path, credit).status == 202)
            #expect(try await service.resolutionEntries(found.task).isEmpty)
            #expect(try await service.call(as: first, "POST", found.path, credit).status == 200)
        }
    }

    @Test("ten who confirm at once book once")
    func atOnce() async throws {
        try await TestService.withWrongAmount(transaction: 2_004) { service, found in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let body = #"{"kind":"returned","note":"Trả lại"}"#
            #expect(try await service.call(as: first, "POST", found.path, body).status == 202)
            let answers = try await service.atOnce(10) { _ in
                try await service.call(as: second, "POST", found.path, body)
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(
                try await service.resolutionEntries(found.task)
                    == ["provider:zalopay -107999", "suspense 107999"])
        }
    }

    @Test("a task that is not there is 404, and what is wrong is named")
    func refused() async throws {
        try await TestService.withWrongAmount(transaction: 2_005) { service, found in
            let staff = try await service.newStaff()
            let unknown = try await service.call(
                as: staff, "POST",
                "/v1/staff/payment-tasks/\(TestRequest.unknownId())/resolution",
                #"{"kind":"returned","note":"x"}"#)
            #expect(unknown.problem == "404 not_found")
            let nobody = try TestCustomer.newCode()
            let wrong: [(String, [String])] = [
                ("{}", ["#/kind", "#/note"]),
                (#"{"kind":"burnt","note":"x"}"#, ["#/kind"]),
                (#"{"kind":"credit","note":"x"}"#, ["#/customerCode"]),
                (#"{"kind":"credit","customerCode":"x","note":"x"}"#, ["#/customerCode"]),
                (
                    #"{"kind":"credit","customerCode":"\#(nobody)","note":"x"}"#,
                    ["#/customerCode"]
                ),
                (
                    #"{"kind":"returned","customerCode":"\#(nobody)","note":"x"}"#,
                    ["#/customerCode"]
                ),
            ]
            for (body, fields) in wrong {
                let answer = try await service.call(as: staff, "POST", found.path, body)
                #expect(answer.problem == "422 invalid_request", "\(body)")
                #expect(answer.wrongFields == fields, "\(body)")
            }
            let client = try await service.call(
                "POST", found.path, #"{"kind":"returned","note":"x"}"#)
            #expect(client.problem == "403 forbidden")
        }
    }
}
