import COpenSSL

/// Encrypts values at rest with AES-256-GCM (NIST SP 800-38D), bound to their place.
///
/// A sealed value is: version (1), id of the master key, nonce (12 bytes), ciphertext, tag (16
/// bytes), so 30 bytes more than the plaintext.
package struct Seal: Sendable {
    /// What is sealed; each has its own key.
    package enum Purpose: Sendable {
        /// Names, phone numbers, national ids, addresses.
        case personalData
        /// Shared secrets of signed clients.
        case clientSecrets

        fileprivate var derivation: MasterKey.Purpose {
            switch self {
            case .personalData: .personalData
            case .clientSecrets: .clientSecrets
            }
        }
    }

    /// Bytes that sealing adds.
    package static let overhead = headerCount + nonceCount + tagCount

    private static let version: UInt8 = 1
    private static let headerCount = 2
    private static let nonceCount = 12
    private static let tagCount = 16

    /// A sealing key, and the id of its master key, which a sealed value holds.
    private struct Key {
        let id: UInt8
        let bytes: [UInt8]
    }

    private let newest: Key
    private let keys: [Key]

    /// Takes the live master keys, newest first: the first one seals, all of them open.
    package init(masterKeys: [MasterKey], purpose: Purpose) throws(SigningError) {
        keys = masterKeys.map { Key(id: $0.id, bytes: $0.derived(for: purpose.derivation)) }
        guard let newest = keys.first else { throw .noMasterKey }
        self.newest = newest
    }

    /// Seals; only the same `context` opens again: table, column and row, such as
    /// `customers.phone/PB01020012345`.
    package func seal(_ plaintext: [UInt8], context: String) throws(SigningError) -> [UInt8] {
        let header = [Self.version, newest.id]
        let nonce = try SecureRandom.bytes(Self.nonceCount)
        let cipher = try CipherRun(
            key: newest.bytes, nonce: nonce, associated: header + Array(context.utf8),
            direction: .encrypt)
        let ciphertext = try cipher.update(plaintext)
        return header + nonce + ciphertext + (try cipher.finishEncrypting(tagCount: Self.tagCount))
    }

    /// Opens what ``seal(_:context:)`` made with any of the keys.
    package func open(_ sealed: [UInt8], context: String) throws(SigningError) -> [UInt8] {
        guard sealed.count >= Self.overhead, sealed[0] == Self.version else {
            throw .malformedSeal
        }
        let header = Array(sealed.prefix(Self.headerCount))
        let nonce = Array(sealed[Self.headerCount..<Self.headerCount + Self.nonceCount])
        let ciphertext = Array(
            sealed[(Self.headerCount + Self.nonceCount)...].dropLast(Self.tagCount))
        var fault = SigningError.unknownMasterKey
        // Two keys share an id once in 256 times: then the tag tells which one it was.
        for key in keys where key.id == header[1] {
            let cipher = try CipherRun(
                key: key.bytes, nonce: nonce, associated: header + Array(context.utf8),
                direction: .decrypt)
            let plaintext = try cipher.update(ciphertext)
            if cipher.finishDecrypting(tag: Array(sealed.suffix(Self.tagCount))) {
                return plaintext
            }
            fault = .sealBroken
        }
        throw fault
    }
}

/// One use of AES-256-GCM, from key to tag.
@safe
private final class CipherRun {
    /// Which way it goes; the raw value is the argument `enc` of `EVP_CipherInit_ex`.
    enum Direction: Int32 {
        case decrypt = 0
        case encrypt = 1
    }

    private let context: OpaquePointer

    init(
        key: [UInt8], nonce: [UInt8], associated: [UInt8], direction: Direction
    ) throws(SigningError) {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .cryptographyFailed }
        unsafe self.context = unsafe context
        var length: Int32 = 0
        let isReady =
            unsafe EVP_CipherInit_ex(
                context, EVP_aes_256_gcm(), nil, key, nonce, direction.rawValue) == 1
            && EVP_CipherUpdate(context, nil, &length, associated, Int32(associated.count)) == 1
        if !isReady { throw .cryptographyFailed }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Turns the whole text; GCM gives as many bytes as it takes.
    func update(_ text: [UInt8]) throws(SigningError) -> [UInt8] {
        if text.isEmpty { return [] }
        var result = [UInt8](repeating: 0, count: text.count)
        var length: Int32 = 0
        guard let count = Int32(exactly: text.count),
            unsafe EVP_CipherUpdate(context, &result, &length, text, count) == 1,
            length == count
        else { throw .cryptographyFailed }
        return result
    }

    func finishEncrypting(tagCount: Int) throws(SigningError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: tagCount)
        var nothing: UInt8 = 0
        var length: Int32 = 0
        let succeeded =
            unsafe EVP_CipherFinal_ex(context, &nothing, &length) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tagCount), &tag) == 1
        if !succeeded { throw .cryptographyFailed }
        return tag
    }

    /// Whether the tag is right; before that the plaintext counts for nothing.
    func finishDecrypting(tag: [UInt8]) -> Bool {
        var tag = tag
        var nothing: UInt8 = 0
        var length: Int32 = 0
        return unsafe EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_GCM_SET_TAG, Int32(tag.count), &tag) == 1
            && EVP_CipherFinal_ex(context, &nothing, &length) == 1
    }
}
