import Electricity
import HTTPClient
import Postgres
import Reactor
import Signing
import Zalo

/// The Official Account as one loop calls it: its tokens, its share of the calls, the way to Zalo.
final class ZaloGateway {
    /// Seconds before its end in which an access token is changed for a new one.
    private static let refreshSeconds: Int64 = 3_600
    /// Seconds in which only one may change it, longer than any call takes.
    private static let leaseSeconds: Int64 = 60

    /// Why nothing can be sent now.
    enum Fault: Error, Equatable {
        /// There is no token, or none that Zalo takes: a person must renew it.
        case tokenNeedsPerson
        /// Another instance is changing the token just now.
        case tokenInChange
        /// The calls of this minute are used up.
        case slowDown
        /// Zalo is busy, and says for how many seconds.
        case busy(seconds: Int)
        case call(CallFault)
        case refused(ZaloFault)
        case database
    }

    let settings: ZaloSettings
    private let database: DatabaseAccess<Problem>
    private let seal: Seal
    private let world: World
    /// Under which one of all gateways changes the tokens.
    private let lease: Lease
    private let caller: HTTPCaller
    private let upstream: Upstream
    private let tokenUpstream: Upstream
    /// Told that a person must renew the tokens.
    private let alarm: (String) -> Void
    private var known: StoredTokens?

    /// Parts that a gateway is made of.
    struct Parts {
        let database: DatabaseAccess<Problem>
        let seal: Seal
        let world: World
        let ids: IDSource
        let alarm: (String) -> Void
    }

    init(_ settings: ZaloSettings, _ parts: Parts, on loop: EventLoop) {
        self.settings = settings
        database = parts.database
        seal = parts.seal
        world = parts.world
        lease = Lease(
            name: "zalo-tokens", owner: parts.ids.next(at: parts.world.now()),
            seconds: ZaloGateway.leaseSeconds)
        alarm = parts.alarm
        var bounds = HTTPCaller.Bounds()
        bounds.allowsPlainText = settings.allowsPlainText
        caller = HTTPCaller(on: loop, bounds: bounds)
        // A message that may have arrived is not sent again here: the outbox does, later.
        upstream = Upstream(caller, on: loop) { [ids = parts.ids] in ids.bits() }
        tokenUpstream = Upstream(caller, on: loop) { [ids = parts.ids] in ids.bits() }
    }

    /// Breaks off what is under way.
    func stop() { caller.stop() }

    // MARK: Messages

    /// Sends a message once, with a token changed once where Zalo wants another; Zalo's id of it.
    func send(_ message: ZaloMessage) async throws(Fault) -> String {
        let token = try await token()
        do {
            return try await send(message, token)
        } catch {
            guard case .refused(let fault) = error, fault.treatment == .refreshToken else {
                throw error
            }
        }
        // Another instance may have changed it meanwhile: then its token is taken.
        return try await send(message, try await refreshed(after: token.version))
    }

    private func send(_ message: ZaloMessage, _ token: Token) async throws(Fault) -> String {
        let reply: IncomingReply
        do {
            reply = try await upstream.send(
                settings.interface.request(message, accessToken: token.access),
                isRepeatable: false)
        } catch {
            throw .call(error)
        }
        if reply.retryAfterSeconds > 0, reply.status == 429 || reply.status == 503 {
            throw .busy(seconds: reply.retryAfterSeconds)
        }
        do {
            return try settings.interface.messageId(of: reply)
        } catch {
            throw .refused(error)
        }
    }

