@testable import Signing

/// The fields of a signature, told apart by line ends: `Signature-Input`, `Signature`,
/// `Content-Digest`, and what is left as the body.
///
/// Properties: the canonical form parses to itself; a base has a line for each component and one
/// for the parameters; a digest made for a body matches it and no other; linear work.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSignature(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzedInput(start, count)
    let parts = input.bytes.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
        .map { Array($0) }
    let signatureInput = parts[0]
    let code = parts.count > 1 ? parts[1] : []
    let digest = parts.count > 2 ? parts[2] : []
    let body = parts.count > 3 ? parts[3] : []
    if let signature = try? MessageSignature.parse(input: signatureInput, signature: code) {
        checkCanonical(input, signature)
        checkBase(input, signature)
        // What another parser of structured fields must read from the same header.
        let components = signature.components.map { hexadecimal($0.utf8) }
        let numbers = [signature.created, signature.expires].map { $0.map(String.init) ?? "-" }
        let texts = [signature.keyId, signature.nonce, signature.algorithm, signature.tag]
            .map { $0.map { "=" + hexadecimal($0.utf8) } ?? "-" }
        input.accepted([
            ("field", hexadecimal(signatureInput)), ("code", hexadecimal(code)),
            ("label", hexadecimal(signature.label.utf8)),
            ("components", components.joined(separator: " ")),
            ("numbers", numbers.joined(separator: " ")),
            ("texts", texts.joined(separator: " ")),
            ("signature", hexadecimal(signature.signature)),
        ])
    }
    checkDigest(input, digest, body)
    input.demandLinearWork {
        _ = try? MessageSignature.parse(input: signatureInput, signature: code)
        _ = ContentDigest.verify(headerValue: input.bytes, body: input.bytes)
    }
    return 0
}

/// `label=` and the canonical parameters must read as the same signature.
private func checkCanonical(_ input: FuzzedInput, _ signature: MessageSignature) {
    let field = Array(signature.label.utf8) + [0x3D] + signature.parametersText
    let code = Array(signature.label.utf8) + [0x3D, 0x3A] + Base64.encode(signature.signature)
    // Canonical text is never longer than what it was read from.
    let again = try? MessageSignature.parse(input: field, signature: code + [0x3A])
    input.demand(again == signature, "parse(serialise(x)) is not x")
    let limit = MessageSignature.maximumComponentCount
    input.demand(signature.components.count <= limit, "too many components")
    let unique = Set(signature.components.map { Array($0.utf8) })
    input.demand(unique.count == signature.components.count, "a component twice")
    for parameter in [signature.keyId, signature.nonce, signature.algorithm, signature.tag] {
        let isClean = (parameter ?? "").utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        input.demand(isClean, "a control character in a parameter")
    }
}

/// No value may add a line to the base: it could pose as another component.
private func checkBase(_ input: FuzzedInput, _ signature: MessageSignature) {
    let message = SignedMessage(
        method: Array("POST".utf8), scheme: .https, authority: Array("example.com".utf8),
        path: Array("/foo".utf8), query: Array("a=b".utf8))
    let base = try? message.base(for: signature) { name, base in
        base.append(contentsOf: input.bytes.suffix(64))
        return !name.isEmpty
    }
    guard let base else { return }
    let lines = base.split(separator: 0x0A, omittingEmptySubsequences: false)
    input.demand(lines.count == signature.components.count + 1, "a line too many in the base")
    for (line, component) in zip(lines, signature.components) {
        input.demand(line.starts(with: Array("\"\(component)\": ".utf8)), "a line of another name")
    }
}

private func checkDigest(_ input: FuzzedInput, _ digest: [UInt8], _ body: [UInt8]) {
    _ = ContentDigest.verify(headerValue: digest, body: body)
    let own = ContentDigest.headerValue(for: body)
    input.demand(
        ContentDigest.verify(headerValue: own, body: body) == .matches, "its own digest")
    input.demand(
        ContentDigest.verify(headerValue: own, body: body + [0]) == .mismatch, "another's digest")
    if let decoded = Base64.decode(digest) {
        input.demand(Base64.encode(decoded) == digest, "base64 that is not canonical")
    }
    input.demand(Base64.decode(Base64.encode(body)) == body, "base64 there and back")
}
