import HTTP

/// A capability of a client; each operation that is not public names the one it needs.
package enum Scope: String, Sendable, CaseIterable {
    /// Acts for accounts: the mini-app and the website.
    case accounts
    /// Brings data in: the billing system, outage planning.
    case importing = "import"
    /// Works on service requests and outages.
    case staff
    /// Administers clients.
    case admin
    /// Somebody else's system.
    case partner
}

/// Where an operation is found, who may call it and what it needs before it is asked.
struct Route: Sendable {
    /// Who may call.
    enum Access: Sendable, Equatable {
        case everybody
        case clients(Scope)
    }

    /// What caches may do with an answer.
    enum Caching: Sendable, Equatable {
        /// Personal data: kept by the caller only, and asked anew.
        case personal
        /// The same for everybody, for so many seconds.
        case shared(seconds: Int)
    }

    let method: HTTP.Method
    /// The path with parameters in braces, such as `/v1/accounts/{account}`.
    let template: String
    var access = Access.clients(.accounts)
    var caching = Caching.personal
    /// Whether an Idempotency-Key is required: for what creates money, a ticket, a subscription.
    var needsIdempotencyKey = false

    /// Whether calls of everybody count towards the limit that they share.
    var isCounted = false

    /// Whether a write says all it has to say by its path.
    var isBodyless = false

    /// What a body may be that is taken as it arrives; nil where it is JSON.
    var streaming: Streaming?

    /// A body that is taken as it arrives.
    struct Streaming: Sendable, Equatable {
        /// The media types it may have, without parameters.
        let mediaTypes: [String]
        let maximumBytes: Int
        /// Whether it may come compressed; the bound is one of both.
        var takesGzip = false
    }

    /// Whether a JSON body is expected.
    var hasBody: Bool {
        !isBodyless && streaming == nil && (method == .post || method == .put || method == .patch)
    }
    /// Whether nothing changes.
    var isRead: Bool { method == .get }

    static func get(_ template: String) -> Route { Route(method: .get, template: template) }
    static func post(_ template: String) -> Route { Route(method: .post, template: template) }
    static func put(_ template: String) -> Route { Route(method: .put, template: template) }
    static func patch(_ template: String) -> Route { Route(method: .patch, template: template) }
    static func delete(_ template: String) -> Route { Route(method: .delete, template: template) }

    /// The route open to everybody, its answers cached for an hour unless said otherwise.
    func forEverybody(cachedSeconds seconds: Int = 3_600) -> Route {
        var route = self
        route.access = .everybody
        route.caching = .shared(seconds: seconds)
        return route
    }

    /// The route open to whoever can sign as a payment provider does, which the operation checks.
    func signedByProvider() -> Route {
        var route = self
        route.access = .everybody
        return route
    }

    /// The route with the limit that all public callers share.
    func counted() -> Route {
        var route = self
        route.isCounted = true
        return route
    }

    /// The route of a write without a body; one that is sent all the same is ignored.
    func withoutBody() -> Route {
        var route = self
        route.isBodyless = true
        return route
    }

    /// The route with a body that the operation takes piece by piece from `Context.body`.
    func streamed(
        _ mediaTypes: [String], maximumBytes: Int, takesGzip: Bool = false
    ) -> Route {
        var route = self
        route.streaming = Streaming(
            mediaTypes: mediaTypes, maximumBytes: maximumBytes, takesGzip: takesGzip)
        return route
    }

    /// The route for clients with another scope than that of those who act for accounts.
    func requiring(_ scope: Scope) -> Route {
        var route = self
        route.access = .clients(scope)
        return route
    }

    /// The route whose answers are for the caller alone, whoever may ask.
    func personal() -> Route {
        var route = self
        route.caching = .personal
        return route
    }

    /// The route with a required Idempotency-Key.
    func withIdempotencyKey() -> Route {
        var route = self
        route.needsIdempotencyKey = true
        return route
    }
}
