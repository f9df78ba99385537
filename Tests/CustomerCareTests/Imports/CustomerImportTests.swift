import Electricity
import JSON
import Postgres
import Testing

@testable import CustomerCare

@Suite("Imports of customers")
struct CustomerImportTests {
    private static let unit = "PB0699"

    /// A customer as the billing system sends it.
    private func line(_ code: CustomerCode, _ others: [String: String] = [:]) -> String {
        var members = [
            "customerCode": "\"\(code)\"", "holderName": "\"Nguyễn Văn An\"",
            "phone": "\"0901234567\"", "nationalId": "\"080199012345\"",
            "address": "\"12 Nguyễn Huệ, Tân An\"", "usagePurpose": "\"residential\"",
            "contractStatus": "\"active\"", "unitCode": "\"\(Self.unit)\"",
            "unitName": "\"Điện lực Thử\"", "nextReadingOn": "\"2026-12-05\"",
        ]
        members.merge(others) { $1 }
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    @Test("new customers can be verified by what was told of them, and are told masked")
    func new() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try TestCustomer.newCode()
            let (path, found) = try await service.hold(
                .customers,
                [line(code, ["unitCode": "\"PB0777\"", "contractedCapacityKW": "40"])],
                as: importer, asOf: "2026-11-25T01:00:00+07:00")
            #expect(found.importFaults == [])
            #expect(found.importCounts == [1, 0, 0, 0])
            _ = try await service.commit(path, as: importer)
            let account = try await service.newAccount()
            let id = try await service.addSubscription(code.text, as: account)
            let verified = try await service.call(
                "POST", "\(account)/subscriptions/\(id)/verification",
                #"{"nationalId":"080199012345"}"#)
            #expect(verified.json["state"].string == "active")
            let shown = try await service.call("GET", "\(account)/customers/\(code)").json
            #expect(shown["holderName"].string == "N*** V** A*")
            #expect(shown["managingUnit"]["name"].string == "Điện lực Thử")
            #expect(shown["householdCount"].int == 1)
            #expect(shown["asOf"].string == "2026-11-25T01:00:00+07:00")
            // Nothing of it can be read in the database.
            let rows = try await service.database.script("select c::text from customers c")
            #expect(!(rows[0][0] ?? "").contains("An"))
        }
    }

