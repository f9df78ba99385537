import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("approveImport")
struct ApproveImportTests {
    /// Customers of two units, all but some of whom had a bill of 108,000 the month before.
    private func customers(
        _ service: TestService, _ count: Int, withoutBill: Int = 0
    ) async throws -> [CustomerCode] {
        var codes: [CustomerCode] = []
        for index in 0..<count {
            var customer = try TestCustomer()
            if index >= withoutBill { customer.bills = [TestBill("2026-10")] }
            codes.append(try await service.add(customer).code)
        }
        return codes
    }

    private func line(_ code: CustomerCode, _ amount: Int64) -> TestLine {
        var line = TestLine(code)
        line.amount = amount
        return line
    }

    @Test("what is out of the ordinary is put into use when another person has looked at it")
    func journey() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            let codes = try await customers(service, 50)
            let path = try await service.importing(
                codes.map { line($0, 200_000) }, as: importer)
            let found = try await service.call(as: importer, "GET", path).json
            #expect(found["state"].string == "validated")
            #expect(found["needsApproval"] == .boolean(true))
            let anomaly = found["anomalies"][0]
            #expect(anomaly["unitCode"].string == "PB0699")
            #expect(anomaly["code"].string == "mean_amount")
            #expect(anomaly["rows"].int == 50)
            #expect(anomaly["meanBefore"].int == 108_000)
            #expect(anomaly["mean"].int == 216_000)
            #expect(found["anomalies"].items.count == 1)
            let early = try await service.call(as: importer, "POST", path + "/commit")
            #expect(early.problem == "409 approval_required")
            let listed = try await service.call(as: staff, "GET", "/v1/staff/imports").json
            #expect(listed["items"][0]["needsApproval"] == .boolean(true))
            let approval = path.replacing("/v1/", with: "/v1/staff/") + "/approval"
            let reason = #"{"reason":"Giá điện tăng"}"#
            for _ in 0..<2 {
                let approved = try await service.call(as: staff, "POST", approval, reason)
                #expect(approved.status == 200)
                #expect(approved.json["needsApproval"] == .boolean(false))
            }
            #expect(
                try await service.database.script(
                    "select action, purpose from staff_actions")
                    == [["import_approved", "Giá điện tăng"]])
            #expect(try await service.commit(path, as: importer)["state"].string == "committed")
            let late = try await service.call(as: staff, "POST", approval, reason)
            #expect(late.problem == "409 transition_not_allowed")
        }
    }

    @Test("other content needs another approval, and nobody approves what is their own")
    func again() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let both = try await service.database.newClient(scopes: [.importing, .staff])
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            let codes = try await customers(service, 50)
            let path = try await service.importing(codes.map { line($0, 200_000) }, as: importer)
            let approval = path.replacing("/v1/", with: "/v1/staff/") + "/approval"
            let reason = #"{"reason":"x"}"#
            #expect(try await service.call(as: staff, "POST", approval, reason).status == 200)
            let text = codes.map { line($0, 210_000).text + "\n" }.joined()
            #expect(try await service.send(text, to: path, as: importer).status == 202)
            try await service.workOnImports()
            let commit = try await service.call(as: importer, "POST", path + "/commit")
            #expect(commit.problem == "409 approval_required")
            let own = try await service.importing(codes.map { line($0, 200_000) }, as: both)
            let refused = try await service.call(
                as: both, "POST", own.replacing("/v1/", with: "/v1/staff/") + "/approval", reason)
            #expect(refused.problem == "409 transition_not_allowed")
        }
    }

    @Test("few bills, usual ones and a first month are nothing out of the ordinary")
    func ordinary() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            func codes(_ lines: [TestLine], _ hour: Int) async throws -> [String] {
                let path = try await service.importing(
                    lines, as: importer, asOf: "2026-11-25T0\(hour):00:00+07:00")
                let found = try await service.call(as: importer, "GET", path).json
                if found["needsApproval"] == .boolean(false) {
                    let approval = path.replacing("/v1/", with: "/v1/staff/") + "/approval"
                    let refused = try await service.call(
                        as: staff, "POST", approval, #"{"reason":"x"}"#)
                    #expect(refused.problem == "409 transition_not_allowed")
                }
                return found["anomalies"].items.map { $0["code"].string ?? "" }
            }
            let known = try await customers(service, 61, withoutBill: 12)
            // 12 of 61 are new: a fifth or less; their bills count for no mean.
            #expect(
                try await codes(
                    known.enumerated().map { line($1, $0 < 12 ? 900_000 : 149_000) }, 1) == [])
            #expect(try await codes(known.map { line($0, 151_000) }, 2) == ["mean_amount"])
            #expect(try await codes(known.map { line($0, 49_000) }, 3) == ["mean_amount"])
            #expect(try await codes(known.prefix(49).map { line($0, 900_000) }, 4) == [])
            #expect(
                try await codes(known.dropLast(3).map { line($0, 100_000) }, 5) == ["row_count"])
            let first = try await customers(service, 50, withoutBill: 50)
            let other = first.map { code in
                var line = line(code, 900_000)
                line.month = "2026-09"
                return line
            }
            #expect(try await codes(other, 6) == [])
        }
    }

    @Test("what is missing is named, and nobody else approves")
    func refused() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = "/v1/staff/imports/\(TestRequest.unknownId())/approval"
            let missing = try await service.call(as: staff, "POST", path, "{}")
            #expect(missing.wrongFields == ["#/reason"])
            let unknown = try await service.call(as: staff, "POST", path, #"{"reason":"x"}"#)
            #expect(unknown.problem == "404 not_found")
            let other = try await service.call("POST", path, #"{"reason":"x"}"#)
            #expect(other.problem == "403 forbidden")
        }
    }
}
