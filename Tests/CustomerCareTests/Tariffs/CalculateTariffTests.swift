import Testing

@testable import CustomerCare

@Suite("calculateTariff")
struct CalculateTariffTests {
    private static let path = "/v1/tariff-calculations"

    /// What a body without a signature and without an Idempotency-Key is answered.
    private static func calculate(
        _ body: String, language: String? = nil, by service: TestService
    ) async throws -> TestAnswer {
        var request = TestRequest("POST", path, body)
        request.idempotencyKey = nil
        if let language { request.set("accept-language", language) }
        return try await service.send(request)
    }

    /// A month of a home with some fields changed; an empty value leaves the field out.
    private static func home(_ changes: [String: String] = [:]) -> String {
        var fields = [
            "from": "\"2026-03-01\"", "to": "\"2026-03-31\"", "kwh": "150", "households": "1",
            "purpose": "\"residential\"",
        ]
        for (name, value) in changes { fields[name] = value.isEmpty ? nil : value }
        return "{"
            + fields.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }
            .joined(separator: ",") + "}"
    }

    @Test("a month of a home is computed tier by tier, with documents and rules")
    func home() async throws {
        try await TestService.run { service in
            let answer = try await Self.calculate(Self.home(), language: "en", by: service)
            #expect(answer.status == 200)
            let json = answer.json
            #expect(json["parts"].items.count == 1)
            let part = json["parts"][0]
            #expect(part["from"].string == "2026-03-01" && part["to"].string == "2026-03-31")
            #expect(part["days"].int == 31 && part["quotaDivisorDays"].int == 31)
            #expect(part["decision"].string == "1279/QĐ-BCT" && part["kwh"].int == 150)
            let lines = part["lines"].items
            #expect(lines.map { $0["tier"].int } == [1, 2, 3])
            #expect(lines.map { $0["quotaKWh"].int } == [50, 50, 100])
            #expect(lines.map { $0["quantityKWh"].int } == [50, 50, 50])
            #expect(lines.map { $0["unitPrice"].int } == [1_984, 2_050, 2_380])
            #expect(lines.map { $0["amount"].int } == [99_200, 102_500, 119_000])
            #expect(json["amountExcludingVAT"].int == 320_700)
            #expect(json["vatRatePercent"].int == 8)
            #expect(json["vat"].int == 25_656 && json["total"].int == 346_356)
            #expect(json["basis"]["documents"][0].string == "1279/QĐ-BCT")
            #expect(json["basis"]["rules"].items.map { $0["code"].string }.contains("tier_quotas"))
            #expect(json["reactive"].isNull && json["comparison"].isNull)
            #expect(json["warnings"].items.isEmpty)
            #expect(json["notice"].string == "An estimate, not an invoice.")
            #expect(answer.headers["content-language"] == "en")
            #expect(answer.headers["cache-control"] == "no-store")
            let vietnamese = try await Self.calculate(Self.home(), by: service)
            #expect(vietnamese.json["notice"].string?.hasSuffix("không phải hóa đơn.") == true)
            #expect(vietnamese.json["total"].int == 346_356)
        }
    }

    private static let publishedTotals: [([String: String], Int64)] = [
        (["kwh": "0"], 0), (["kwh": "450", "households": "3"], 1_039_068),
        (["from": "\"2025-05-01\"", "to": "\"2025-05-31\"", "kwh": "200"], 469_250),
        (["from": "\"2022-01-01\"", "to": "\"2022-01-31\"", "kwh": "200"], 409_200),
        (["from": "\"2022-01-16\"", "to": "\"2022-02-15\"", "kwh": "200"], 401_760),
        (["from": "\"2026-06-11\"", "to": "\"2026-06-30\"", "kwh": "120"], 282_573),
        (["kwh": "120", "households": "", "people": "4"], 269_244),
        (["kwh": "120", "purpose": "\"undeclaredTenants\""], 308_448),
        (["kwh": "100", "purpose": "\"residentialPrepaid\""], 314_172),
        (["kwh": "500", "purpose": "\"business\"", "voltage": "380"], 1_702_080),
        (["households": "", "purpose": ""], 346_356),
    ]

    @Test("published and derived bills come out to the đồng", arguments: publishedTotals)
    func published(changes: [String: String], total: Int64) async throws {
        try await TestService.run { service in
            let answer = try await Self.calculate(Self.home(changes), by: service)
            #expect(answer.json["total"].int == total, "\(answer.text)")
        }
    }

    @Test("a price change inside the period gives a part for each price")
    func priceChange() async throws {
        try await TestService.run { service in
            let body = Self.home(["from": "\"2025-05-01\"", "to": "\"2025-05-31\"", "kwh": "200"])
            let json = try await Self.calculate(body, by: service).json
            #expect(json["parts"].items.map { $0["days"].int } == [9, 22])
            #expect(json["parts"].items.map { $0["kwh"].int } == [58, 142])
            #expect(
                json["parts"].items.map { $0["decision"].string }
                    == ["2699/QĐ-BCT", "1279/QĐ-BCT"])
        }
    }

    @Test("time-of-use registers and reactive power are computed by voltage and cosφ")
    func production() async throws {
        try await TestService.run { service in
            let fields = [
                "kwh": "", "purpose": "\"production\"", "voltage": "380",
                "registers": #"{"standard":1000,"peak":300,"offPeak":200}"#,
            ]
            for reactive in [#"{"kvarh":930,"capacityKW":100}"#, #"{"powerFactor":0.85}"#] {
                let body = Self.home(fields.merging(["reactive": reactive]) { $1 })
                let json = try await Self.calculate(body, by: service).json
                #expect(json["total"].int == 3_606_120)
                let lines = json["parts"][0]["lines"].items
                #expect(lines.map { $0["register"].string } == ["standard", "peak", "offPeak"])
                #expect(json["parts"][0]["voltageClass"].string == "lt_6kv")
                #expect(json["reactive"]["amountExcludingVAT"].int == 196_333)
                #expect(json["reactive"]["total"].int == 212_040)
                #expect(json["reactive"]["exemption"].isNull)
            }
            let home = Self.home(["reactive": #"{"kvarh":0}"#])
            let exempt = try await Self.calculate(home, by: service).json["reactive"]
            #expect(exempt["applicable"].bool == false && exempt["total"].int == 0)
            #expect(exempt["exemption"].string == "purpose")
        }
    }

    @Test("the same use is compared under other households, dates and tariffs")
    func compare() async throws {
        try await TestService.run { service in
            func compared(_ compare: String) async throws -> TestAnswer {
                let body = Self.home(["kwh": "450", "compare": compare])
                return try await Self.calculate(body, by: service)
            }
            let households = try await compared(#"{"households":3}"#).json
            let other = households["comparison"]["calculation"]
            #expect(other["total"].int == 1_039_068)
            let total = try #require(households["total"].int)
            #expect(households["comparison"]["differenceVND"].int == 1_039_068 - total)

            let dates = try await compared(#"{"from":"2022-03-01","to":"2022-03-31"}"#).json
            #expect(
                dates["comparison"]["calculation"]["parts"][0]["decision"].string == "648/QĐ-BCT")
            let draft = try await compared(#"{"tariff":"14/2025/QĐ-TTg"}"#).json["comparison"]
            #expect(draft["calculation"]["parts"][0]["lines"].items.count == 4)
            #expect(
                draft["calculation"]["warnings"].items.map { $0["code"].string }
                    == ["uncertain_prices", "other_tariff"])
            let past = try await compared(#"{"tariffOn":"2024-12-01"}"#).json["comparison"]
            #expect(past["calculation"]["parts"][0]["decision"].string == "2699/QĐ-BCT")
            for (compare, wrong) in [
                ("{}", ["#/compare"]), (#"{"households":0}"#, ["#/compare/households"]),
                (#"{"tariff":"1/QĐ"}"#, ["#/compare/tariff"]),
                (#"{"tariffOn":"2019-03-19"}"#, ["#/compare/tariffOn"]),
                (#"{"to":"2026-02-28"}"#, ["#/compare/to"]),
                (#"{"from":"2019-03-19"}"#, ["#/compare/from"]),
                (#"{"tariff":"1279/QĐ-BCT","tariffOn":"2024-12-01"}"#, ["#/compare/tariffOn"]),
                ("[]", ["#/compare"]),
            ] {
                let answer = try await compared(compare)
                #expect(answer.problem == "422 invalid_request", "\(compare)")
                #expect(Set(answer.wrongFields) == Set(wrong), "\(compare)")
            }
        }
    }

    private static let refusals: [([String: String], [String])] = [
        (["kwh": "-1"], ["#/kwh"]), (["kwh": "1.5"], ["#/kwh"]),
        (["kwh": "1e3"], ["#/kwh"]), (["kwh": "1000000000000"], ["#/kwh"]),
        (["kwh": "10000000000000000000000"], ["#/kwh"]), (["kwh": "\"150\""], ["#/kwh"]),
        (["kwh": ""], ["#/kwh"]), (["kwh": "null"], ["#/kwh"]),
        (["households": "0"], ["#/households"]), (["households": "10001"], ["#/households"]),
        (["households": "1.25"], ["#/households"]), (["people": "5"], ["#/people"]),
        (["households": "", "people": "0"], ["#/people"]),
        (["to": "\"2026-02-28\""], ["#/to"]), (["to": "\"2026-05-02\""], ["#/to"]),
        (["from": ""], ["#/from"]), (["to": ""], ["#/to"]),
        (["from": "\"2026-02-30\""], ["#/from"]), (["from": "20260301"], ["#/from"]),
        (["from": "\"2019-03-19\"", "to": "\"2019-04-18\""], ["#/from"]),
        (["from": "\"2027-11-01\"", "to": "\"2027-11-30\""], ["#/to"]),
        (["purpose": "\"nonResidential\""], ["#/purpose"]), (["purpose": "1"], ["#/purpose"]),
        (["purpose": "\"business\""], ["#/voltage"]),
        (["purpose": "\"business\"", "voltage": "0"], ["#/voltage"]),
        (["purpose": "\"vehicleCharging\"", "voltage": "380"], ["#/purpose"]),
        (["purpose": "\"business\"", "voltage": "380", "households": "2"], ["#/households"]),
        (["registers": #"{"standard":1,"peak":1,"offPeak":1}"#], ["#/registers"]),
        (
            ["kwh": "", "registers": #"{"standard":1,"peak":1,"offPeak":1}"#],
            ["#/registers"]
        ),
        (
            [
                "kwh": "", "purpose": "\"business\"", "voltage": "380",
                "registers": #"{"standard":-1,"peak":1.5}"#,
            ], ["#/registers/standard", "#/registers/peak", "#/registers/offPeak"]
        ),
        (["reactive": "{}"], ["#/reactive/kvarh"]),
        (["reactive": #"{"kvarh":-1}"#], ["#/reactive/kvarh"]),
        (["reactive": #"{"powerFactor":1.01}"#], ["#/reactive/powerFactor"]),
        (["reactive": #"{"powerFactor":0.8505}"#], ["#/reactive/powerFactor"]),
        (
            ["reactive": #"{"powerFactor":0.85,"kvarh":1,"capacityKW":-1}"#],
            ["#/reactive/capacityKW", "#/reactive/powerFactor"]
        ),
        (["tariff": "\"1/QĐ\""], ["#/tariff"]),
        (
            ["kwh": "-5", "households": "0", "to": "\"2026-02-01\""],
            ["#/kwh", "#/households", "#/to"]
        ),
    ]

    @Test("what cannot be is refused with its pointer", arguments: refusals)
    func refused(changes: [String: String], wrong: [String]) async throws {
        try await TestService.run { service in
            let body = Self.home(changes)
            let answer = try await Self.calculate(body, by: service)
            #expect(answer.problem == "422 invalid_request", "\(body)")
            #expect(Set(answer.wrongFields) == Set(wrong), "\(body) \(answer.text)")
            #expect(answer.wrongFields.count == wrong.count, "\(body) \(answer.text)")
        }
    }

    @Test("an empty object lacks a period and a use; what is no JSON is broken")
    func malformed() async throws {
        try await TestService.run { service in
            let empty = try await Self.calculate("{}", by: service)
            #expect(empty.wrongFields == ["#/from", "#/to", "#/kwh"])
            for body in ["", "{", #"{"kwh":1,"kwh":2}"#, "\u{FEFF}{}"] {
                #expect(
                    try await Self.calculate(body, by: service).problem == "400 invalid_json")
            }
            #expect(try await Self.calculate("[]", by: service).wrongFields == ["#"])
            var plain = TestRequest("POST", Self.path, Self.home())
            plain.set("content-type", "text/plain")
            #expect(try await service.send(plain).status == 415)
            #expect(try await service.send(TestRequest("GET", Self.path)).status == 405)
        }
    }

    @Test("the last day that may be asked is a year ahead, the longest period two months")
    func edges() async throws {
        try await TestService.run { service in
            for (from, to) in [
                ("2027-10-01", "2027-11-26"), ("2026-03-01", "2026-05-01"),
                ("2019-03-20", "2019-03-20"), ("2024-02-29", "2024-02-29"),
                ("2026-12-15", "2027-01-14"),
            ] {
                let body = Self.home(["from": "\"\(from)\"", "to": "\"\(to)\""])
                let answer = try await Self.calculate(body, by: service)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let largest = Self.home(["kwh": "1000000000", "households": "10000"])
            #expect(try await Self.calculate(largest, by: service).status == 200)
            let later = Self.home(["from": "\"2027-01-01\"", "to": "\"2027-01-31\""])
            let json = try await Self.calculate(later, by: service).json
            #expect(json["vatRatePercent"].int == 10)
            #expect(
                json["warnings"].items.map { $0["code"].string }
                    == ["uncertain_vat", "beyond_checked_tariff"])
        }
    }

    @Test("all public callers share a limit, which the headers tell")
    func limit() async throws {
        try await TestService.run(publicRequestsPerMinute: 2) { service in
            let first = try await Self.calculate(Self.home(), by: service)
            #expect(first.headers["ratelimit-policy"] == "\"default\";q=2;w=60")
            #expect(first.headers["ratelimit"] == "\"default\";r=1;t=60")
            let tariff = try await service.send(TestRequest("GET", "/v1/tariffs"))
            #expect(tariff.headers["ratelimit"] == "\"default\";r=0;t=60")
            let refused = try await Self.calculate(Self.home(), by: service)
            #expect(refused.problem == "429 rate_limited")
            #expect(refused.headers["retry-after"] == "60")
            // Other public operations and signed clients are not in it.
            #expect(
                try await service.send(TestRequest("GET", "/v1/support/hotlines")).status == 200)
            service.clock.advance(seconds: 60)
            #expect(try await Self.calculate(Self.home(), by: service).status == 200)
        }
    }

    @Test("a service without tariffs says so here, and serves everything else")
    func withoutTariffs() async throws {
        let database = try await TestDatabase.make()
        try await database.script(
            "truncate tariff_versions, tariffs, tariff_prices, vat_rates, reactive_tables")
        try await TestService.run(on: database) { service in
            let answer = try await Self.calculate(Self.home(), by: service)
            #expect(answer.problem == "503 unavailable")
            #expect(answer.headers["retry-after"] != nil)
            #expect(
                try await service.send(TestRequest("GET", "/v1/tariffs")).problem
                    == "503 unavailable")
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-11")]
            let path = try await service.followed(customer)
            let current = try await service.call("GET", path + "/bills/current")
            #expect(current.status == 200 && current.json["tierHeadroom"].isNull)
            let explanation = try await service.call("GET", path + "/bills/2026-11/explanation")
            #expect(explanation.problem == "503 unavailable")
        }
    }
}
