import Electricity
import Signing
import Testing

@testable import CustomerCare

@Suite("PersonalData")
struct PersonalDataTests {
    private static func code(_ text: String) throws -> CustomerCode {
        try #require(CustomerCode(exact: text))
    }

    @Test("a sealed value opens in its own field of its own customer, and nowhere else")
    func seal() throws {
        let data = try PersonalData(masterKeys: [.random()])
        let code = try Self.code("PB06010001234")
        let sealed = try data.sealed("Nguyễn Văn An", .holderName, of: code)
        #expect(try data.opened(sealed, .holderName, of: code) == "Nguyễn Văn An")
        #expect(throws: SigningError.self) { try data.opened(sealed, .address, of: code) }
        let other = try Self.code("PB06010001235")
        #expect(throws: SigningError.self) { try data.opened(sealed, .holderName, of: other) }
        let stranger = try PersonalData(masterKeys: [.random()])
        #expect(throws: SigningError.self) { try stranger.opened(sealed, .holderName, of: code) }
    }

    @Test("the same value sealed twice looks different")
    func salt() throws {
        let data = try PersonalData(masterKeys: [.random()])
        let code = try Self.code("PB06010001234")
        let first = try data.sealed("0901234567", .phone, of: code)
        #expect(try data.sealed("0901234567", .phone, of: code) != first)
    }

    @Test("a value sealed with an older key opens beside a newer one")
    func rotation() throws {
        let (old, new) = (try MasterKey.random(), try MasterKey.random())
        let code = try Self.code("PB06010001234")
        let sealed = try PersonalData(masterKeys: [old]).sealed("An", .holderName, of: code)
        let rotated = try PersonalData(masterKeys: [new, old])
        #expect(try rotated.opened(sealed, .holderName, of: code) == "An")
        #expect(throws: SigningError.self) { try PersonalData(masterKeys: []) }
    }

    @Test("what people type has the index of what is stored, under the same key only")
    func indexes() throws {
        let key = try MasterKey.random()
        let data = try PersonalData(masterKeys: [key])
        #expect(data.phoneIndex("+84 90 123 4567") == data.phoneIndex("0901234567"))
        #expect(data.nationalIdIndex("301 234 567") == data.nationalIdIndex("301234567"))
        #expect(
            data.holderNameIndexes(typed: "ong nguyen van an").contains(
                data.holderNameIndex("Nguyễn Văn An")))
        #expect(data.phoneIndex("x") == nil)
        #expect(data.nationalIdIndex("1") == nil)
        #expect(data.holderNameIndexes(typed: "…").isEmpty)
        let other = try PersonalData(masterKeys: [.random()])
        #expect(other.phoneIndex("0901234567") != data.phoneIndex("0901234567"))
    }

    @Test("the same digits as a telephone and as an identity card have different indexes")
    func purposes() throws {
        let data = try PersonalData(masterKeys: [.random()])
        #expect(data.phoneIndex("301234567") != data.nationalIdIndex("301234567"))
        // A name without a letter can be known by nobody.
        #expect(data.holderNameIndex("…").count == 16)
    }
}
