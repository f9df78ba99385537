import Electricity
import JSON
import Postgres
import Signing

/// The one error that reaches a client: a problem document (RFC 9457).
struct Problem: Error, Sendable {
    /// The closed list of codes; never renamed, retired ones stay.
    ///
    /// `openapi.yaml` has the same.
    enum Code: String, Sendable, CaseIterable {
        case badRequest = "bad_request"
        case invalidJSON = "invalid_json"
        case idempotencyKeyMissing = "idempotency_key_missing"
        case unauthenticated = "unauthenticated"
        case forbidden = "forbidden"
        case assuranceTooLow = "assurance_too_low"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case requestTimeout = "request_timeout"
        case requestInProgress = "request_in_progress"
        case subscriptionLimitReached = "subscription_limit_reached"
        case billAlreadyPaid = "bill_already_paid"
        case billPaymentPending = "bill_payment_pending"
        case paymentNotCancellable = "payment_not_cancellable"
        case transitionNotAllowed = "transition_not_allowed"
        case attachmentNotAccepted = "attachment_not_accepted"
        case webhookLimitReached = "webhook_limit_reached"
        case approvalRequired = "approval_required"
        case preconditionFailed = "precondition_failed"
        case preconditionRequired = "precondition_required"
        case contentTooLarge = "content_too_large"
        case uriTooLong = "uri_too_long"
        case unsupportedMediaType = "unsupported_media_type"
        case expectationFailed = "expectation_failed"
        case invalidRequest = "invalid_request"
        case declarationNotConfirmed = "declaration_not_confirmed"
        case idempotencyKeyReused = "idempotency_key_reused"
        case verificationFailed = "verification_failed"
        case customerNotEligible = "customer_not_eligible"
        case contractEnded = "contract_ended"
        case supplySuspended = "supply_suspended"
        case rateLimited = "rate_limited"
        case verificationLocked = "verification_locked"
        case headersTooLarge = "headers_too_large"
        case internalError = "internal_error"
        case notImplemented = "not_implemented"
        case unavailable = "unavailable"
        case outcomeUnknown = "outcome_unknown"
        case httpVersionNotSupported = "http_version_not_supported"
    }

    /// One wrong field of a request.
    struct FieldError: Sendable, Equatable {
        /// Where in the request the field stands.
        enum Place: Sendable, Equatable {
            /// A JSON Pointer into the body, as a URI fragment (RFC 6901 section 6).
            case pointer(String)
            /// The name of a path, query or header parameter.
            case parameter(String)
        }

        let place: Place
        let code: String
        let detail: Wording
    }

    let code: Code
    /// What happened this time; the code's own explanation when nothing more can be said.
    var detail: Wording
    var errors: [FieldError] = []
    /// Wrong values that may still be tried, with `verification_failed`.
    var attemptsLeft: Int?
    /// How many subscriptions an account may hold and holds, with `subscription_limit_reached`.
    var subscriptions: (limit: Int, live: Int)?
    /// When a value is looked at again, with `verification_locked`.
    var lockedUntil: Instant?
    /// Seconds after which a repetition may succeed.
    var retryAfterSeconds: Int?
    /// The methods of a path, with `method_not_allowed`.
    var allowedMethods: String?
    /// The key that a refused signature named: for the log.
    var keyId: String?
    /// Why a signature was refused or the database failed: for the log, never for the client.
    var reason: String?

    /// A problem that says no more than its code.
    init(_ code: Code, reason: String? = nil) {
        self.code = code
        self.reason = reason
        detail = code.explanation
    }

    /// Every fault a JSON reader has found, or nil when there is none.
    init?(_ faults: JSONFaults) {
        guard !faults.isEmpty else { return nil }
        self.init(
            invalid: faults.list.map { fault in
                FieldError(
                    place: .pointer(fault.pointer), code: fault.code.rawValue,
                    detail: fault.code.explanation)
            })
    }

    /// Wrong fields, each named.
    init(invalid errors: [FieldError]) {
        self.init(.invalidRequest)
        self.errors = errors
    }

    /// One wrong parameter of the path, the query or the header section.
    init(parameter: String, _ code: JSONFault.Code, _ detail: Wording? = nil) {
        let error = FieldError(
            place: .parameter(parameter), code: code.rawValue, detail: detail ?? code.explanation)
        self.init(invalid: [error])
    }

    /// One wrong member of the body, found when the reader was done with it.
    init(pointer: String, _ code: JSONFault.Code) {
        let error = FieldError(
            place: .pointer(pointer), code: code.rawValue, detail: code.explanation)
        self.init(invalid: [error])
    }

    /// Appends the members of the document, all but `type` of a nested document.
    func write(to json: inout JSONWriter, language: Language, requestId: String) {
        json.object { json in
            json.field("type", code.page)
            json.field("title", code.title.text(in: language))
            json.field("status", code.status)
            json.field("detail", detail.text(in: language))
            json.field("instance", "urn:uuid:" + requestId)
            json.field("code", code.rawValue)
            if !errors.isEmpty {
                json.list("errors") { json in
                    for error in errors { error.write(to: &json, language: language) }
                }
            }
            if let attemptsLeft { json.field("attemptsLeft", attemptsLeft) }
            if let subscriptions {
                json.field("limit", subscriptions.limit)
                json.field("live", subscriptions.live)
            }
            if let lockedUntil { json.field("lockedUntil", lockedUntil) }
        }
    }
}

extension Problem.FieldError {
    func write(to json: inout JSONWriter, language: Language) {
        json.element { json in
            switch place {
            case .pointer(let pointer): json.field("pointer", pointer)
            case .parameter(let name): json.field("parameter", name)
            }
            json.field("code", code)
            json.field("detail", detail.text(in: language))
        }
    }
}

extension Problem: DatabaseFailure {
    /// Constraints that a request can run into though nothing is wrong with the program: what has
    /// been sent without waiting, and another was first.
    private static let expectedViolations: [String: Problem] = [
        "nonces_pkey": Problem(.unauthenticated, reason: SignatureFault.nonceReplayed.reason),
        "idempotency_keys_pkey": {
            var problem = Problem(.requestInProgress)
            problem.retryAfterSeconds = 1
            return problem
        }(),
        "payment_allocations_live_bill_key": Problem(.billPaymentPending),
    ]

    /// What a client is told of a database error: what to do, never what happened inside.
    init(_ error: DatabaseError) {
        if case .constraintViolated(let name, _) = error,
            let expected = Problem.expectedViolations[name]
        {
            self = expected
            return
        }
        // A Code by name: DatabaseError has an `outcomeUnknown` as well, and would call this again.
        let code: Code =
            switch error {
            case .unavailable, .timedOut: .unavailable
            case .outcomeUnknown: .outcomeUnknown
            case .constraintViolated, .rejected, .row, .misconfigured: .internalError
            }
        self.init(code)
        retryAfterSeconds = error.retryAfterSeconds ?? retryAfterSeconds
        reason = error.description
    }
}
