/// A request to another service.
package struct OutgoingRequest: Sendable, Equatable {
    /// What is asked of the other side.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    /// GET, POST, or PUT for what is read as it is sent.
    package let method: Method
    /// The whole address.
    package let url: String
    /// Header fields; none of them may hold a line break.
    package var fields: [(name: String, value: String)] = []
    /// The content of a POST, or of a PUT that nothing is uploaded with.
    package var body: [UInt8] = []

    /// A request of any method, without content so far.
    package init(
        method: Method, url: String, fields: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }

    /// Asks without content.
    package static func get(_ url: String) -> OutgoingRequest {
        OutgoingRequest(method: .get, url: url)
    }

    /// Sends JSON.
    package static func post(_ url: String, json body: [UInt8]) -> OutgoingRequest {
        OutgoingRequest(
            method: .post, url: url,
            fields: [("Content-Type", "application/json"), ("Accept", "application/json")],
            body: body)
    }

    /// Sends fields as a form does, already encoded.
    package static func post(_ url: String, form body: [UInt8]) -> OutgoingRequest {
        OutgoingRequest(
            method: .post, url: url,
            fields: [
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ],
            body: body)
    }

    package static func == (left: OutgoingRequest, right: OutgoingRequest) -> Bool {
        left.method == right.method && left.url == right.url && left.body == right.body
            && left.fields.elementsEqual(right.fields, by: ==)
    }
}

/// What the other side answered.
package struct IncomingReply: Sendable, Equatable {
    /// The status code of HTTP.
    package let status: Int
    /// The content, whole.
    package let body: [UInt8]
    /// What `Retry-After` asks for; zero where it asks for nothing.
    package let retryAfterSeconds: Int
    /// The `ETag` with its quotes; nil where there is none.
    package let entityTag: String?

    /// Makes a reply.
    package init(
        status: Int, body: [UInt8], retryAfterSeconds: Int = 0, entityTag: String? = nil
    ) {
        self.status = status
        self.body = body
        self.retryAfterSeconds = retryAfterSeconds
        self.entityTag = entityTag
    }
}

/// Why there is no answer; no case holds a part of the request.
package enum CallFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not a byte of the request has left: no name, no connection, no TLS.
    case notSent(reason: String)
    /// The time was over; the other side may have done what it was asked.
    case timedOut
    /// The connection broke; the other side may have done what it was asked.
    case broken(reason: String)
    /// The answer is longer than it may be.
    case tooLarge
    /// The other side has failed again and again, and is left alone for a while.
    case circuitOpen
    /// This side stops.
    case stopped

    /// Whether the other side may have received the request.
    package var mayHaveArrived: Bool {
        switch self {
        case .notSent, .circuitOpen: false
        case .timedOut, .broken, .tooLarge, .stopped: true
        }
    }

    package var description: String {
        switch self {
        case .notSent(let reason): "not sent: \(reason)"
        case .timedOut: "no answer in time"
        case .broken(let reason): "broken off: \(reason)"
        case .tooLarge: "the answer is too long"
        case .circuitOpen: "left alone after repeated failures"
        case .stopped: "the service stops"
        }
    }
}
