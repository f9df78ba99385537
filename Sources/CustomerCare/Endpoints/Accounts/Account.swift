import Electricity
import JSON
import Postgres

/// A person's Zalo identity in this service (tài khoản).
struct Account: Row {
    static let columns = [
        "account_id", "zalo_user_id", "locale", "follow_state", "consent_text_version",
        "consent_at", "created_at", "updated_at",
    ]

    let accountId: UUID
    let zaloUserId: String
    let locale: String
    let followState: String
    let consentTextVersion: String?
    let consentAt: Instant?
    let createdAt: Instant
    let updatedAt: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        accountId = try row.uuid()
        zaloUserId = try row.string()
        locale = try row.string()
        followState = try row.string()
        consentTextVersion = try row.optionalString()
        consentAt = try row.optionalInstant()
        createdAt = try row.instant()
        updatedAt = try row.instant()
    }

    /// The members of the account as the contract has them.
    func write(to json: inout JSONWriter) {
        json.field("accountId", accountId.description)
        json.field("zaloUserId", zaloUserId)
        json.field("locale", locale)
        json.field("followState", followState)
        if let consentTextVersion, let consentAt {
            json.field("consent") { json in
                json.field("textVersion", consentTextVersion)
                json.field("givenAt", consentAt)
            }
        } else {
            json.nullField("consent")
        }
        json.field("createdAt", createdAt)
        json.field("updatedAt", updatedAt)
    }
}

/// The account of a request, locked until the transaction ends.
struct LockedAccount: Row {
    static let columns = ["account_id"]

    init(_ row: inout RowDecoder) throws(RowError) {
        _ = try row.uuid()
    }

    /// Locks an account against concurrent changes of its subscriptions; 404 when it is not there.
    static func lock(
        _ account: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        let locked = try await transaction.queryOne(statement, .uuid(account))
        if locked == nil { throw Problem(.notFound) }
    }

    static let statement = Statement<LockedAccount>(
        "account_lock",
        """
        -- One row when the account is there and not deleted.
        select account_id from accounts where account_id = $1 and deleted_at is null for update
        """)
}

/// The version of a text that somebody agreed to.
enum TextVersion {
    /// Reads a member of 1 to 32 of `[0-9A-Za-z._-]`; a fault is recorded.
    static func read(_ object: JSONObject, _ key: JSONName = "textVersion") -> String? {
        guard let version = object.string(key, length: 1...32) else { return nil }
        guard version.utf8.allSatisfy(isAllowed) else {
            object.fault(key, .wrongFormat)
            return nil
        }
        return version
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
