/// What every signed request of this service must cover and carry.
package struct SignaturePolicy: Sendable {
    /// Seconds that `created` may lie before or after the clock.
    package let createdWindowSeconds: Int64
    /// Fewest characters of a nonce.
    package let minimumNonceLength: Int

    /// What a refused caller should sign: the value of `Accept-Signature` (RFC 9421 section 5.1).
    package static let acceptSignature =
        "sig1=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-type\" "
        + "\"content-digest\");created;keyid;nonce"

    /// The rules of the API, unless a test asks for others.
    package init(createdWindowSeconds: Int64 = 300, minimumNonceLength: Int = 8) {
        self.createdWindowSeconds = createdWindowSeconds
        self.minimumNonceLength = minimumNonceLength
    }

    /// Refuses a signature that covers or carries too little, or that is not of now.
    ///
    /// `now` is in seconds since 1970.
    package func check(
        _ signature: MessageSignature, hasBody: Bool, hasIdempotencyKey: Bool, now: Int64
    ) throws(SignatureFault) {
        try checkComponents(
            signature.components, hasBody: hasBody, hasIdempotencyKey: hasIdempotencyKey)
        if let algorithm = signature.algorithm, algorithm != "hmac-sha256" {
            throw .algorithmNotSupported
        }
        if signature.keyId == nil { throw .keyIdMissing }
        guard let nonce = signature.nonce else { throw .nonceMissing }
        if nonce.utf8.count < minimumNonceLength { throw .nonceTooShort }
        guard let created = signature.created else { throw .createdMissing }
        let window = now - createdWindowSeconds...now + createdWindowSeconds
        if !window.contains(created) { throw .createdOutsideWindow }
        if let expires = signature.expires {
            if expires < created { throw .expiresBeforeCreated }
            if expires < now { throw .expired }
        }
    }

    private func checkComponents(
        _ components: [String], hasBody: Bool, hasIdempotencyKey: Bool
    ) throws(SignatureFault) {
        if !components.contains("@method") { throw .componentMissingMethod }
        if !components.contains("@authority") { throw .componentMissingAuthority }
        let hasPathAndQuery = components.contains("@path") && components.contains("@query")
        if !hasPathAndQuery, !components.contains("@target-uri") {
            throw .componentMissingTarget
        }
        if hasBody {
            if !components.contains("content-type") { throw .componentMissingContentType }
            if !components.contains("content-digest") { throw .componentMissingContentDigest }
        }
        if hasIdempotencyKey, !components.contains("idempotency-key") {
            throw .componentMissingIdempotencyKey
        }
    }
}
