import Electricity
import JSON
import Postgres
import Reactor
import Signing
import Zalo

/// The tokens that a person has fetched at Zalo.
package enum ZaloTokenRenewal {
    /// `customer-care zalo tokens FILE`: a pair takes the place of the one that is there.
    ///
    /// It ends an alarm. The file is what Zalo answers: `access_token`, `refresh_token`,
    /// `expires_in`.
    package static func renew(_ path: String, _ configuration: Configuration) throws {
        guard let bytes = ProcessFile.read(path), let answer = JSONValue.object(bytes),
            let pair = ZaloTokens(answer)
        else { throw SettingsFileFault(faults: ["\(path) holds no pair of tokens"]) }
        let seal = try Seal(masterKeys: try configuration.masterKeys(), purpose: .clientSecrets)
        let sealed = try SealedTokens(pair, seal)
        let version = try CommandLoop.run(configuration) { database in
            try await DatabaseAccess<Problem>(database).transaction {
                (transaction: Transaction<Problem>) async throws(Problem) in
                try await store(sealed, for: pair.expiresInSeconds, in: transaction)
            }
        }
        Terminal.tell("    tokens of the Official Account, version \(version)")
    }

    /// Stores a pair as the newest version.
    static func store(
        _ sealed: SealedTokens, for seconds: Int64, now: Instant = World.real.now(),
        in transaction: Transaction<Problem>
    ) async throws(Problem) -> Int32 {
        let row = try await transaction.queryOne(
            statement, .text("oa"), .bytes(sealed.access), .bytes(sealed.refresh),
            .timestamp(now.advanced(bySeconds: seconds)), .timestamp(now))
        return row?.version ?? 0
    }

    /// The version that a pair has become.
    struct Version: Row {
        static let columns = ["version"]
        let version: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            version = try row.int32()
        }
    }

    static let statement = Statement<Version>(
        "zalo_tokens_renew",
        """
        -- A pair that a person has fetched, in the place of any other.
        insert into zalo_tokens as t (name, version, sealed_access_token, sealed_refresh_token,
            expires_at, refreshed_at)
        values ($1, 1, $2, $3, $4, $5)
        on conflict (name) do update
        set version = t.version + 1, sealed_access_token = excluded.sealed_access_token,
            sealed_refresh_token = excluded.sealed_refresh_token,
            expires_at = excluded.expires_at, refreshed_at = excluded.refreshed_at,
            fault_code = null, fault_at = null
        returning version
        """)
}
