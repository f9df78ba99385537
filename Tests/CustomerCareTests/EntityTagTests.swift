import Electricity
import Testing

@testable import CustomerCare

@Suite("Entity tags")
struct EntityTagTests {
    @Test("a tag is quoted, the same for the same bytes and another for others")
    func tags() {
        let tag = EntityTag.of(Array("a".utf8))
        #expect(tag == EntityTag.of(Array("a".utf8)))
        #expect(tag != EntityTag.of(Array("b".utf8)))
        // SHA-256 of "a" begins ca978112ca1bbdcafac231b3.
        #expect(tag == "\"ypeBEsobvcr6wjGz\"")
    }

    @Test(
        "a tag is found in a list, weak or strong",
        arguments: [
            "\"x\"", "W/\"x\"", "\"a\", \"x\"", "\"a\",W/\"x\",\"b\"", "*", " * ", "\"x\" ",
        ])
    func listed(header: String) {
        #expect(EntityTag.isListed("\"x\"", in: Array(header.utf8)))
    }

    @Test(
        "another is not",
        arguments: ["", "x", "\"X\"", "\"xx\"", "w/\"x\"", "\"a\",\"b\"", "**"])
    func notListed(header: String) {
        #expect(!EntityTag.isListed("\"x\"", in: Array(header.utf8)))
        #expect(!EntityTag.isListed("\"x\"", in: nil))
    }
}

@Suite("Cursor of a list of bills")
struct BillCursorTests {
    @Test("a cursor reads what it has written")
    func roundTrip() throws {
        let cursor = try #require(BillCursor("MjAyNi0xMC8x"))
        #expect(cursor.month == BillingMonth("2026-10"))
        #expect(cursor.periodNumber == 1)
        #expect(cursor.text == "MjAyNi0xMC8x")
    }

    @Test(
        "whatever else is no cursor",
        arguments: [
            "", "MjAyNi0xMC8", "MjAyNi0xMC8x=", "MjAyNi0xMC8xMQ", "MjAyNi0xMC8w", "MjAyNi0xMC80",
            "MjAyNi0xMy8x", "MDAwMC0wMS8x", "MjAyNi0xMC0x", "AAAAAAAAAAAA", "!!!!!!!!!!!!",
            "MjAyNi0xMC8x ", "4pyTMjAyNi8x",
        ])
    func refused(text: String) {
        #expect(BillCursor(text) == nil)
    }
}
