/// One HTTP message signature (RFC 9421): what `Signature-Input` and `Signature` say together.
///
/// Stricter than the RFC: exactly one label, no parameters on components, only the parameters
/// below, each at most once.
package struct MessageSignature: Sendable, Equatable {
    /// The name both headers give it.
    package let label: String
    /// Covered components in the signer's order, each once; lower case.
    package let components: [String]
    /// When it was made, in seconds since 1970.
    package let created: Int64?
    /// When it ends, in seconds since 1970.
    package let expires: Int64?
    /// Which key made it, 1 to 64 characters.
    package let keyId: String?
    /// What makes it unique, 1 to 128 characters.
    package let nonce: String?
    /// `alg`, 1 to 64 characters.
    package let algorithm: String?
    /// What it is for, at most 64 characters.
    package let tag: String?
    /// The inner list and its parameters in canonical form (section 2.3), the signer's order kept.
    package let parametersText: [UInt8]
    /// The bytes of the signature.
    package let signature: [UInt8]

    /// Longest header value, in bytes; what our clients send is about 300.
    package static let maximumHeaderByteCount = 2_048
    /// Most components.
    package static let maximumComponentCount = 16

    /// Reads both header values, each with several lines joined by a comma.
    package static func parse(
        input: [UInt8], signature: [UInt8]
    ) throws(SignatureFault) -> MessageSignature {
        guard input.count <= maximumHeaderByteCount, signature.count <= maximumHeaderByteCount
        else { throw .headerTooLong }
        var scanner = StructuredFieldScanner(input)
        scanner.skipSpaces()
        guard let label = scanner.key(), scanner.take(UInt8(ascii: "=")) else {
            throw .malformedSignatureInput
        }
        let components = try covered(&scanner)
        let parameters = try Parameters(&scanner)
        try finish(&scanner, else: .malformedSignatureInput)
        let value = try signatureValue(signature, label: label)
        return MessageSignature(
            label: String(decoding: label, as: UTF8.self), components: components,
            created: parameters.created, expires: parameters.expires, keyId: parameters.keyId,
            nonce: parameters.nonce, algorithm: parameters.algorithm, tag: parameters.tag,
            parametersText: text(of: components) + parameters.text, signature: value)
    }

    /// An inner list of strings (RFC 8941 section 4.2.1.2) that are component names.
    private static func covered(
        _ scanner: inout StructuredFieldScanner
    ) throws(SignatureFault) -> [String] {
        guard scanner.take(UInt8(ascii: "(")) else { throw .malformedSignatureInput }
        var components: [String] = []
        components.reserveCapacity(8)
        scanner.skipSpaces()
        while !scanner.take(UInt8(ascii: ")")) {
            guard let name = scanner.string() else { throw .malformedSignatureInput }
            guard isComponentName(name) else { throw .malformedComponent }
            if components.contains(name) { throw .duplicateComponent }
            if components.count == maximumComponentCount { throw .tooManyComponents }
            components.append(name)
            if scanner.next == UInt8(ascii: ";") { throw .componentParameters }
            if !scanner.skipSpaces(), scanner.next != UInt8(ascii: ")") {
                throw .malformedSignatureInput
            }
        }
        return components
    }

    /// A lower-case field name (RFC 9110 section 5.1), or `@` and one.
    private static func isComponentName(_ name: String) -> Bool {
        let span = name.utf8.span
        let start = !span.isEmpty && span[0] == UInt8(ascii: "@") ? 1 : 0
        for index in start..<span.count where !isFieldNameByte(span[index]) { return false }
        return span.count > start
    }

    private static func isFieldNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
    }

    private static func text(of components: [String]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "(")]
        text.reserveCapacity(256)
        for (index, component) in components.enumerated() {
            if index > 0 { text.append(UInt8(ascii: " ")) }
            StructuredFieldScanner.append(component, to: &text)
        }
        text.append(UInt8(ascii: ")"))
        return text
    }

    /// `label=:base64:` and nothing else.
    private static func signatureValue(
        _ bytes: [UInt8], label: ArraySlice<UInt8>
    ) throws(SignatureFault) -> [UInt8] {
        var scanner = StructuredFieldScanner(bytes)
        scanner.skipSpaces()
        guard let ownLabel = scanner.key(), scanner.take(UInt8(ascii: "=")),
            let value = scanner.byteSequence(), !value.isEmpty
        else { throw .malformedSignature }
        try finish(&scanner, else: .malformedSignature)
        if ownLabel != label { throw .labelsDiffer }
        return value
    }

    /// Only SP may follow the one member; a comma would begin another.
    private static func finish(
        _ scanner: inout StructuredFieldScanner, else fault: SignatureFault
    ) throws(SignatureFault) {
        scanner.skipSpaces()
        if scanner.isAtEnd { return }
        scanner.skipOptionalWhitespace()
        throw scanner.next == UInt8(ascii: ",") ? .severalLabels : fault
    }
}

/// The parameters of a signature (RFC 9421 section 2.3), read in the signer's order.
private struct Parameters {
    private(set) var created: Int64?
    private(set) var expires: Int64?
    private(set) var keyId: String?
    private(set) var nonce: String?
    private(set) var algorithm: String?
    private(set) var tag: String?
    /// The canonical form of all of them, each with its leading semicolon.
    private(set) var text: [UInt8] = []

    init(_ scanner: inout StructuredFieldScanner) throws(SignatureFault) {
        while scanner.take(UInt8(ascii: ";")) {
            scanner.skipSpaces()
            guard let name = scanner.key() else { throw .malformedSignatureInput }
            text.append(UInt8(ascii: ";"))
            text.append(contentsOf: name)
            text.append(UInt8(ascii: "="))
            switch String(decoding: name, as: UTF8.self) {
            case "created": created = try number(after: created, &scanner)
            case "expires": expires = try number(after: expires, &scanner)
            case "keyid": keyId = try string(1...64, after: keyId, &scanner)
            case "nonce": nonce = try string(1...128, after: nonce, &scanner)
            case "alg": algorithm = try string(1...64, after: algorithm, &scanner)
            case "tag": tag = try string(0...64, after: tag, &scanner)
            default: throw .unknownParameter
            }
        }
    }

    private mutating func number(
        after earlier: Int64?, _ scanner: inout StructuredFieldScanner
    ) throws(SignatureFault) -> Int64 {
        if earlier != nil { throw .duplicateParameter }
        guard scanner.take(UInt8(ascii: "=")), let number = scanner.naturalNumber() else {
            throw .malformedParameter
        }
        text.append(contentsOf: String(number).utf8)
        return number
    }

    private mutating func string(
        _ length: ClosedRange<Int>, after earlier: String?,
        _ scanner: inout StructuredFieldScanner
    ) throws(SignatureFault) -> String {
        if earlier != nil { throw .duplicateParameter }
        guard scanner.take(UInt8(ascii: "=")), let string = scanner.string() else {
            throw .malformedParameter
        }
        guard length.contains(string.utf8.count) else { throw .parameterLength }
        StructuredFieldScanner.append(string, to: &text)
        return string
    }
}
