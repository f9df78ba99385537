import Electricity
import HTTP
import JSON
import Postgres
import Signing

/// The Idempotency-Key of one request and what it stands for
/// (draft-ietf-httpapi-idempotency-key-header).
struct IdempotencyKey: Sendable {
    let key: String
    /// SHA-256 over method, path and body: the same key may only repeat the same request.
    let fingerprint: [UInt8]

    /// Reads the header: a structured string in quotes, or bare as many clients send it.
    ///
    /// Throws 400 when it is missing, repeated, empty, too long or not visible ASCII.
    init(_ request: Request) throws(Problem) {
        guard var bytes = request.fields.only("idempotency-key") else {
            throw Problem(.idempotencyKeyMissing)
        }
        if bytes.count >= 2, bytes.first == 0x22, bytes.last == 0x22 {
            bytes = Array(bytes[1..<(bytes.count - 1)])
        }
        guard (1...IdempotencyKey.longest).contains(bytes.count),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }),
            let key = String(validating: bytes, as: UTF8.self)
        else { throw Problem(.idempotencyKeyMissing) }
        self.key = key
        var signed = Array((request.method?.rawValue ?? "").utf8)
        signed.append(0x20)
        signed.append(contentsOf: request.target.path)
        signed.append(0x0A)
        signed.append(contentsOf: request.body)
        fingerprint = SHA256.digest(signed)
    }

    private static let longest = 255
}

extension Context {
    /// Runs a write once per Idempotency-Key of this client and account, and answers every
    /// repetition with the stored answer.
    ///
    /// The answer is stored in the transaction of the effect, which others may share where `keys`
    /// are given; the account need not be among them.
    func writeOnce(
        _ operation: String, account: UUID, sharedBy keys: [String]? = nil,
        _ body: (Transaction<Problem>) async throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        guard let idempotency, let client else { throw Problem(.idempotencyKeyMissing) }
        // Two of one account would each find that nobody else is at work under the key.
        let shared = keys.map { $0 + [account.description] }
        return try await write(sharedBy: shared) { (transaction) async throws(Problem) -> Answer in
            let identity: [Parameter] = [
                .uuid(account), .uuid(client.clientId), .text(operation), .text(idempotency.key),
            ]
            // The lock only tells "still running" from "not there": the primary key decides.
            let lock = "\(account) \(client.clientId) \(operation) \(idempotency.key)"
            let begun = try await transaction.queryOne(
                StoredAnswer.begin, identity[0], identity[1], identity[2], identity[3],
                .text(lock))
            guard let begun, begun.isMine else {
                var problem = Problem(.requestInProgress)
                problem.retryAfterSeconds = 1
                throw problem
            }
            if let stored = begun.stored, stored.expiresAt <= now {
                // Not swept away yet.
                try await transaction.queue(
                    StoredAnswer.forget, identity[0], identity[1], identity[2], identity[3])
            } else if let stored = begun.stored {
                guard ConstantTime.equal(stored.fingerprint, idempotency.fingerprint) else {
                    throw Problem(.idempotencyKeyReused)
                }
                return Answer(status: Int(stored.status), body: stored.answer)
            }
            let answer = try await body(transaction)
            try await transaction.queue(
                StoredAnswer.store, identity[0], identity[1], identity[2], identity[3],
                .bytes(idempotency.fingerprint), .int64(Int64(answer.status)), .bytes(answer.body),
                .timestamp(now.advanced(bySeconds: StoredAnswer.keptSeconds)))
            return answer
        }
    }
}

extension Context {
    /// Replaces the answer kept for this request, when the rest of it is known.
    func replaceStoredAnswer(
        _ operation: String, account: UUID, with answer: Answer,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        guard let idempotency, let client else { return }
        try await transaction.queue(
            StoredAnswer.replace, .uuid(account), .uuid(client.clientId), .text(operation),
            .text(idempotency.key), .int64(Int64(answer.status)), .bytes(answer.body))
    }
}

/// The answer of an earlier request with the same key.
struct StoredAnswer {
    /// 48 hours.
    static let keptSeconds: Int64 = 172_800

    let fingerprint: [UInt8]
    let status: Int32
    let answer: [UInt8]
    let expiresAt: Instant

    /// Whether nobody else is at work under a key, and what is stored under it.
    struct Begun: Row {
        static let columns = ["is_mine", "fingerprint", "status", "answer", "expires_at"]
        let isMine: Bool
        let stored: StoredAnswer?

        init(_ row: inout RowDecoder) throws(RowError) {
            isMine = try row.bool()
            if let fingerprint = try row.optionalBytes() {
                stored = StoredAnswer(
                    fingerprint: fingerprint, status: try row.int32(), answer: try row.bytes(),
                    expiresAt: try row.instant())
            } else {
                for _ in 0..<3 { try row.skip() }
                stored = nil
            }
        }
    }

    static let begin = Statement<Begun>(
        "idempotency_begin",
        """
        -- One row: whether no other transaction is at work under the key, by lock $5, and the
        -- answer stored under it. One that was stored in this very moment may be missing: storing
        -- another violates idempotency_keys_pkey.
        select pg_try_advisory_xact_lock(hashtextextended($5, 0)) as is_mine, k.fingerprint,
            k.status, k.answer, k.expires_at
        from (select) as one
        left join idempotency_keys k on k.account_id = $1 and k.client_id = $2
            and k.operation = $3 and k.idempotency_key = $4
        """)

    static let forget = Command(
        "idempotency_forget",
        """
        -- Makes room for another answer under a key whose own has expired.
        delete from idempotency_keys
        where account_id = $1 and client_id = $2 and operation = $3 and idempotency_key = $4
        """)

    static let store = Command(
        "idempotency_store",
        """
        -- Stores an answer.
        insert into idempotency_keys (account_id, client_id, operation, idempotency_key,
            fingerprint, status, answer, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """)

    static let replace = Command(
        "idempotency_replace",
        """
        -- Completes an answer that was given in part.
        update idempotency_keys set status = $5, answer = $6
        where account_id = $1 and client_id = $2 and operation = $3 and idempotency_key = $4
        """)
}
