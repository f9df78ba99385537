/// Why a request's signature does not count; for the log, never for the caller.
///
/// The raw value is short and stable, and holds nothing of the request.
package enum SignatureFault: String, Error, Sendable, CaseIterable {
    // The two headers (RFC 9421 section 4).
    case missingSignature = "missing_signature"
    case headerTooLong = "header_too_long"
    case malformedSignatureInput = "malformed_signature_input"
    case malformedSignature = "malformed_signature"
    case severalLabels = "several_labels"
    case labelsDiffer = "labels_differ"
    case tooManyComponents = "too_many_components"
    case malformedComponent = "malformed_component"
    case duplicateComponent = "duplicate_component"
    case componentParameters = "component_parameters"
    case unknownParameter = "unknown_parameter"
    case duplicateParameter = "duplicate_parameter"
    case malformedParameter = "malformed_parameter"
    case parameterLength = "parameter_length"

    // The signature base (section 2).
    case unsupportedComponent = "unsupported_component"
    case componentAbsent = "component_absent"
    case componentNotOneLine = "component_not_one_line"

    // What this service asks for.
    case componentMissingMethod = "component_missing_method"
    case componentMissingAuthority = "component_missing_authority"
    case componentMissingTarget = "component_missing_target"
    case componentMissingContentType = "component_missing_content_type"
    case componentMissingContentDigest = "component_missing_content_digest"
    case componentMissingIdempotencyKey = "component_missing_idempotency_key"
    case createdMissing = "created_missing"
    case createdOutsideWindow = "created_outside_window"
    case expired = "expired"
    case expiresBeforeCreated = "expires_before_created"
    case keyIdMissing = "keyid_missing"
    case nonceMissing = "nonce_missing"
    case nonceTooShort = "nonce_too_short"
    case algorithmNotSupported = "algorithm_not_supported"

    // What only the verifier of a whole request knows.
    case contentDigestMismatch = "content_digest_mismatch"
    case contentDigestMalformed = "content_digest_malformed"
    case contentDigestUnknownAlgorithm = "content_digest_unknown_algorithm"
    case authorityNotOurs = "authority_not_ours"
    case unknownKey = "unknown_key"
    case revokedKey = "revoked_key"
    case mismatch = "signature_mismatch"
    case nonceReplayed = "nonce_replayed"

    /// Short stable word for the log.
    package var reason: String { rawValue }
}
