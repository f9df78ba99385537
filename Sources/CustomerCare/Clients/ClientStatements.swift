package import Electricity
package import Postgres

/// The SQL of `ClientAdministration`.
enum ClientStatements {
    static let insertClient = Command(
        "clients_insert",
        """
        -- Adds a client.
        insert into clients (client_id, key_id, name, scopes, requests_per_minute, created_at)
        values ($1, $2, $3, $4, $5, $6)
        """)

    static let insertSecret = Command(
        "clients_insert_secret",
        """
        -- Adds a secret without an end.
        insert into client_secrets (client_id, secret_id, sealed_secret, created_at)
        values ($1, $2, $3, $4)
        """)

    static let lock = Statement<LockedClient>(
        "clients_lock",
        """
        -- The client of the key id $1, locked up to the end of the transaction.
        select client_id, name, scopes, revoked_at from clients where key_id = $1 for update
        """)

    static let liveSecrets = Statement<LiveClientSecret>(
        "clients_live_secrets",
        """
        -- When each secret of client $1 that is live at $2 ends.
        select expires_at from client_secrets
        where client_id = $1 and (expires_at is null or expires_at > $2)
        """)

    static let sealedSecrets = Statement<SealedClientSecret>(
        "clients_sealed_secrets",
        """
        -- The secrets of the key id $1 that are live at $2, newest first.
        select s.secret_id, s.sealed_secret
        from clients c
        join client_secrets s on s.client_id = c.client_id
        where c.key_id = $1 and c.revoked_at is null
            and (s.expires_at is null or s.expires_at > $2)
        order by s.created_at desc, s.secret_id desc
        """)

    static let expireSecrets = Command(
        "clients_expire_secrets",
        """
        -- Lets the secrets of client $1 end at $2, unless they end earlier.
        update client_secrets set expires_at = $2
        where client_id = $1 and (expires_at is null or expires_at > $2)
        """)

    static let deleteExpired = Command(
        "clients_delete_expired",
        """
        -- Removes the secrets of client $1 that have ended by $2.
        delete from client_secrets where client_id = $1 and expires_at <= $2
        """)

    static let deleteSecrets = Command(
        "clients_delete_secrets",
        """
        -- Removes the secrets of client $1.
        delete from client_secrets where client_id = $1
        """)

    static let revoke = Command(
        "clients_revoke",
        """
        -- Revokes client $1 at $2 and gives its name free.
        update clients set revoked_at = $2, name = key_id || ' (revoked)' where client_id = $1
        """)

    static let list = Statement<ClientListing>(
        "clients_list",
        """
        -- One row per client, oldest first, with how many of its secrets are live at $1.
        select c.key_id, c.name, c.scopes, c.requests_per_minute, c.created_at, c.revoked_at,
            count(s.secret_id) as live_secrets, min(s.expires_at) as next_expiry
        from clients c
        left join client_secrets s on s.client_id = c.client_id
            and (s.expires_at is null or s.expires_at > $1)
        group by c.client_id
        order by c.created_at, c.client_id
        """)
}

/// A client whose row is locked.
struct LockedClient: Row {
    static let columns = ["client_id", "name", "scopes", "revoked_at"]

    let clientId: UUID
    let name: String
    let scopes: [String]
    let revokedAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        clientId = try row.uuid()
        name = try row.string()
        scopes = try row.strings()
        revokedAt = try row.optionalInstant()
    }
}

/// The end of a live secret; nil is none.
struct LiveClientSecret: Row {
    static let columns = ["expires_at"]

    let expiresAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        expiresAt = try row.optionalInstant()
    }
}

/// A secret as it lies in the database.
struct SealedClientSecret: Row {
    static let columns = ["secret_id", "sealed_secret"]

    let secretId: UUID
    let sealedSecret: [UInt8]

    init(_ row: inout RowDecoder) throws(RowError) {
        secretId = try row.uuid()
        sealedSecret = try row.bytes()
    }
}

/// A client as an operator sees it; nothing in it is secret.
package struct ClientListing: Row {
    package static let columns = [
        "key_id", "name", "scopes", "requests_per_minute", "created_at", "revoked_at",
        "live_secrets", "next_expiry",
    ]

    /// What the client signs with as `keyid`.
    package let keyId: String
    /// What operators call it.
    package let name: String
    /// The names of what it may do.
    package let scopes: [String]
    /// Requests a minute; 0 is no limit.
    package let requestsPerMinute: Int32
    /// When it was created.
    package let createdAt: Instant
    /// When it was revoked; nil while it may call.
    package let revokedAt: Instant?
    /// Secrets it can sign with now.
    package let liveSecrets: Int64
    /// When the older of two live secrets ends.
    package let nextExpiry: Instant?

    /// Reads a row of the list.
    package init(_ row: inout RowDecoder) throws(RowError) {
        keyId = try row.string()
        name = try row.string()
        scopes = try row.strings()
        requestsPerMinute = try row.int32()
        createdAt = try row.instant()
        revokedAt = try row.optionalInstant()
        liveSecrets = try row.int64()
        nextExpiry = try row.optionalInstant()
    }
}
