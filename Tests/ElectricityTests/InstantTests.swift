import Testing

@testable import Electricity

@Suite("Instant")
struct InstantTests {
    @Test(
        "an instant is written with Vietnam's offset and whole seconds",
        arguments: [
            (0, "1970-01-01T07:00:00+07:00"), (1_775_007_000, "2026-04-01T08:30:00+07:00"),
            (-25_201, "1969-12-31T23:59:59+07:00"), (1_798_736_399, "2026-12-31T23:59:59+07:00"),
        ])
    func text(seconds: Int, text: String) {
        #expect(Instant(secondsSince1970: Int64(seconds)).description == text)
    }

    @Test("fractions of a second are cut towards earlier times")
    func fractions() {
        #expect(Instant(microsecondsSince1970: 1_999_999).secondsSince1970 == 1)
        #expect(Instant(microsecondsSince1970: -1).secondsSince1970 == -1)
        #expect(Instant(microsecondsSince1970: -1).description == "1970-01-01T06:59:59+07:00")
    }

    @Test("instants stand in order and move by seconds")
    func order() {
        let instant = Instant(secondsSince1970: 100)
        #expect(instant.advanced(bySeconds: -100).microsecondsSince1970 == 0)
        #expect(instant < instant.advanced(bySeconds: 1))
    }

    @Test("arithmetic stops at the years 1 and 9999")
    func bounds() {
        let first = "0001-01-01T00:00:00+07:00"
        let last = "9999-12-31T23:59:59+07:00"
        #expect(Instant(microsecondsSince1970: .min).description == first)
        #expect(Instant(microsecondsSince1970: .max).description == last)
        #expect(Instant(secondsSince1970: .min).description == first)
        #expect(Instant(secondsSince1970: .max).description == last)
        #expect(Instant(secondsSince1970: .max).advanced(bySeconds: .max).description == last)
        #expect(Instant(secondsSince1970: .max).advanced(bySeconds: .min).description == first)
    }
}
