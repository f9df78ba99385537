import Testing

@testable import Postgres

@Suite("UUID")
struct UUIDTests {
    @Test(
        "the text form has groups of 8, 4, 4, 4 and 12 digits and is read back",
        arguments: [
            // RFC 9562, appendices A.6 and B.1.
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            // Both halves alike.
            "01234567-89ab-cdef-0123-456789abcdef",
        ])
    func textForm(_ text: String) throws {
        let id = try #require(UUID(text))
        #expect(id.description == text)
        #expect(id.bytes.count == 16)
        #expect(UUID(text.uppercased()) == id)
    }

    @Test(
        "anything else is no UUID",
        arguments: [
            "", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
            "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc398c4-dc0c0c07398ff-",
            "017f22e2 79b0 7cc3 98c4 dc0c0c07398f", "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            "０17f22e2-79b0-7cc3-98c4-dc0c0c0739",
        ])
    func malformed(_ text: String) {
        #expect(UUID(text) == nil)
    }

    @Test("the bytes are those of the text, the most significant first")
    func bytes() throws {
        let id = try #require(UUID("01234567-89ab-cdef-fedc-ba9876543210"))
        #expect(id.high == 0x0123_4567_89AB_CDEF)
        #expect(id.low == 0xFEDC_BA98_7654_3210)
        #expect(id.bytes.prefix(3) == [0x01, 0x23, 0x45])
        #expect(id.bytes.last == 0x10)
    }
}
