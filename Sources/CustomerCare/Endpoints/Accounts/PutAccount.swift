import Electricity
import JSON
import Postgres

/// Creates the account of a Zalo user, or updates it: the same id however often it is called.
struct PutAccount: Endpoint {
    static let route = Route.put("/v1/accounts")

    let zaloUserId: String
    /// nil keeps what is there; a new account gets Vietnamese.
    let locale: Language?
    let consentTextVersion: String?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let zaloUserId = object?.string("zaloUserId", length: 1...64)
        if let zaloUserId, !zaloUserId.utf8.allSatisfy(PutAccount.isIDByte) {
            object?.fault("zaloUserId", .wrongFormat)
        }
        let locale = object?.optionalString("locale", length: 2...2)
        self.locale = locale.flatMap(Language.init(rawValue:))
        if locale != nil, self.locale == nil { object?.fault("locale", .wrongFormat) }
        let consent = object?.optionalObject("consent")
        consentTextVersion = consent.flatMap { TextVersion.read($0) }
        if let problem = Problem(faults) { throw problem }
        guard let zaloUserId else { throw Problem(.invalidRequest) }
        self.zaloUserId = zaloUserId
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let newId = context.newId()
        let (account, isNew) = try await context.write {
            (transaction) async throws(Problem) -> (Account, Bool) in
            let (accountId, isNew) = try await owner(newId, in: transaction)
            // Somebody may follow the page long before there is an account.
            let contact = try await transaction.queryOne(ZaloContact.find, .text(zaloUserId))
            let follows = contact?.followState ?? .unknown
            let account = try await transaction.queryOne(
                PutAccount.statement, .uuid(accountId), .text(zaloUserId),
                .text(locale?.rawValue), .text(consentTextVersion), .timestamp(context.now),
                .text(follows.rawValue))
            guard let account else { throw Problem(.internalError, reason: "account_vanished") }
            if let consentTextVersion {
                try await transaction.queue(
                    PutAccount.noteConsent, .uuid(accountId), .uuid(context.newId()),
                    .text(consentTextVersion), .timestamp(context.now))
            }
            if isNew {
                try await context.audit(.accountCreated, account: accountId, in: transaction)
            }
            return (account, isNew)
        }
        var answer = Answer.object(status: isNew ? 201 : 200) { account.write(to: &$0) }
        if isNew { answer.location = "/v1/accounts/\(account.accountId)" }
        return answer
    }

    /// Whose the Zalo id is.
    ///
    /// Its row is written first: it decides who creates the account.
    private func owner(
        _ newId: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) -> (accountId: UUID, isNew: Bool) {
        // The row can vanish between the two statements when its account is deleted just then.
        for _ in 0..<3 {
            let claimed = try await transaction.run(
                PutAccount.claim, .text(zaloUserId), .uuid(newId))
            if let owner = try await transaction.queryOne(PutAccount.find, .text(zaloUserId)) {
                return (owner.accountId, claimed == 1)
            }
        }
        throw Problem(.unavailable, reason: "zalo_user_contended")
    }

    /// `[0-9A-Za-z_-]`.
    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }

    /// Whose account a Zalo id is.
    struct Owner: Row {
        static let columns = ["account_id"]
        let accountId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
        }
    }

    static let claim = Command(
        "put_account_claim",
        """
        -- Gives a Zalo id to a new account, unless it has one.
        insert into zalo_users (zalo_user_id, account_id) values ($1, $2)
        on conflict (zalo_user_id) do nothing
        """)

    static let find = Statement<Owner>(
        "put_account_find",
        """
        -- The account of a Zalo id; one row. Locked, so that a deletion waits.
        select account_id from zalo_users where zalo_user_id = $1 for update
        """)

    static let noteConsent = Command(
        "put_account_note_consent",
        """
        -- What the person has agreed to, unless it is what was agreed to last.
        insert into consent_events (account_id, consent_event_id, text_version, given_at)
        select $1, $2, $3, $4
        where $3::text is distinct from (
            select e.text_version from consent_events e
            where e.account_id = $1 order by e.given_at desc, e.consent_event_id desc limit 1)
        """)

    static let statement = Statement<Account>(
        "put_account",
        """
        -- The account, created or updated; null keeps what is there.
        insert into accounts as a (account_id, zalo_user_id, locale, follow_state,
            consent_text_version, consent_at, created_at, updated_at)
        values ($1, $2, coalesce($3, 'vi'), $6, $4,
            case when $4::text is null then null else $5::timestamptz end, $5, $5)
        on conflict (account_id) do update
        set locale = coalesce($3, a.locale),
            consent_text_version = coalesce($4, a.consent_text_version),
            consent_at = case when $4::text is null then a.consent_at else excluded.consent_at end,
            updated_at = excluded.updated_at
        returning account_id, zalo_user_id, locale, follow_state, consent_text_version,
            consent_at, created_at, updated_at
        """)
}
