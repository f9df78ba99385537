import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("The catalogue of services")
struct ServiceBookTests {
    private static func expected(
        _ level: ServiceDefinition.Level, from text: String
    ) throws -> Instant {
        try GuideBook().services.expected(level, from: try Instant.reading(text))
    }

    @Test(
        "working days leave weekends and public holidays out",
        arguments: [
            // Wednesday, then Friday to Monday.
            ("2026-11-25T10:00:00", 3, "2026-11-30T17:00:00"),
            ("2026-11-25T10:00:00", 5, "2026-12-02T17:00:00"),
            // The evening and the weekend count as the day before the next working day.
            ("2026-11-27T23:59:59", 1, "2026-11-30T17:00:00"),
            ("2026-11-28T08:00:00", 1, "2026-11-30T17:00:00"),
            // Tết Bính Ngọ: from Friday 13 February to Monday 23 February.
            ("2026-02-13T09:00:00", 1, "2026-02-23T17:00:00"),
            // Liberation Day and Labour Day, a Thursday and a Friday.
            ("2026-04-29T09:00:00", 1, "2026-05-04T17:00:00"),
            ("2026-12-31T09:00:00", 1, "2027-01-04T17:00:00"),
        ])
    func workingDays(from: String, count: Int, to: String) throws {
        #expect(
            try Self.expected(.workingDays(count), from: from) == (try Instant.reading(to)))
    }

    @Test("hours count by the clock, at night and over the end of a year")
    func hours() throws {
        #expect(
            try Self.expected(.hours(2), from: "2026-12-31T23:30:00")
                == (try Instant.reading("2027-01-01T01:30:00")))
    }

    @Test(
        "a catalogue that is malformed is refused at the start",
        arguments: [
            "", "[]", "{}", #"{"services":[{}]}"#,
            #"{"services":[{"service":"a","name":{"vi":"a"},"description":{"vi":"a","en":"a"},"#
                + #""customerCode":"none","workingDays":1,"documents":[],"fields":[]}]}"#,
            #"{"services":[{"service":"a","name":{"vi":"a","en":"a"},"#
                + #""description":{"vi":"a","en":"a"},"customerCode":"none","documents":[],"#
                + #""fields":[]}]}"#,
            #"{"services":[{"service":"a","name":{"vi":"a","en":"a"},"#
                + #""description":{"vi":"a","en":"a"},"customerCode":"none","hours":1,"#
                + #""documents":[],"fields":[{"name":"x","kind":"telepathy","required":true,"#
                + #""title":{"vi":"a","en":"a"}}]}]}"#,
        ])
    func malformed(text: String) {
        let holidays = Array(#"{"days":["2026-01-01"]}"#.utf8)
        #expect(throws: GuideBook.Fault.self) {
            try ServiceBook(catalogue: Array(text.utf8), holidays: holidays)
        }
    }

    @Test("holidays that are no days are refused at the start")
    func malformedHolidays() {
        let catalogue = Array(#"{"services":[]}"#.utf8)
        for text in ["", "{}", #"{"days":[]}"#, #"{"days":["2026-02-30"]}"#] {
            #expect(throws: GuideBook.Fault.self) {
                try ServiceBook(catalogue: catalogue, holidays: Array(text.utf8))
            }
        }
    }
}
