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
        guard let digests = parse(headerValue) else { return .malformed }
        return outcome(of: digests) { algorithm in
            switch algorithm {
            case .sha256: SHA256.digest(body)
            case .sha512: SHA512.digest(body)
            }
        }
    }

    /// The digests that a header value states; nil when it is no dictionary of byte sequences.
    static func parse(_ headerValue: [UInt8]) -> [StatedDigest]? {
        guard headerValue.count <= maximumByteCount else { return nil }
        var scanner = StructuredFieldScanner(headerValue)
        var names: [ArraySlice<UInt8>] = []
        var digests: [StatedDigest] = []
        scanner.skipSpaces()
        repeat {
            scanner.skipOptionalWhitespace()
            guard let name = scanner.key(), scanner.take(UInt8(ascii: "=")),
                let bytes = scanner.byteSequence(), !names.contains(name)
            else { return nil }
            names.append(name)
            digests.append(StatedDigest(algorithm: SHA2(name: name), bytes: bytes))
            scanner.skipOptionalWhitespace()
        } while scanner.take(UInt8(ascii: ","))
        return scanner.isAtEnd ? digests : nil
    }

    /// Compares what is stated with what is there; an unknown algorithm is passed over.
    static func outcome(
        of digests: [StatedDigest], actual: (SHA2) -> [UInt8]
    ) -> Outcome {
        var outcome = Outcome.noKnownAlgorithm
        for digest in digests {
            guard let algorithm = digest.algorithm else { continue }
            guard ConstantTime.equal(actual(algorithm), digest.bytes) else { return .mismatch }
            outcome = .matches
        }
        return outcome
    }

    /// The header value for a body: `sha-256=:…:`.
    package static func headerValue(for body: [UInt8]) -> [UInt8] {
        Array("sha-256=:".utf8) + Base64.encode(SHA256.digest(body)) + [UInt8(ascii: ":")]
    }
}

/// One digest of a `Content-Digest` header.
struct StatedDigest: Sendable {
    /// Nil for an algorithm that is not known here.
    let algorithm: SHA2?
    let bytes: [UInt8]
}

/// Holds a body that arrives in pieces against its `Content-Digest`.
package struct ContentDigestVerifier {
    private let digests: [StatedDigest]
    private let running: [SHA2: RunningDigest]

    /// Takes the header value; nil when it is malformed.
    package init?(headerValue: [UInt8]) {
        guard let digests = ContentDigest.parse(headerValue) else { return nil }
        self.digests = digests
        let known = Set(digests.compactMap(\.algorithm))
        running = Dictionary(uniqueKeysWithValues: known.map { ($0, RunningDigest($0)) })
    }

    /// Takes the next piece of the body.
    package func update(_ bytes: [UInt8]) {
        for digest in running.values { digest.update(bytes) }
    }

    /// What the header says about all that was taken; asked once.
    package func finish() -> ContentDigest.Outcome {
        let actual = running.mapValues { $0.finish() }
        return ContentDigest.outcome(of: digests) { actual[$0] ?? [] }
    }
}