    /// Takes so many calls of this minute, or throws that they are used up.
    func reserve(_ calls: Int64) async throws(Fault) {
        let now = world.now()
        let minute = Instant(secondsSince1970: now.secondsSince1970 / 60 * 60)
        do {
            let row = try await database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) in
                try await transaction.queryOne(
                    ZaloGateway.reserve, .text("zalo"), .timestamp(minute), .int64(calls),
                    .int64(settings.callsPerMinute))
            }
            if row == nil { throw Fault.slowDown }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .database
        }
    }

    // MARK: Tokens

    /// An access token and which pair it is of.
    struct Token {
        let access: String
        let version: Int32
    }

    /// A token that is good for a while.
    private func token() async throws(Fault) -> Token {
        if let known, known.isFresh(at: world.now(), for: ZaloGateway.refreshSeconds) {
            return try open(known)
        }
        let stored = try await stored()
        known = stored
        if stored.isFresh(at: world.now(), for: ZaloGateway.refreshSeconds) {
            return try open(stored)
        }
        do {
            return try await refreshed(after: stored.version)
        } catch {
            // Old, but still good: somebody else may be changing it.
            if error != .tokenNeedsPerson, stored.isFresh(at: world.now(), for: 0) {
                return try open(stored)
            }
            throw error
        }
    }

    /// A newer token than of a version: another's, or one that is fetched under a lease.
    ///
    /// The refresh token is used up by the call. Should this process die between Zalo's answer and
    /// the commit, the new pair is lost, and a person must renew it.
    private func refreshed(after version: Int32) async throws(Fault) -> Token {
        let now = world.now()
        let isMine =
            try await write { (transaction) async throws(Problem) in
                try await lease.take(at: now, in: transaction)
            }
        let stored = try await stored()
        if stored.version > version {
            known = stored
            if isMine { try await release() }
            return try open(stored)
        }
        guard isMine else { throw .tokenInChange }
        if stored.faultCode != nil { throw .tokenNeedsPerson }
        let pair = try await fetch(stored)
        try await keep(pair, after: stored.version)
        try await release()
        let new = try await self.stored()
        known = new
        return try open(new)
    }

    private func fetch(_ stored: StoredTokens) async throws(Fault) -> ZaloTokens {
        let refresh: String
        do {
            let bytes = try seal.open(stored.refresh, context: ZaloGateway.refreshContext)
            refresh = String(decoding: bytes, as: UTF8.self)
        } catch {
            throw .tokenNeedsPerson
        }
        let reply: IncomingReply
        do {
            reply = try await tokenUpstream.send(
                settings.interface.refreshRequest(
                    refresh, appId: settings.appId, appSecret: settings.appSecret),
                isRepeatable: false)
        } catch {
            // Whether it is used up is not known; the next attempt tells.
            throw .call(error)
        }
        do {
            return try settings.interface.tokens(of: reply)
        } catch {
            // Too many calls pass; an answer that is none (a gateway's page) may.
            if error.treatment == .slowDown || reply.status >= 500 { throw .refused(error) }
            try await write { (transaction) async throws(Problem) in
                try await transaction.run(
                    ZaloGateway.noteFault, .text("oa"), .int32(stored.version),
                    .int64(error.code), .timestamp(world.now()))
            }
            alarm("Zalo refuses the refresh token (\(error.code))")
            throw .tokenNeedsPerson
        }
    }

    private func keep(_ pair: ZaloTokens, after version: Int32) async throws(Fault) {
        let sealed: SealedTokens
        do {
            sealed = try SealedTokens(pair, seal)
        } catch {
            throw .database
        }
        let now = world.now()
        let kept = try await write { (transaction) async throws(Problem) in
            try await transaction.run(
                ZaloGateway.replace, .text("oa"), .int32(version), .bytes(sealed.access),
                .bytes(sealed.refresh),
                .timestamp(now.advanced(bySeconds: pair.expiresInSeconds)), .timestamp(now))
        }
        // A person has brought another pair meanwhile: that one counts.
        if kept == 0 { throw .tokenInChange }
    }

    private func open(_ stored: StoredTokens) throws(Fault) -> Token {
        do {
            let bytes = try seal.open(stored.access, context: ZaloGateway.accessContext)
            return Token(access: String(decoding: bytes, as: UTF8.self), version: stored.version)
        } catch {
            throw .tokenNeedsPerson
        }
    }

    private func stored() async throws(Fault) -> StoredTokens {
        let found: StoredTokens?
        do {
            found = try await database.queryOne(ZaloGateway.find, .text("oa"))
        } catch {
            throw .database
        }
        guard let found else {
            alarm("there are no tokens of the Official Account")
            throw .tokenNeedsPerson
        }
        return found
    }

    /// Runs a write; how many rows it touched.
    @discardableResult
    private func write<Answer>(
        _ body: (Transaction<Problem>) async throws(Problem) -> Answer
    ) async throws(Fault) -> Answer {
        do {
            return try await database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) -> Answer in
                try await body(transaction)
            }
        } catch {
            throw .database
        }
    }

    private func release() async throws(Fault) {
        try await write { (transaction) async throws(Problem) in
            try await lease.release(in: transaction)
        }
    }

    static let accessContext = "zalo_tokens.sealed_access_token/oa"
    static let refreshContext = "zalo_tokens.sealed_refresh_token/oa"
}

