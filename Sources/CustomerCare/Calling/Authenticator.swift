import Electricity
import HTTP
import Signing

/// Finds out who has signed a request (RFC 9421), and refuses with one and the same 401.
final class Authenticator {
    /// An external origin of the service, as clients and proxies name it.
    struct Origin: Sendable {
        let scheme: SignedMessage.Scheme
        let authority: [UInt8]
    }

    private let clients: ClientRegistry
    private let origins: [Origin]
    private let policy = SignaturePolicy(minimumNonceLength: 1)
    private var reads: NonceMemory
    /// Compared with in place of secrets that a client does not have.
    private let nobody: HMACSHA256Key

    /// Where signatures are refused for a while after they expire: clocks differ both ways.
    private static let nonceSeconds: Int64 = 900

    init(clients: ClientRegistry, origins: [Origin], nobodysKey: [UInt8]) {
        self.clients = clients
        self.origins = origins
        nobody = HMACSHA256Key(nobodysKey)
        reads = NonceMemory()
    }

    /// The client behind a request and the nonce to be used up, or 401 with the reason for the log.
    ///
    /// A body that is unread cannot be held against its digest, which must still be signed.
    func authenticate(
        _ request: Request, now: Instant, bodyIsUnread: Bool = false
    ) throws(Problem) -> (client: Client, nonce: SignedNonce) {
        guard clients.isLoaded else {
            var problem = Problem(.unavailable, reason: "clients_not_loaded")
            problem.retryAfterSeconds = 1
            throw problem
        }
        var keyId: String?
        do {
            return try verify(request, now: now, bodyIsUnread: bodyIsUnread, &keyId)
        } catch {
            var problem = Problem(.unauthenticated, reason: error.reason)
            problem.keyId = keyId
            throw problem
        }
    }

    private func verify(
        _ request: Request, now: Instant, bodyIsUnread: Bool, _ namedKeyId: inout String?
    ) throws(SignatureFault) -> (client: Client, nonce: SignedNonce) {
        guard let input = request.fields.combined("signature-input"),
            let code = request.fields.combined("signature")
        else { throw .missingSignature }
        let signature = try MessageSignature.parse(input: input, signature: code)
        namedKeyId = signature.keyId
        try policy.check(
            signature, hasBody: bodyIsUnread || !request.body.isEmpty,
            hasIdempotencyKey: request.fields.count(of: "idempotency-key") > 0,
            now: now.secondsSince1970)
        guard let keyId = signature.keyId else { throw .keyIdMissing }
        guard let nonce = signature.nonce else { throw .nonceMissing }
        let base = try message(request).base(for: signature) { name, base in
            guard let value = request.fields.combined(name) else { return false }
            base.append(contentsOf: value)
            return true
        }
        let client = clients.client(keyId: keyId)
        guard isSigned(base, with: signature.signature, by: client, now: now) else {
            throw client == nil ? .unknownKey : .mismatch
        }
        if !bodyIsUnread { try checkDigest(request) }
        guard let client else { throw .unknownKey }
        let isRead = request.method == .get || request.method == .head
        if isRead, !reads.remember(keyId: keyId, nonce: nonce) { throw .nonceReplayed }
        let expiresAt = now.advanced(bySeconds: Authenticator.nonceSeconds)
        return (client, SignedNonce(keyId: keyId, nonce: nonce, expiresAt: expiresAt))
    }

    /// Compares with the live secrets.
    ///
    /// Whatever is wrong costs as much: two comparisons, as many as a client in rotation has
    /// secrets.
    private func isSigned(
        _ base: [UInt8], with code: [UInt8], by client: Client?, now: Instant
    ) -> Bool {
        var comparisons = 0
        for (key, expiresAt) in client?.keys ?? [] {
            if let expiresAt, expiresAt <= now { continue }
            if key.isCode(code, of: base) { return true }
            comparisons += 1
        }
        while comparisons < 2 {
            _ = nobody.isCode(code, of: base)
            comparisons += 1
        }
        return false
    }

    /// The request as its client has seen it: under one of our external origins.
    private func message(_ request: Request) throws(SignatureFault) -> SignedMessage {
        guard let authority = request.authority else { throw .authorityNotOurs }
        for origin in origins {
            let normal = SignedMessage.normalizedAuthority(authority, scheme: origin.scheme)
            if normal == origin.authority {
                return SignedMessage(
                    method: Array((request.method?.rawValue ?? "").utf8), scheme: origin.scheme,
                    authority: normal, path: request.target.path, query: request.target.query)
            }
        }
        throw .authorityNotOurs
    }

    /// The body must be the one that was signed, by every digest that is named (RFC 9530).
    private func checkDigest(_ request: Request) throws(SignatureFault) {
        guard let digest = request.fields.combined("content-digest") else {
            if request.body.isEmpty { return }
            throw .componentMissingContentDigest
        }
        switch ContentDigest.verify(headerValue: digest, body: request.body) {
        case .matches: return
        case .mismatch: throw .contentDigestMismatch
        case .malformed: throw .contentDigestMalformed
        case .noKnownAlgorithm: throw .contentDigestUnknownAlgorithm
        }
    }
}

/// The newest nonces of reads on one loop; best effort, since a read repeated changes nothing.
struct NonceMemory {
    /// How many nonces are remembered.
    static let capacity = 65_536

    private var known: Set<Int> = []
    private var order: [Int] = []
    private var oldest = 0

    /// Remembers a nonce; false when it is remembered already.
    ///
    /// Kept as hashes seeded anew in each process: two nonces that collide cost one needless 401.
    mutating func remember(keyId: String, nonce: String) -> Bool {
        var hasher = Hasher()
        hasher.combine(keyId)
        hasher.combine(nonce)
        let hash = hasher.finalize()
        guard known.insert(hash).inserted else { return false }
        if order.count < NonceMemory.capacity {
            order.append(hash)
        } else {
            known.remove(order[oldest])
            order[oldest] = hash
            oldest = (oldest + 1) % NonceMemory.capacity
        }
        return true
    }
}