    @Test("what has not changed is not written anew, older data are refused")
    func unchanged() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let codes = [try TestCustomer.newCode(), try TestCustomer.newCode()]
            let first = try await service.hold(
                .customers, codes.map { line($0) }, as: importer,
                asOf: "2026-11-25T02:00:00+07:00")
            _ = try await service.commit(first.path, as: importer)
            let second = try await service.hold(
                .customers,
                [line(codes[0]), line(codes[1], ["phone": "null", "householdCount": "3"])],
                as: importer, asOf: "2026-11-25T03:00:00+07:00")
            #expect(second.json.importCounts == [0, 1, 0, 1])
            _ = try await service.commit(second.path, as: importer)
            let rows = try await service.database.script(
                """
                select household_count, phone_index is null, as_of = '2026-11-25 03:00+07'
                from customers order by customer_code
                """)
            #expect(rows == [["1", "f", "f"], ["3", "t", "t"]])
            let late = try await service.hold(
                .customers, [line(codes[0]), line(codes[1])], as: importer,
                asOf: "2026-11-25T01:00:00+07:00")
            #expect(late.json.importFaults == ["2 #/customerCode outdated"])
            let ended = try await service.hold(
                .customers, [line(codes[0], ["contractStatus": "\"ended\""])], as: importer,
                asOf: "2026-11-25T04:00:00+07:00")
            #expect(ended.json.importCounts == [0, 0, 1, 0])
        }
    }

    @Test("another holder takes the code from all who followed it, before they are told anything")
    func holder() async throws {
        try await FakeZalo.run { service, fake in
            let importer = try await service.newImporter()
            let account = try await service.correspondent("an")
            var codes: [CustomerCode] = []
            for _ in 0..<4 {
                let customer = try await service.add(try TestCustomer())
                try await service.follow(customer, as: account)
                codes.append(customer.code)
            }
            try await service.database.script("delete from outbox")
            // Something waits to be told of each of them.
            let bills = try await service.importing(
                codes.map { TestLine($0) }, as: importer, messages: "send")
            _ = try await service.commit(bills, as: importer)
            try await service.announce()
            #expect(try await service.database.count("outbox", "true") == 4)
            let (path, found) = try await service.hold(
                .customers,
                [
                    line(codes[0], ["holderName": "\"NGUYEN VAN AN\""]),
                    // Corrected, for the card is the same.
                    line(codes[1], ["holderName": "\"Nguyễn Văn Anh\""]),
                    line(codes[2], ["nationalId": "\"080199054321\""]),
                    line(codes[3], ["holderName": "\"Trần Thị Bé\"", "nationalId": "null"]),
                ], as: importer, asOf: "2026-11-25T10:00:01+07:00", messages: "send")
            #expect(found.importFaults == [])
            #expect(found["difference"]["messages"].int == 2)
            _ = try await service.commit(path, as: importer)
            try await service.sendMessages()
            let told = fake.taken.map(\.text)
            let billed = told.filter { $0.contains("tiền điện") }.joined()
            #expect(codes.map { billed.contains($0.text) } == [true, true, false, false])
            let changed = told.filter { $0.contains("đã đổi chủ") }.joined()
            #expect(codes.map { changed.contains($0.text) } == [false, false, true, true])
            for (index, code) in codes.enumerated() {
                let answer = try await service.call("GET", "\(account)/customers/\(code)")
                #expect(answer.status == (index < 2 ? 200 : 404))
            }
            let items = try await service.call("GET", "\(account)/subscriptions").json["items"]
            let states = items.items.map { $0["state"].string }
            #expect(states.count { $0 == "active" } == 2)
            #expect(states.count { $0 == "reverification_required" } == 2)
            // The new holder knows what to say.
            let lost = try #require(
                items.items.first { $0["customerCode"].string == codes[3].text })
            let id = try #require(lost["subscriptionId"].string)
            let place = "\(account)/subscriptions/\(id)/verification"
            let old = try await service.call("POST", place, #"{"name":"Nguyễn Văn An"}"#)
            #expect(old.problem == "422 verification_failed")
            let new = try await service.call("POST", place, #"{"name":"Trần Thị Bé"}"#)
            #expect(new.json["state"].string == "active")
        }
    }

    @Test("what is wrong or missing in a line is named, and nothing personal is kept of it")
    func faults() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try TestCustomer.newCode()
            let found = try await service.hold(
                .customers,
                [
                    "{}",
                    line(
                        code,
                        [
                            "holderName": "\"a\\u0007\"", "phone": "\"12\"", "nationalId": "\"1\"",
                            "usagePurpose": "\"home\"", "householdCount": "-1",
                            "periodsPerMonth": "4", "contractStatus": "1", "unitCode": "\"P B\"",
                            "nextReadingOn": "\"05/12/2026\"", "contractedCapacityKW": "1.5",
                        ]),
                    line(code, ["unitCode": "\"PB0888\"", "unitName": "null"]), line(code),
                ], as: importer, asOf: "2026-11-25T10:00:01+07:00")
            #expect(found.json["state"].string == "invalid")
            #expect(
                Set(found.json.importFaults) == [
                    "1 #/customerCode missing", "1 #/holderName missing", "1 #/address missing",
                    "1 #/usagePurpose missing", "1 #/contractStatus missing",
                    "1 #/unitCode missing", "2 #/holderName wrong_format",
                    "2 #/phone wrong_format", "2 #/nationalId wrong_format",
                    "2 #/usagePurpose not_allowed", "2 #/householdCount out_of_range",
                    "2 #/periodsPerMonth out_of_range", "2 #/contractStatus wrong_type",
                    "2 #/unitCode wrong_format", "2 #/nextReadingOn wrong_format",
                    "2 #/contractedCapacityKW not_an_integer", "3 #/customerCode duplicate",
                    "3 #/unitCode unknown_unit", "4 #/customerCode duplicate",
                ])
            let told = found.json["faults"].items.map {
                "\($0["field"].string ?? "") \($0["value"].string ?? "-")"
            }
            for value in [
                "#/holderName ***", "#/phone ***", "#/nationalId ***", "#/usagePurpose home",
                "#/householdCount -1", "#/contractStatus 1", "#/contractedCapacityKW 1.5",
                "#/customerCode -", "#/unitCode P B",
            ] { #expect(told.contains(value), "\(value)") }
        }
    }

    @Test("whoever is verified while the holder changes follows nobody")
    func race() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            let id = try await service.addSubscription(customer.code.text, as: account)
            let place = "\(account)/subscriptions/\(id)/verification"
            // The commit of an import, held up after it has locked the holder.
            try await TestLoop.run(connection: service.database.ownerURL) { owner in
                let importing = try await owner.openBulkLink()
                let watcher = try await owner.openBulkLink()
                defer {
                    importing.close()
                    watcher.close()
                }
                try await importing.execute(
                    script: """
                        begin;
                        update customers set holder_name_index = 'x', national_id_index = 'y'
                        """)
                async let answer = service.call("POST", place, #"{"phone":"0901234567"}"#)
                var isWaiting = false
                for _ in 0..<100_000 where !isWaiting {
                    let rows = try await watcher.execute(
                        script: """
                            select count(*) from pg_locks l join pg_stat_activity a using (pid)
                            where not l.granted and a.datname = current_database()
                            """)
                    isWaiting = rows != [["0"]]
                }
                #expect(isWaiting)
                try await importing.execute(script: "commit")
                #expect(try await answer.problem == "422 verification_failed")
            }
            #expect(try await service.database.count("followers", "true") == 0)
        }
    }
}
