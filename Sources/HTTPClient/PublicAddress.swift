import CCurl

/// Which addresses belong to the public internet.
///
/// Asked when a connection is opened, after names are resolved: a name that leads somewhere else
/// the second time gains nothing. Ranges: IANA's registries of special-purpose addresses
/// (RFC 6890 and what came after).
package enum PublicAddress {
    /// Ranges of IPv4 that are nobody's public address: first address and length of the prefix.
    private static let reserved: [(UInt32, UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8),
        (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24),
        (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
        (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
    ]

    /// Whether four bytes are a public address.
    package static func isPublic(v4 bytes: [UInt8]) -> Bool {
        guard bytes.count == 4 else { return false }
        let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return !reserved.contains { first, length in
            (address ^ first) >> (32 - length) == 0
        }
    }

    /// Whether sixteen bytes are a public address: global unicast, and none that holds an address
    /// of the other kind or is kept for protocols and documents.
    package static func isPublic(v6 bytes: [UInt8]) -> Bool {
        guard bytes.count == 16, bytes[0] & 0xE0 == 0x20 else { return false }
        // 2001::/23 protocols (Teredo among them), 2001:db8::/32 documents, 2002::/16 6to4,
        // 3fff::/20 documents.
        if bytes[0] == 0x20, bytes[1] == 0x01, bytes[2] < 0x02 { return false }
        if bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8]) { return false }
        if bytes.starts(with: [0x20, 0x02]) { return false }
        return !(bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] & 0xF0 == 0)
    }
}

/// libcurl's callback that opens a socket: only one to a public address.
func openPublicSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
    _ target: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let target = unsafe target else { return ccurl_no_socket() }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe ccurl_address(target, &bytes)
    let address = Array(bytes.prefix(count))
    // An address of another family is neither.
    guard PublicAddress.isPublic(v4: address) || PublicAddress.isPublic(v6: address) else {
        return ccurl_no_socket()
    }
    return unsafe ccurl_open(target)
}
