import Glibc
import Testing

@testable import HTTP

/// Answers as bytes.
struct ResponseWriterTests {
    private func write(_ response: Response, isHead: Bool = false, closes: Bool = false) -> String {
        var output: [UInt8] = []
        ResponseWriter.append(
            response, to: &output, date: Array("Date: D\r\n".utf8), isHead: isHead, closes: closes)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("an answer has a status line, a date, its fields, its length and its content")
    func plain() {
        var response = Response(status: 200, body: Array("abc".utf8))
        response.add("Content-Type", "text/plain")
        response.add("X-Number", -12)
        response.add("X-Least", Int.min)
        let expected =
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: text/plain\r\nX-Number: -12\r\n"
            + "X-Least: -9223372036854775808\r\nContent-Length: 3\r\n\r\nabc"
        #expect(write(response) == expected)
    }

    @Test("HEAD has the length without the content, 204 and 304 have neither")
    func withoutContent() {
        let body = Array("abc".utf8)
        #expect(
            write(Response(status: 200, body: body), isHead: true)
                == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 3\r\n\r\n")
        #expect(
            write(Response(status: 204, body: body)) == "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n"
        )
        #expect(
            write(Response(status: 304, body: body))
                == "HTTP/1.1 304 Not Modified\r\nDate: D\r\n\r\n")
        #expect(
            write(Response(status: 200))
                == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("closing is announced, and an unknown status has an empty reason")
    func closing() {
        #expect(
            write(Response(status: 299), closes: true)
                == "HTTP/1.1 299 \r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    @Test("control characters in a value become spaces, so that no value ends its line")
    func controlCharacters() {
        var response = Response(status: 200)
        response.add("X", "a\r\nSet-Cookie: b\u{0}c\u{7f}d\té")
        #expect(response.fieldBytes == Array("X: a  Set-Cookie: b c d é\r\n".utf8))
    }

    @Test("100 Continue is a whole message")
    func interim() {
        #expect(ResponseWriter.continueBytes == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }

    @Test(
        "dates are IMF-fixdates in the Gregorian calendar",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (946_684_799, "Fri, 31 Dec 1999 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
            (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
            (1_740_787_199, "Fri, 28 Feb 2025 23:59:59 GMT"),
            (1_740_787_200, "Sat, 01 Mar 2025 00:00:00 GMT"),
            (2_147_483_647, "Tue, 19 Jan 2038 03:14:07 GMT"),
            (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
            (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (13_574_563_200, "Tue, 29 Feb 2400 00:00:00 GMT"),
            (-2_203_891_200, "Thu, 01 Mar 1900 00:00:00 GMT"),
        ] as [(Int64, String)])
    func dates(second: Int64, text: String) {
        #expect(DateField.text(second) == text)
    }

    @Test("the date line changes with the second")
    func dateLine() {
        var field = DateField()
        let lines = [field.line(at: 0), field.line(at: 0), field.line(at: 1)]
        let first = Array("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n".utf8)
        let second = Array("Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n".utf8)
        #expect(lines == [first, first, second])
    }

    @Test("output says whether the socket took all, is full, or is gone")
    func output() {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        let made = unsafe ends.withUnsafeMutableBufferPointer {
            unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress)
        }
        #expect(made == 0)
        var output = Output()
        output.bytes = Array("abc".utf8)
        #expect(!output.isEmpty)
        let taken = output.send(to: ends[0])
        #expect(taken == .done)
        #expect(output.isEmpty)
        output.bytes = [UInt8](repeating: 1, count: 4 << 20)
        let full = output.send(to: ends[0])
        #expect(full == .blocked)
        #expect(!output.isEmpty)
        close(ends[1])
        let gone = output.send(to: ends[0])
        #expect(gone == .broken)
        output.drop()
        #expect(output.isEmpty)
        close(ends[0])
    }
}
