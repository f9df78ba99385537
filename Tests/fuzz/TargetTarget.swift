@testable import HTTP

/// The target of a request: its grammar, its path through the router, its query.
///
/// Properties: an accepted target holds only the bytes of RFC 3986; what is decoded is clean
/// Unicode; decode(encode(x)) = x; HEAD finds what GET finds; linear work.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTarget(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzedInput(start, count)
    checkDecoding(input)
    input.demandLinearWork {
        _ = Percent.decode(input.bytes[...])
        _ = Percent.decodeQuery(input.bytes)
        _ = router.match(.get, input.bytes)
    }
    guard let target = Target(input.bytes.span, method: .get) else { return 0 }
    input.demand(target.path.first == 0x2F, "a path that does not begin with a slash")
    for byte in target.path + (target.query ?? []) {
        input.demand(byte > 0x20 && byte < 0x7F, "a byte that no address may hold")
    }
    input.demand(!target.path.contains(0x3F), "a query within the path")
    checkRoute(input, target)
    let query = Percent.decodeQuery(target.query)
    let pairs = query?.map { "\(hexadecimal($0.name.utf8))=\(hexadecimal($0.value.utf8))" }
    input.accepted([
        ("path", hexadecimal(target.path)),
        ("decoded", Percent.decode(target.path[...]).map { hexadecimal($0.utf8) } ?? "-"),
        ("query", target.query.map { hexadecimal($0) } ?? "-"),
        ("pairs", pairs?.joined(separator: " ") ?? "-"),
    ])
    return 0
}

/// Routes of the shapes that the service has.
nonisolated(unsafe) private let router: Router<Int> = {
    var router = Router<Int>()
    let templates = [
        "/v1/accounts", "/v1/accounts/{account}", "/v1/accounts/{account}/bills",
        "/v1/accounts/{account}/bills/current", "/v1/accounts/{account}/bills/{month}",
        "/openapi.yaml",
    ]
    for (index, template) in templates.enumerated() { router.add(index, at: .get(template)) }
    return router
}()

private func checkRoute(_ input: FuzzedInput, _ target: Target) {
    switch (router.match(.get, target.path), router.match(.head, target.path)) {
    case (.notFound, .notFound): break
    case (.found(let first, let path), .found(let second, _)):
        input.demand(first == second, "HEAD finds another operation")
        for (_, value) in path {
            input.demand(!value.isEmpty, "an empty parameter")
            checkClean(input, value)
        }
    default: input.demand(false, "HEAD and GET find different things")
    }
    guard case .methodNotAllowed = router.match(.delete, target.path) else { return }
    if case .notFound = router.match(.get, target.path) {
        input.demand(false, "405 for a path that does not exist")
    }
}

private func checkClean(_ input: FuzzedInput, _ text: String) {
    let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    input.demand(isClean, "a control character was decoded")
}

private func checkDecoding(_ input: FuzzedInput) {
    for plusIsSpace in [false, true] {
        if let text = Percent.decode(input.bytes[...], plusIsSpace: plusIsSpace) {
            checkClean(input, text)
            input.demand(text.utf8.count <= input.bytes.count, "decoding makes text longer")
        }
    }
    for (name, value) in Percent.decodeQuery(input.bytes) ?? [] {
        checkClean(input, name)
        checkClean(input, value)
    }
    // The input as text, encoded and decoded again.
    guard let text = String(validating: input.bytes, as: UTF8.self) else { return }
    let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    let encoded = input.bytes.flatMap { Array(("%" + hexadecimal([$0])).utf8) }
    let decoded = Percent.decode(encoded[...])
    input.demand((decoded != nil) == isClean, "clean text, and only that, can be decoded")
    if let decoded {
        input.demand(decoded.utf8.elementsEqual(text.utf8), "decode(encode(x)) is not x")
        let pairs = Percent.decodeQuery(encoded + [0x3D] + encoded) ?? []
        input.demand(pairs.count == 1, "one parameter reads as \(pairs.count)")
        for pair in pairs {
            input.demand(pair.name.utf8.elementsEqual(text.utf8), "a name is not itself")
            input.demand(pair.value.utf8.elementsEqual(text.utf8), "a value is not itself")
        }
    }
}
