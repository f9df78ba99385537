import Testing

@testable import CustomerCare

@Suite("Language of an answer")
struct LanguageTests {
    @Test(
        "the preferred one of the two is taken, Vietnamese when nothing decides",
        arguments: [
            (nil, .vietnamese), ("", .vietnamese), ("*", .vietnamese), ("fr", .vietnamese),
            ("vi", .vietnamese), ("en", .english), ("EN", .english), ("en-US", .english),
            ("vi-VN", .vietnamese), ("eng", .vietnamese), ("e", .vietnamese),
            ("en,vi", .english), ("vi,en", .vietnamese), ("en;q=0.5,vi;q=0.9", .vietnamese),
            ("en;q=0.9, vi;q=0.5", .english), ("vi;q=0.8, en", .english),
            ("en;q=0", .vietnamese), ("en;q=0.000, fr", .vietnamese), ("en ; q=0.1", .english),
            ("fr-FR,fr;q=0.9,en;q=0.8", .english), ("en;q=abc", .english),
            ("en;q=0.499,vi;q=0.5", .vietnamese), (",,;,en", .english), ("en_US", .vietnamese),
        ] as [(String?, Language)])
    func choice(header: String?, language: Language) {
        #expect(Language(accepting: header.map { Array($0.utf8) }) == language)
    }

    @Test("a header longer than any browser's decides nothing")
    func longHeader() {
        let long = "en" + String(repeating: ",fr", count: 200)
        #expect(Language(accepting: Array(long.utf8)) == .vietnamese)
    }
}

@Suite("Trace context")
struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test("the trace id of a valid header is taken")
    func valid() {
        for header in [
            "00-\(Self.trace)-\(Self.parent)-01", "00-\(Self.trace)-\(Self.parent)-00",
            "01-\(Self.trace)-\(Self.parent)-01", "01-\(Self.trace)-\(Self.parent)-01-more",
        ] {
            #expect(TraceParent.traceId(Array(header.utf8)) == Self.trace, "\(header)")
        }
    }

    @Test("an invalid one is as good as none (W3C Trace Context section 3.2)")
    func invalid() {
        let zeros = String(repeating: "0", count: 32)
        for header in [
            "", "00", "00-\(Self.trace)-\(Self.parent)", "ff-\(Self.trace)-\(Self.parent)-01",
            "00-\(zeros)-\(Self.parent)-01", "00-\(Self.trace)-0000000000000000-01",
            "00-\(Self.trace.uppercased())-\(Self.parent)-01", "0g-\(Self.trace)-\(Self.parent)-01",
            "00-\(Self.trace)-\(Self.parent)-0g", "00-\(Self.trace)-\(Self.parent)-01-more",
            "00-\(Self.trace)-\(Self.parent)-01more", "00-\(Self.trace)x-\(Self.parent)-01",
            "00 \(Self.trace) \(Self.parent) 01", "00-\(Self.trace)-\(Self.parent.dropLast())-001",
            "01-\(Self.trace)-\(Self.parent)-01.more",
        ] {
            #expect(TraceParent.traceId(Array(header.utf8)) == nil, "\(header)")
        }
        #expect(TraceParent.traceId(nil) == nil)
    }
}
