import JSON
import Testing

@testable import CustomerCare

@Suite("How sources write what they bring")
struct ImportProfileTests {
    private func profile(_ kind: ImportKind) throws -> ImportProfile {
        try #require(try GuideBook().importProfiles.profile(of: "cmis", kind))
    }

    private func translated(_ text: String, _ kind: ImportKind = .bills) throws -> JSONValue {
        try profile(kind).translated(try JSONValue.parse(Array(text.utf8)))
    }

    @Test("members get the names and forms of the contract, others pass")
    func members() throws {
        let line = try translated(
            #"{"MA_KHANG":"PB06010000001","NAM":"2026","THANG":"1","DIEN_TTHU":"1.234","#
                + #""NGAY_DKY":"06/10/2026","NGAY_CKY":"20261105","SO_TIEN":250000,"x":true}"#)
        #expect(line["customerCode"].string == "PB06010000001")
        #expect(line["month"].string == "2026-01")
        #expect(line["consumptionKWh"].int == 1_234)
        #expect(line["periodStart"].string == "2026-10-06")
        #expect(line["periodEnd"].string == "2026-11-05")
        #expect(line["amountExcludingVAT"].int == 250_000)
        #expect(line["x"] == .boolean(true))
        #expect(line["MA_KHANG"].isNull)
        let outage = try translated(#"{"TGIAN_BDAU":"05/12/2026 08:00"}"#, .outages)
        #expect(outage["start"].string == "2026-12-05T08:00:00+07:00")
    }

    @Test(
        "what is written in another way stays as it is, to be refused",
        arguments: [
            (#"{"DIEN_TTHU":"1.23"}"#, "consumptionKWh", "1.23"),
            (#"{"DIEN_TTHU":"-5"}"#, "consumptionKWh", "-5"),
            (#"{"DIEN_TTHU":""}"#, "consumptionKWh", ""),
            (#"{"NGAY_DKY":"2026.10.06"}"#, "periodStart", "2026.10.06"),
            (#"{"NAM":"26","THANG":"1"}"#, "month", "26/1"),
        ])
    func unknownForms(line: String, name: String, value: String) throws {
        #expect(try translated(line)[name].string == value)
    }

    @Test("a line of the contract's own names passes as it is, and so does what is no object")
    func untouched() throws {
        let line = #"{"customerCode":"PB06010000001","month":"2026-01"}"#
        #expect(try translated(line) == JSONValue.parse(Array(line.utf8)))
        #expect(try translated("[1]") == .array([.integer(1)]))
        // Half of a month is none.
        #expect(try translated(#"{"NAM":"2026"}"#)["NAM"].string == "2026")
    }

    @Test("faults are told in the names of the source")
    func names() throws {
        let profile = try profile(.bills)
        let line = try JSONValue.parse(Array(#"{"NAM":"1","THANG":"x","NGAY_CKY":""}"#.utf8))
        #expect(profile.named("#/month", in: line) == "#/NAM+THANG")
        #expect(profile.named("#/periodEnd", in: line) == "#/NGAY_CKY")
        #expect(profile.named("#/lines/0/amount", in: line) == "#/lines/0/amount")
        #expect(profile.named("#/dueOn", in: line) == "#/dueOn")
    }

    @Test(
        "a profile that cannot be right is refused",
        arguments: [
            "[]", "{}", #"{"source":"a"}"#, #"{"source":"a","kinds":{"x":[]}}"#,
            #"{"source":"a","kinds":{"bills":[{"to":"a"}]}}"#,
            #"{"source":"a","kinds":{"bills":[{"to":"a","from":[]}]}}"#,
            #"{"source":"a","kinds":{"bills":[{"to":"a","from":[1]}]}}"#,
            #"{"source":"a","kinds":{"bills":[{"to":"a","from":["b"],"form":"x"}]}}"#,
            #"{"source":"a","kinds":{"bills":[{"to":"a","from":["b"],"form":"month"}]}}"#,
        ])
    func malformed(asset: String) {
        #expect(throws: GuideBook.Fault.self) {
            try ImportProfiles([(name: "test", bytes: Array(asset.utf8))])
        }
    }
}
