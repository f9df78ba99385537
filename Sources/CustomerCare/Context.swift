import Electricity
import Postgres
import Signing

/// What one request brings with it: who asks, when, and the way to the database.
///
/// Lives on one loop for the time of one request.
final class Context {
    /// The time at which the request was complete; the same for all it does.
    let now: Instant
    /// The name of this exchange.
    let requestId: UUID
    /// The language of texts for people.
    let language: Language
    /// Who has signed the request; nil for operations open to everybody.
    let client: Client?
    /// The way to the database, failing as problems.
    let database: DatabaseAccess<Problem>
    /// Seals, opens and compares personal data.
    let personalData: PersonalData
    /// The texts for people that travel inside the binary.
    let guides: GuideBook
    /// The tariffs in memory.
    private let tariffs: TariffRegistry
    /// The texts of messages as staff have approved them.
    let templates: MessageTemplates
    /// The providers of payments, and the way to them.
    let payments: PaymentGateway
    /// The store of documents, where the service has one.
    let attachments: AttachmentStore?
    /// The Official Account, where the service has one.
    let zalo: ZaloSettings?
    /// Makes and knows the codes of messages.
    let authenticity: MessageAuthenticity
    /// Seals the secrets of partners.
    let secretSeal: Seal
    /// Where reads of personal data are noted down.
    let readAudit: ReadAudit
    /// The signature's nonce, to be used up by a write.
    let nonce: SignedNonce?
    /// The Idempotency-Key, where the operation needs one.
    let idempotency: IdempotencyKey?
    /// The If-Match field: the version that the caller has seen of what it changes.
    let ifMatch: [UInt8]?
    /// The body as it arrives, where the route takes it so.
    let body: IncomingBody?
    /// The code the request is about, for the log (hashed there).
    var customerCode: CustomerCode?

    private let ids: IDSource
    private var nonceIsUsed = false

    init(
        now: Instant, requestId: UUID, language: Language, client: Client?,
        nonce: SignedNonce?, idempotency: IdempotencyKey?, ifMatch: [UInt8]?,
        body: IncomingBody? = nil,
        parts: Service.Parts
    ) {
        self.now = now
        self.requestId = requestId
        self.language = language
        self.client = client
        self.nonce = nonce
        self.idempotency = idempotency
        self.ifMatch = ifMatch
        self.body = body
        database = parts.database
        personalData = parts.personalData
        guides = parts.guides
        tariffs = parts.tariffs
        templates = parts.templates
        payments = parts.payments
        attachments = parts.attachments
        zalo = parts.zalo
        authenticity = parts.authenticity
        secretSeal = parts.secretSeal
        readAudit = parts.readAudit
        ids = parts.ids
    }

    /// Today in Vietnam.
    var today: LocalDate { LocalDate(of: now) }

    /// The tariffs in use; 503 on a service that has none, which serves everything else.
    func tariffVersion() throws(Problem) -> TariffRegistry.Version {
        guard let version = tariffs.current else {
            throw Problem(.unavailable, reason: "no tariffs are loaded")
        }
        return version
    }

    /// The tariffs in use, or nil where an answer can do without.
    var tariffVersionIfAny: TariffRegistry.Version? { tariffs.current }

    /// So many random bytes, for secrets.
    func randomBytes(_ count: Int) -> [UInt8] { ids.randomBytes(count) }
    /// 64 random bits.
    func randomBits() -> UInt64 { ids.bits() }

    /// A new id.
    func newId() -> UUID { ids.next(at: now) }

    /// Runs a write in one transaction, in which the signature's nonce is used up: however often
    /// and on however many instances the same request arrives, it takes effect once.
    ///
    /// With `keys`, it shares a transaction and its commit with others (see
    /// `Database.sharedTransaction` for what they must name).
    func write<Result>(
        sharedBy keys: [String]? = nil,
        _ body: (Transaction<Problem>) async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        func once(_ transaction: Transaction<Problem>) async throws(Problem) -> Result {
            try await useNonce(in: transaction)
            return try await body(transaction)
        }
        let result =
            if let keys {
                try await database.sharedTransaction(keys: keys, once)
            } else {
                try await database.transaction(.readWrite, once)
            }
        nonceIsUsed = true
        return result
    }

    private func useNonce(in transaction: Transaction<Problem>) async throws(Problem) {
        guard let nonce, !nonceIsUsed else { return }
        // Not waited for: the next statement, or the commit, fails when it was used before.
        try await transaction.queue(
            Context.useNonceStatement, .text(nonce.keyId), .text(nonce.nonce),
            .timestamp(nonce.expiresAt))
    }

    static let useNonceStatement = Command(
        "use_nonce",
        """
        -- Uses up a nonce; violates nonces_pkey when it was used before.
        insert into nonces (key_id, nonce, expires_at) values ($1, $2, $3)
        """)
}

/// The nonce of a verified signature.
struct SignedNonce: Sendable {
    let keyId: String
    let nonce: String
    /// When the signature is too old to be accepted anyway.
    let expiresAt: Instant
}

extension Parameter {
    /// An instant, or NULL.
    static func timestamp(_ instant: Instant?) -> Parameter {
        .timestamp(microseconds1970: instant?.microsecondsSince1970)
    }

    /// A day, or NULL.
    static func date(_ date: LocalDate?) -> Parameter {
        .date(days1970: (date?.daysSince1970).map { Int32(truncatingIfNeeded: $0) })
    }

    /// The first day of a month, as months are kept, or NULL.
    static func month(_ month: BillingMonth?) -> Parameter { .date(month?.firstDay) }
}
