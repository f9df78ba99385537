import HTTP
import Testing

@testable import CustomerCare

@Suite("Router")
struct RouterTests {
    private static var router: Router<String> {
        var router = Router<String>()
        router.add("list", at: .get("/a/{x}/b"))
        router.add("make", at: .post("/a/{x}/b"))
        router.add("current", at: .get("/a/{x}/b/current"))
        router.add("one", at: .get("/a/{x}/b/{y}"))
        router.add("remove", at: .delete("/a/{x}/b/{y}"))
        return router
    }

    private static func found(
        _ path: String, _ method: HTTP.Method = .get
    ) -> (operation: String, values: [String])? {
        guard case .found(let operation, let parameters) = router.match(method, Array(path.utf8))
        else { return nil }
        return (operation, parameters.map { "\($0.name)=\($0.value)" })
    }

    @Test("a path leads to its operation with its parameters, decoded once")
    func works() {
        #expect(Self.found("/a/1/b")?.operation == "list")
        #expect(Self.found("/a/1/b", .post)?.operation == "make")
        #expect(Self.found("/a/1/b", .head)?.operation == "list")
        #expect(Self.found("/a/1/b/2")?.values == ["x=1", "y=2"])
        #expect(Self.found("/a/%31/b/%C3%A9%2541")?.values == ["x=1", "y=é%41"])
        #expect(Self.found("/a/1/b/a%2Fb")?.values == ["x=1", "y=a/b"])
        #expect(Self.found("/a/1/b/+")?.values == ["x=1", "y=+"])
    }

    @Test("a static segment beats a parameter, exactly as it is written")
    func staticSegments() {
        #expect(Self.found("/a/1/b/current")?.operation == "current")
        #expect(Self.found("/a/1/b/Current")?.operation == "one")
        #expect(Self.found("/a/1/b/curren%74")?.operation == "one")
        #expect(Self.found("/a/b/b")?.values == ["x=b"])
    }

    @Test(
        "any other path leads nowhere",
        arguments: [
            "", "/", "a/1/b", "/a", "/a/", "/a/1", "/a//b", "/a/1/b/", "/a/1/b/2/", "/a/1/b/2/3",
            "//a/1/b", "/A/1/b", "/a/1/B", "/a/%00/b", "/a/%zz/b", "/a/%C3/b", "/a/1/b/%",
            "/a/1/b/%4", "/%61/1/b",
        ])
    func notFound(path: String) {
        guard case .notFound = Self.router.match(.get, Array(path.utf8)) else {
            Issue.record("\(path) leads somewhere")
            return
        }
    }

    @Test("a known path with another method tells the methods there are")
    func methodNotAllowed() {
        guard case .methodNotAllowed(let one) = Self.router.match(.patch, Array("/a/1/b/2".utf8)),
            case .methodNotAllowed(let list) = Self.router.match(nil, Array("/a/1/b".utf8))
        else {
            Issue.record("405 expected")
            return
        }
        #expect(one == "GET, DELETE, HEAD, OPTIONS")
        #expect(list == "GET, POST, HEAD, OPTIONS")
    }
}

@Suite("Percent-encoding")
struct PercentTests {
    private static func decode(_ text: String, plusIsSpace: Bool = false) -> String? {
        Percent.decode(Array(text.utf8)[...], plusIsSpace: plusIsSpace)
    }

    @Test("a text is decoded once, in either case of the digits")
    func decoding() {
        #expect(Self.decode("a%41%c3%A9%2541") == "aAé%41")
        #expect(Self.decode("a+b") == "a+b")
        #expect(Self.decode("a+b%2B", plusIsSpace: true) == "a b+")
        #expect(Self.decode("") == "")
        let slice = Array("xxabc".utf8)[2...]
        #expect(Percent.decode(slice) == "abc")
    }

    @Test(
        "what is broken is nothing",
        arguments: [
            "%", "%4", "a%", "%g1", "%1g", "%%41", "%00", "%0a", "%0D", "%1F", "%7F", "%C3",
            "%80", "%ED%A0%80", "%C0%80", "%F5%80%80%80", "a\tb", "\u{7F}",
        ])
    func broken(text: String) {
        #expect(Self.decode(text) == nil)
    }

    @Test("a query is taken apart, whatever is missing in it")
    func queries() {
        func pairs(_ query: String) -> [String]? {
            Percent.decodeQuery(Array(query.utf8))?.map { "\($0.name)=\($0.value)" }
        }
        #expect(Percent.decodeQuery(nil)?.isEmpty == true)
        #expect(pairs("") == [])
        #expect(pairs("a=1&b=2") == ["a=1", "b=2"])
        #expect(pairs("a&b=&=c&&d=e=f") == ["a=", "b=", "=c", "d=e=f"])
        #expect(pairs("a=%26&b=x+y") == ["a=&", "b=x y"])
        #expect(pairs("a=%") == nil)
        #expect(pairs("%C3=1") == nil)
        let many = Array(repeating: "a=1", count: 64).joined(separator: "&")
        #expect(pairs(many)?.count == 64)
        #expect(pairs(many + "&a=1") == nil)
    }
}