/// A pair of tokens as it is kept.
struct SealedTokens {
    let access: [UInt8]
    let refresh: [UInt8]

    init(_ pair: ZaloTokens, _ seal: Seal) throws(SigningError) {
        access = try seal.seal(
            Array(pair.accessToken.utf8), context: ZaloGateway.accessContext)
        refresh = try seal.seal(
            Array(pair.refreshToken.utf8), context: ZaloGateway.refreshContext)
    }
}

/// The pair of tokens that is in use.
struct StoredTokens: Row {
    static let columns = [
        "version", "sealed_access_token", "sealed_refresh_token", "expires_at", "fault_code",
    ]
    let version: Int32
    let access: [UInt8]
    let refresh: [UInt8]
    let expiresAt: Instant
    let faultCode: Int64?

    init(_ row: inout RowDecoder) throws(RowError) {
        version = try row.int32()
        access = try row.bytes()
        refresh = try row.bytes()
        expiresAt = try row.instant()
        faultCode = try row.optionalInt64()
    }

    /// Whether the access token is good for so many seconds more.
    func isFresh(at now: Instant, for seconds: Int64) -> Bool {
        now.advanced(bySeconds: seconds) < expiresAt
    }
}

extension ZaloGateway {
    /// How much of a window is used.
    struct Used: Row {
        static let columns = ["used"]

        init(_ row: inout RowDecoder) throws(RowError) {
            try row.skip()
        }
    }

    static let reserve = Statement<Used>(
        "call_allowance_reserve",
        """
        -- Takes $3 calls of the window that begins at $2, of which all instances have $4 together;
        -- no row when they are used up.
        insert into call_allowances as a (name, window_starts_at, used) values ($1, $2, $3)
        on conflict (name) do update
        set window_starts_at = excluded.window_starts_at,
            used = case when a.window_starts_at = excluded.window_starts_at
                then a.used + excluded.used else excluded.used end
        where a.window_starts_at < excluded.window_starts_at
            or (a.window_starts_at = excluded.window_starts_at and a.used + excluded.used <= $4)
        returning used
        """)

    static let find = Statement<StoredTokens>(
        "zalo_tokens_find",
        """
        -- The pair of tokens that is in use.
        select version, sealed_access_token, sealed_refresh_token, expires_at, fault_code
        from zalo_tokens where name = $1
        """)

    static let replace = Command(
        "zalo_tokens_replace",
        """
        -- The pair after that of version $2.
        update zalo_tokens
        set version = $2 + 1, sealed_access_token = $3, sealed_refresh_token = $4,
            expires_at = $5, refreshed_at = $6, fault_code = null, fault_at = null
        where name = $1 and version = $2
        """)

    static let noteFault = Command(
        "zalo_tokens_fault",
        """
        -- Zalo refuses the refresh token of version $2: nobody tries it again.
        update zalo_tokens set fault_code = $3, fault_at = $4 where name = $1 and version = $2
        """)
}
