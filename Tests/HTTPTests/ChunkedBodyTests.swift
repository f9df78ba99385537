import Testing

@testable import HTTP

/// Chunked bodies, whole and in pieces.
struct ChunkedBodyTests {
    private struct Outcome: Equatable {
        var progress: ChunkedBody.Progress
        var content: [UInt8]
        var consumed: Int
    }

    /// Reads the text in pieces that end at these places.
    private func read(_ text: String, endingAt ends: [Int] = [], maximum: Int = 1_000) -> Outcome {
        let bytes = Array(text.utf8)
        var chunked = ChunkedBody(maximumBytes: maximum)
        var outcome = Outcome(progress: .needsMore, content: [], consumed: 0)
        for end in ends + [bytes.count] where outcome.progress == .needsMore {
            outcome.progress = chunked.read(
                bytes.span.extracting(0..<end), from: &outcome.consumed, into: &outcome.content)
        }
        return outcome
    }

    private static let table: [(text: String, status: Int)] = [
        ("0\r\n\r\n", 0), ("3\r\nabc\r\n0\r\n\r\nrest", 0), ("A\r\n0123456789\r\n000\r\n\r\n", 0),
        ("3;a;b=c;d=\"e\\\";f\"\r\nabc\r\n0;x\r\nT: u\r\nV:w\r\n\r\n", 0),
        ("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n", 0), ("3\r\nabc\r\n", -1), ("0\r\n", -1),
        ("0\r\nT: u\r\n", -1), ("", -1), ("\r\n", 400), ("x\r\n", 400), ("+3\r\nabc", 400),
        ("-3\r\n", 400), ("0x3\r\n", 400), ("3_0\r\n", 400), (" 3\r\n", 400), ("3 \r\n", 400),
        ("3\nabc", 400), ("3\rabc", 400), ("3\r\nabcd", 400), ("3\r\nabc\n", 400),
        ("3\r\nabc\rx", 400), ("0\r\n\n", 400), ("0\r\n\rx", 400), ("0\r\nT: u\n\r\n", 400),
        ("3;\r\n", 400), ("3;a=\r\n", 400), ("3;a=\"b\r\n", 400), ("3;a=\"b\\\"\r\n", 400),
        ("3; a\r\n", 400), ("3;a\nb\r\n", 400), ("3;a\u{7f}\r\n", 400), ("0\r\nno colon\r\n", 400),
        ("0\r\n: x\r\n", 400), ("0\r\n x: y\r\n", 400), ("0\r\nContent-Length: 1\r\n", 400),
        ("0\r\nTRANSFER-ENCODING: chunked\r\n", 400), ("0\r\nHost: x\r\n", 400),
        ("3e9\r\n", 413), ("8000000000000000\r\n", 400), ("ffffffffffffffffffffffff\r\n", 400),
        ("3\r\nabc\r\n3e6\r\n", 413),
    ]

    @Test("each body has its answer, cut at every byte too", arguments: table)
    func everySplit(text: String, status: Int) {
        let whole = read(text)
        switch whole.progress {
        case .finished: #expect(status == 0)
        case .needsMore: #expect(status == -1)
        case .invalid(let found): #expect(status == found)
        }
        #expect(whole.consumed <= text.utf8.count)
        for cut in 0...text.utf8.count { #expect(read(text, endingAt: [cut]) == whole) }
        #expect(read(text, endingAt: Array(0...text.utf8.count)) == whole)
    }

    @Test("content is joined, and what stands behind the body is left")
    func content() {
        let outcome = read("3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\nGET")
        #expect(outcome.content == Array("abcde".utf8))
        #expect(outcome.progress == .finished)
        #expect(outcome.consumed == "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n".utf8.count)
    }

    @Test("lines, extensions and trailers are bounded")
    func bounds() {
        let long = String(repeating: "a", count: Limits.chunkLineBytes)
        #expect(read("3;\(long)").progress == .invalid(status: 400))
        let zeros = String(repeating: "0", count: Limits.chunkLineBytes + 1)
        #expect(read(zeros).progress == .invalid(status: 400))
        let chunk = "1;\(long.dropLast(10))\r\nx\r\n"
        #expect(read(String(repeating: chunk, count: 4)).progress == .needsMore)
        #expect(read(String(repeating: chunk, count: 5)).progress == .invalid(status: 400))
        let trailer = "T: \(long)\r\n"
        let trailers = String(repeating: trailer, count: Limits.trailerBytes / 1_000)
        #expect(read("0\r\n" + trailers).progress == .invalid(status: 431))
    }

    @Test("reading stops when the output holds its bound, and goes on when it is emptied")
    func backPressure() {
        let bytes = Array("5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n".utf8)
        var chunked = ChunkedBody(maximumBytes: 100)
        var position = 0
        var all: [UInt8] = []
        var rounds = 0
        while rounds < 20 {
            rounds += 1
            var output: [UInt8] = []
            let progress = chunked.read(
                bytes.span, from: &position, into: &output, outputBound: 3)
            #expect(output.count <= 3)
            all += output
            if progress == .finished { break }
            #expect(progress == .needsMore)
        }
        #expect(all == Array("abcdefghij".utf8))
        #expect(position == bytes.count)
        #expect(chunked.contentBytes == 10)
    }

    @Test("a fixed body stops at its length and at the bound of its output")
    func fixedBody() {
        let bytes = Array("abcdefgh".utf8)
        var reader = BodyReader.fixed(left: 5)
        var position = 0
        var output: [UInt8] = []
        let first = reader.read(bytes.span, from: &position, into: &output, bound: 2)
        #expect(first == .needsMore)
        #expect(position == 2)
        let second = reader.read(bytes.span, from: &position, into: &output)
        #expect(second == .finished)
        #expect(position == 5)
        #expect(output == Array("abcde".utf8))
    }
}
