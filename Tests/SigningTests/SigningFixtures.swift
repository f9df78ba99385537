import Signing

/// Bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Bytes of a text of hexadecimal digits.
func hex(_ text: String) -> [UInt8] {
    var digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }[...]
    var result: [UInt8] = []
    while let high = digits.popFirst(), let low = digits.popFirst() {
        result.append(UInt8(high << 4 | low))
    }
    return result
}

/// A parsed pair of headers, or why not.
func parse(
    _ input: String, _ signature: String
) -> Result<MessageSignature, SignatureFault> {
    do {
        return .success(
            try MessageSignature.parse(input: bytes(input), signature: bytes(signature)))
    } catch {
        return .failure(error)
    }
}

/// Header fields by lower-case name, handed over as a message wants them.
func fields(
    _ values: [String: String]
) -> (_ name: String, _ base: inout [UInt8]) -> Bool {
    { name, base in
        guard let value = values[name] else { return false }
        base += Array(value.utf8)
        return true
    }
}

/// RFC 9421 section B.2.5.
enum VectorB25 {
    static let key = Base64.decode(
        bytes(
            "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtb"
                + "mHhIDi6pcl8jsasjlTMtDQ=="
        ))
    static let input =
        #"sig-b25=("date" "@authority" "content-type");created=1618884473;"#
        + #"keyid="test-shared-secret""#
    static let signature = "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"
    static let message = SignedMessage(
        method: bytes("POST"), scheme: .https, authority: bytes("example.com"),
        path: bytes("/foo"), query: bytes("param=Value&Pet=dog"))
    static let fieldValues = [
        "date": "Tue, 20 Apr 2021 02:07:55 GMT", "content-type": "application/json",
        "content-length": "18",
    ]
    static let base = """
        "date": Tue, 20 Apr 2021 02:07:55 GMT
        "@authority": example.com
        "content-type": application/json
        "@signature-params": ("date" "@authority" "content-type");created=1618884473;\
        keyid="test-shared-secret"
        """
}

/// What the PyPI package http-message-signatures 3.0.0 sends for one bill look-up.
enum VectorPyPI {
    static let key = bytes("0123456789abcdef0123456789abcdef")
    static let parameters = """
        ("@method" "@authority" "@path" "@query" "content-type" "content-digest");\
        created=1609815600;keyid="zalo-miniapp";alg="hmac-sha256";nonce="n-0001";tag="evnspc-cskh"
        """
    static let signature = "sig1=:G4ZHukSlhUKDZ6fv4PsHpMN8gIZdPAyygsx03aAOA+8=:"
    static let body = bytes(#"{"customer_code":"PB01020012345","period":"01/2021"}"#)
    static let digest = "sha-256=:C1Msxq/l1A94uLEkvG895dvblQFYkpr4cYa4EBIG0SI=:"
    static let message = SignedMessage(
        method: bytes("POST"), scheme: .https, authority: bytes("cskh.example.vn"),
        path: bytes("/v1/bills/lookup"), query: bytes("channel=zalo"))
    static let base = """
        "@method": POST
        "@authority": cskh.example.vn
        "@path": /v1/bills/lookup
        "@query": ?channel=zalo
        "content-type": application/json
        "content-digest": \(digest)
        "@signature-params": \(parameters)
        """
}
