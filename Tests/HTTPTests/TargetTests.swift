import Testing

@testable import HTTP

/// Request targets and authorities.
struct TargetTests {
    private func target(_ text: String, method: HTTP.Method = .get) -> Target? {
        let bytes = Array(text.utf8)
        return Target(bytes.span, method: method)
    }

    @Test(
        "paths are kept as sent, dot segments and percent signs included",
        arguments: ["/", "//host/x", "/a/../b/./c", "/%2F%2e%00", "/a;b=c:@!$&'()*+,", "/%C3%A9"])
    func rawPaths(path: String) throws {
        let target = try #require(self.target(path))
        #expect(target.path == Array(path.utf8))
        #expect(target.query == nil)
        #expect(target.authority == nil)
        #expect(!target.isAsterisk)
    }

    @Test("the query begins behind the first question mark")
    func query() {
        #expect(target("/a?b?c=/d")?.query == Array("b?c=/d".utf8))
        #expect(target("/a?")?.query == [])
        #expect(target("/a?b?c=/d")?.path == Array("/a".utf8))
    }

    @Test(
        "what the grammar does not allow is refused",
        arguments: [
            "", "a", "a/b", "/a#b", "/%", "/%2", "/%zz", "/%2g", "/a b", "/\"", "/<>", "/\\",
            "/caf\u{e9}", "/{x}", "/^", "/`", "/|", "ftp://a/", "http:/a", "http:///a", "http://",
            "http://u@a/", "http://a#b", "https://a:99999/", "*", "**",
        ])
    func refused(text: String) {
        #expect(target(text) == nil)
    }

    @Test("the asterisk is for OPTIONS alone")
    func asterisk() {
        #expect(target("*", method: .options)?.isAsterisk == true)
        #expect(target("*x", method: .options) == nil)
    }

    @Test("an absolute form has its authority, which replaces the Host field")
    func absoluteForm() {
        #expect(target("http://b:81/x?y")?.authority == Array("b:81".utf8))
        #expect(target("http://b:81/x?y")?.path == Array("/x".utf8))
        #expect(target("HTTPS://b")?.path == Array("/".utf8))
        #expect(target("http://b?q")?.query == Array("q".utf8))
        #expect(request("GET http://b/ HTTP/1.1")?.authority == Array("b".utf8))
        #expect(request()?.authority == Array("a".utf8))
    }

    @Test(
        "hosts with and without port",
        arguments: [
            "a", "a.b-c", "127.0.0.1", "127.0.0.1:80", "a:", "a:0", "a:65535", "[::1]",
            "[::1]:8080", "[::ffff:1.2.3.4]", "a_b~c",
        ])
    func validAuthority(text: String) {
        let bytes = Array(text.utf8)
        let isValid = Authority.isValid(bytes.span)
        #expect(isValid)
    }

    @Test(
        "what is no host with an optional port",
        arguments: [
            "", ":80", "a:b", "a:65536", "a:000080", "a:+1", "u@a", "a/b", "a b", "a,b", "[::1",
            "[]", "[:]", "[::1]x", "[::1]:x", "a?b", "a#b", "a%", "a\\b", "caf\u{e9}", "a:1:2",
        ])
    func invalidAuthority(text: String) {
        let bytes = Array(text.utf8)
        let isValid = Authority.isValid(bytes.span)
        #expect(!isValid)
    }
}

/// How the fields decide where a body ends.
struct FramingTests {
    @Test("a length is decimal digits and nothing else")
    func lengths() {
        let cases: [(String, Int)] = [
            ("0", 0), ("5", 0), ("005", 0), ("9223372036854775807", 0), ("", 400), ("+2", 400),
            ("-0", 400), ("0x2", 400), ("0_2", 400), ("2.0", 400), ("\"2\"", 400), ("2;", 400),
            ("2, 2", 400), ("2 2", 400), ("\u{663}", 400), ("\u{ff12}", 400), ("\u{b2}", 400),
            ("9223372036854775808", 413), ("18446744073709551618", 413),
            ("99999999999999999999x", 400),
        ]
        for (value, status) in cases {
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(value)\r\n\r\n"
            #expect(refusal(head) == status, "\(value)")
        }
        #expect(request("POST / HTTP/1.1", "Content-Length: 07\r\n")?.framing.body == .fixed(7))
        #expect(request("POST / HTTP/1.1", "Content-Length: 07\r\n")?.hasBody == true)
        #expect(request("POST / HTTP/1.1", "Content-Length: 0\r\n")?.hasBody == false)
        #expect(request()?.framing.body == Framing.Body.none)
    }

    @Test("two lengths, or a length beside a transfer coding, are refused")
    func smuggling() {
        for fields in [
            "Content-Length: 2\r\nContent-Length: 2\r\n",
            "Content-Length: 2\r\nContent-Length: 3\r\n",
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        ] {
            #expect(refusal("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n") == 400, "\(fields)")
        }
        #expect(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400)
    }

    @Test("chunked alone is understood; other codings are 501, broken ones 400")
    func codings() {
        let cases: [(String, Int)] = [
            ("chunked", 0), ("ChUnKeD", 0), ("gzip", 501), ("xchunked", 501),
            ("chunked, gzip", 501),
            ("gzip, chunked", 501), ("", 400), ("\"chunked\"", 400), ("chunked;q=1", 400),
            ("\u{b}chunked", 400), ("\u{a0}chunked", 400), ("chun\u{212a}ed", 400),
        ]
        for (value, status) in cases {
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(value)\r\n\r\n"
            #expect(refusal(head) == status, "\(value)")
        }
    }

    @Test("a connection is kept by default in 1.1, never in 1.0, and not when close is listed")
    func persistence() {
        #expect(request()?.framing.keepsAlive == true)
        #expect(request("GET / HTTP/1.0")?.framing.keepsAlive == false)
        #expect(
            request("GET / HTTP/1.0", "Connection: keep-alive\r\n")?.framing.keepsAlive == false)
        for value in ["close", "CLOSE", "x, \tClose ,y", "x\r\nConnection: close"] {
            #expect(
                request("GET / HTTP/1.1", "Connection: \(value)\r\n")?.framing.keepsAlive == false)
        }
        let other = request("GET / HTTP/1.1", "Connection: closed, not-close\r\n")
        #expect(other?.framing.keepsAlive == true)
    }

    @Test("100-continue is the only expectation, and none for 1.0")
    func expectations() {
        let expect = "Expect: 100-Continue\r\n"
        #expect(request("POST / HTTP/1.1", expect)?.framing.expectsContinue == true)
        #expect(request("POST / HTTP/1.0", expect)?.framing.expectsContinue == false)
        #expect(refusal("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n") == 417)
    }
}
