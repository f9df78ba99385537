/// The `Content-Digest` header (RFC 9530 section 2) with sha-256 and sha-512.
package enum ContentDigest {
    /// What a header says about a body.
    package enum Outcome: Sendable, Equatable {
        /// Every digest of a known algorithm is that of the body, and there is one.
        case matches
        /// A digest of a known algorithm is not that of the body.
        case mismatch
        /// Not a dictionary of byte sequences, or one algorithm twice.
        case malformed
        /// Well-formed, but neither sha-256 nor sha-512 is there.
        case noKnownAlgorithm
    }

    /// Longest header value that is looked at, in bytes; both algorithms take 160.
    package static let maximumByteCount = 2_048

    /// Compares a header value (several lines joined with a comma) with the raw body.
    package static func verify(headerValue: [UInt8], body: [UInt8]) -> Outcome {
        guard headerValue.count <= maximumByteCount else { return .malformed }
        var scanner = StructuredFieldScanner(headerValue)
        var digests: [(algorithm: ArraySlice<UInt8>, bytes: [UInt8])] = []
        scanner.skipSpaces()
        repeat {
            scanner.skipOptionalWhitespace()
            guard let algorithm = scanner.key(), scanner.take(UInt8(ascii: "=")),
                let bytes = scanner.byteSequence(),
                !digests.contains(where: { $0.algorithm == algorithm })
            else { return .malformed }
            digests.append((algorithm, bytes))
            scanner.skipOptionalWhitespace()
        } while scanner.take(UInt8(ascii: ","))
        guard scanner.isAtEnd else { return .malformed }

        var outcome = Outcome.noKnownAlgorithm
        for digest in digests {
            let actual: [UInt8]
            if digest.algorithm.elementsEqual("sha-256".utf8) {
                actual = SHA256.digest(body)
            } else if digest.algorithm.elementsEqual("sha-512".utf8) {
                actual = SHA512.digest(body)
            } else {
                continue
            }
            guard ConstantTime.equal(actual, digest.bytes) else { return .mismatch }
            outcome = .matches
        }
        return outcome
    }

    /// The header value for a body: `sha-256=:…:`.
    package static func headerValue(for body: [UInt8]) -> [UInt8] {
        Array("sha-256=:".utf8) + Base64.encode(SHA256.digest(body)) + [UInt8(ascii: ":")]
    }
}
