import Testing

@testable import HTTP

/// Heads, good and bad, whole and in pieces.
struct RequestParserTests {
    /// Heads with the status they are refused with; 0: valid, -1: more is needed.
    private static let table: [(head: String, status: Int)] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0),
        ("GET /a/b?c=d&e HTTP/1.1\r\nHost: a:80\r\nX:\t y \t\r\n\r\nrest", 0),
        ("POST / HTTP/1.1\r\nHOST:a\r\nContent-Length: 5\r\n\r\n", 0),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n", 0),
        ("GET / HTTP/1.0\r\n\r\n", 0), ("GET / HTTP/1.9\r\nHost: a\r\n\r\n", 0),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 0), ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0),
        ("GET http://b:1/x HTTP/1.1\r\nHost: a\r\n\r\n", 0),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: caf\u{e9}\r\nEmpty:\r\n\r\n", 0),
        ("", -1), ("G", -1), ("GET / HTTP/1.1\r", -1), ("GET / HTTP/1.1\r\nHost: a\r\n\r", -1),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), (" GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/0.9\r\n\r\n", 505),
        ("G\u{e9}T / HTTP/1.1\r\n\r\n", 400), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
        ("GET /\u{0} HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\u{7f}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nN(: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), ("\u{16}\u{3}\u{1}\u{0}", 400),
    ]

    @Test("each head has its answer", arguments: table)
    func answers(head: String, status: Int) {
        #expect(refusal(head) == status)
    }

    @Test("each head has the same answer cut at every byte, and byte by byte", arguments: table)
    func everySplit(head: String, status: Int) {
        let bytes = Array(head.utf8)
        let whole = ParseAnswer.whole(bytes)
        for cut in 0...bytes.count {
            #expect(ParseAnswer.pieces(bytes, endingAt: [cut]) == whole, "cut at \(cut)")
        }
        #expect(ParseAnswer.pieces(bytes, endingAt: Array(0...bytes.count)) == whole)
    }

    @Test("consumed ends behind the empty line; what follows is left alone")
    func consumed() {
        let head = "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n"
        let whole = ParseAnswer.whole(Array((head + "GET / HT").utf8))
        let expected = ParseAnswer.complete(
            target: "GET /x?y", consumed: head.utf8.count, body: .none, keepsAlive: true)
        #expect(whole == expected)
    }

    @Test("too long a request line is 414, whether or not its end has come")
    func longLine() {
        let path = String(repeating: "a", count: Limits.requestLineBytes)
        #expect(refusal("GET /\(path)") == 414)
        #expect(refusal("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n") == 414)
        let fitting = path.dropLast(20)
        #expect(refusal("GET /\(fitting) HTTP/1.1\r\nHost: a\r\n\r\n") == 0)
    }

    @Test("too many or too long fields are 431")
    func longFields() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\n"
        let line = "X: y\r\n"
        #expect(
            refusal(start + String(repeating: line, count: Limits.fieldLines - 1) + "\r\n") == 0)
        #expect(refusal(start + String(repeating: line, count: Limits.fieldLines)) == 431)
        #expect(refusal(start + "X: " + String(repeating: "y", count: Limits.headBytes)) == 431)
    }

    @Test("random damage never traps, and every random split gives the same answer")
    func randomMutations() {
        var generator = SeededGenerator(seed: 9_112)
        let seeds = Self.table.filter { $0.status == 0 }.map { Array($0.head.utf8) }
        for round in 0..<4_000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                mutate(&bytes, &generator)
            }
            let whole = ParseAnswer.whole(bytes)
            if case .complete(_, let consumed, _, _) = whole { #expect(consumed <= bytes.count) }
            let ends = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                Int.random(in: 0...bytes.count, using: &generator)
            }
            #expect(
                ParseAnswer.pieces(bytes, endingAt: ends.sorted()) == whole, "round \(round)")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let marks: [UInt8] = [0, 9, 10, 13, 32, 37, 44, 58, 127, 128, 255]
        let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
        let byte = marks[Int.random(in: 0..<marks.count, using: &generator)]
        switch Int.random(in: 0..<5, using: &generator) {
        case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1 where !bytes.isEmpty: bytes[place] = byte
        case 2 where !bytes.isEmpty: bytes.remove(at: place)
        case 3: bytes.insert(byte, at: min(place, bytes.count))
        default:
            let end = Int.random(in: place...max(place, bytes.count), using: &generator)
            bytes.append(contentsOf: bytes[min(place, bytes.count)..<min(end, bytes.count)])
        }
    }
}

/// Looking up fields.
struct HeaderFieldsTests {
    @Test("names are found whatever their case, values are trimmed and otherwise kept")
    func lookups() throws {
        let fields = try #require(
            request("GET / HTTP/1.1", "X-One: \t a B \t\r\nx-TWO: 1\r\nX-Two: 2\r\nEmpty:\r\n")
        )
        .fields
        #expect(fields.only("x-one") == Array("a B".utf8))
        #expect(fields.only("x-two") == nil)
        #expect(fields.count(of: "x-two") == 2)
        #expect(fields.combined("x-two") == Array("1, 2".utf8))
        #expect(fields.text("x-two") == "1, 2")
        #expect(fields.only("empty") == [])
        #expect(fields.only("absent") == nil)
        #expect(fields.combined("absent") == nil)
        #expect(fields.count(of: "x-on") == 0)
    }

    @Test("a value that is not UTF-8 is no text")
    func notText() throws {
        let head = Array("GET / HTTP/1.0\r\nX: ".utf8) + [0xFF] + Array("\r\n\r\n".utf8)
        guard case .complete(let request, _) = RequestParser.parse(head) else {
            Issue.record("the head is valid")
            return
        }
        #expect(request.fields.text("x") == nil)
        #expect(request.fields.combined("x") == [0xFF])
    }
}
