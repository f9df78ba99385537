import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// Bytes of a digest.
    package static let byteCount = 32

    /// Digest of the whole message.
    package static func digest(_ message: [UInt8]) -> [UInt8] {
        unsafe digestWith(EVP_sha256(), byteCount: byteCount, of: message)
    }
}

/// SHA-512 (FIPS 180-4).
package enum SHA512 {
    /// Bytes of a digest.
    package static let byteCount = 64

    /// Digest of the whole message.
    package static func digest(_ message: [UInt8]) -> [UInt8] {
        unsafe digestWith(EVP_sha512(), byteCount: byteCount, of: message)
    }
}

/// The digest of the message by one of the SHA-2 family.
private func digestWith(
    _ algorithm: OpaquePointer?, byteCount: Int, of message: [UInt8]
) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    var length: UInt32 = 0
    let status = unsafe EVP_Digest(message, message.count, &digest, &length, algorithm, nil)
    precondition(
        status == 1 && Int(length) == byteCount,
        "OpenSSL's default provider always has SHA-2, and a digest needs no other resource")
    return digest
}

/// The members of the SHA-2 family that HTTP digests use, by their names of RFC 9530.
enum SHA2: String, Sendable, Hashable {
    case sha256 = "sha-256"
    case sha512 = "sha-512"

    init?(name: ArraySlice<UInt8>) {
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }

    var byteCount: Int {
        switch self {
        case .sha256: SHA256.byteCount
        case .sha512: SHA512.byteCount
        }
    }
}

/// A digest over a message that arrives in pieces.
@safe package final class RunningDigest {
    private let context: OpaquePointer?
    private let byteCount: Int

    /// The SHA-256 of what is to come.
    package convenience init() { self.init(.sha256) }

    init(_ algorithm: SHA2) {
        byteCount = algorithm.byteCount
        unsafe context = EVP_MD_CTX_new()
        let kind = unsafe algorithm == .sha256 ? EVP_sha256() : EVP_sha512()
        let status = unsafe EVP_DigestInit_ex(context, kind, nil)
        precondition(status == 1, "OpenSSL's default provider always has SHA-2")
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Takes the next piece of the message.
    package func update(_ bytes: [UInt8]) {
        let status = unsafe EVP_DigestUpdate(context, bytes, bytes.count)
        precondition(status == 1, "a digest that has begun takes any bytes")
    }

    /// The digest of all pieces; asked once.
    package func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        var length: UInt32 = 0
        let status = unsafe EVP_DigestFinal_ex(context, &digest, &length)
        precondition(
            status == 1 && Int(length) == byteCount, "a digest is finished once, with its length")
        return digest
    }
}

/// Comparison whose time does not depend on the contents.
package enum ConstantTime {
    /// Whether both have the same bytes; only the lengths may show in the time it takes.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}

/// Random bytes fit for keys and nonces.
package enum SecureRandom {
    /// `count` bytes from OpenSSL's generator.
    package static func bytes(_ count: Int) throws(SigningError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard let length = Int32(exactly: count), unsafe RAND_bytes(&bytes, length) == 1 else {
            throw .randomUnavailable
        }
        return bytes
    }
}
