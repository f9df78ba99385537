import HTTP
import Signing

/// A body that is taken piece by piece, and held against its signed digest at its end.
///
/// What was taken before the end counts for nothing until `next` has returned nil.
final class IncomingBody {
    /// Its media type: one that the route names.
    let mediaType: String
    /// Whether its bytes are to be expanded; its digest is of what came.
    let isGzip: Bool
    /// The Content-Digest that it must have, as it was signed.
    let digestHeader: [UInt8]?
    /// How many bytes have been taken.
    private(set) var byteCount = 0

    private let stream: BodyStream
    private let digest: ContentDigestVerifier?
    private var isOver = false

    /// Takes the stream of a request whose signature covers `digest`, the Content-Digest header;
    /// nil where nobody has signed.
    init(
        _ stream: BodyStream, mediaType: String, isGzip: Bool, digest: [UInt8]?
    ) throws(Problem) {
        self.stream = stream
        self.mediaType = mediaType
        self.isGzip = isGzip
        digestHeader = digest
        if let digest {
            guard let verifier = ContentDigestVerifier(headerValue: digest) else {
                throw IncomingBody.refusal(.contentDigestMalformed)
            }
            self.digest = verifier
        } else {
            self.digest = nil
        }
    }

    /// The next piece, or nil once all of it is there and is what was signed.
    ///
    /// Throws 401 for another body than the signed one, 413 for one that is too large, 408 for one
    /// that stops, 400 for broken framing.
    func next() async throws(Problem) -> [UInt8]? {
        if isOver { return nil }
        let piece: [UInt8]?
        do {
            piece = try await stream.next()
        } catch {
            isOver = true
            throw Problem(error)
        }
        if let piece {
            byteCount += piece.count
            digest?.update(piece)
            return piece
        }
        isOver = true
        switch digest?.finish() {
        case nil, .matches: return nil
        case .mismatch: throw IncomingBody.refusal(.contentDigestMismatch)
        case .malformed: throw IncomingBody.refusal(.contentDigestMalformed)
        case .noKnownAlgorithm: throw IncomingBody.refusal(.contentDigestUnknownAlgorithm)
        }
    }

    private static func refusal(_ fault: SignatureFault) -> Problem {
        Problem(.unauthenticated, reason: fault.reason)
    }
}

extension Problem {
    /// What a body that cannot be had whole is answered with.
    init(_ fault: BodyFault) {
        switch fault {
        case .invalid(let status): self.init(Problem.Code(status: status))
        case .incomplete: self.init(.requestTimeout)
        }
    }
}
