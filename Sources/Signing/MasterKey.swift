/// The 32 random bytes from which every key of this service at rest is derived.
package struct MasterKey: Sendable {
    /// Why some bytes are no master key.
    package enum Refusal: String, Error, Sendable, CaseIterable {
        case missing = "the master key is empty"
        case notBase64 = "the master key is neither 32 bytes nor their base64"
        case wrongLength = "the master key is not exactly 32 bytes long"
        case allBytesEqual = "the master key repeats one byte"
        case tooFewDistinctBytes = "the master key has fewer than 8 different bytes"
        case notRandom = "the master key is text or a count, not random bytes"
    }

    /// Bytes of a master key.
    package static let byteCount = 32

    /// First byte of everything it seals, to find it again; derived, says nothing of the key.
    package let id: UInt8
    private let bytes: [UInt8]

    /// Takes the content of a key file: 32 raw bytes, or base64 text with or without a line end.
    package init(file content: [UInt8]) throws(Refusal) {
        if content.count == Self.byteCount, !content.allSatisfy(Self.isText) {
            try self.init(raw: content)
        } else {
            try self.init(base64: content)
        }
    }

    /// Takes the value of an environment variable: base64 text.
    package init(base64 text: String) throws(Refusal) {
        try self.init(base64: Array(text.utf8))
    }

    /// Makes a new key; for tests and for first starts.
    package static func random() throws(SigningError) -> MasterKey {
        while true {
            let bytes = try SecureRandom.bytes(byteCount)
            // Refused once in 10^13 times: then other bytes will do.
            if let key = try? MasterKey(raw: bytes) { return key }
        }
    }

    private init(base64 text: [UInt8]) throws(Refusal) {
        var text = text[...]
        while text.last == UInt8(ascii: "\n") || text.last == UInt8(ascii: "\r") {
            text = text.dropLast()
        }
        if text.isEmpty { throw .missing }
        guard let bytes = Base64.decode(text) else { throw .notBase64 }
        try self.init(raw: bytes)
    }

    private init(raw bytes: [UInt8]) throws(Refusal) {
        guard bytes.count == Self.byteCount else { throw .wrongLength }
        let distinct = Set(bytes).count
        if distinct == 1 { throw .allBytesEqual }
        if distinct < 8 { throw .tooFewDistinctBytes }
        // 32 random bytes are all printable once in 10^13 times; a count never.
        let steps = Set(zip(bytes, bytes.dropFirst()).map { $1 &- $0 })
        if steps.count == 1 || bytes.allSatisfy(Self.isText) { throw .notRandom }
        self.bytes = bytes
        id = HKDF.derive(from: bytes, info: Array("customer-care key id v1".utf8), count: 1)[0]
    }

    private static func isText(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte <= 0x7E || (0x09...0x0D).contains(byte)
    }

    /// What a derived key is for; the raw value separates one from another and never changes.
    enum Purpose: String {
        case personalData = "customer-care seal personal-data v1"
        case clientSecrets = "customer-care seal client-secrets v1"
        case blindIndex = "customer-care blind-index v1"
        case messageCodes = "customer-care message-codes v1"
    }

    /// 32 bytes that only this key gives, for one purpose.
    func derived(for purpose: Purpose) -> [UInt8] {
        HKDF.derive(from: bytes, info: Array(purpose.rawValue.utf8), count: 32)
    }
}
