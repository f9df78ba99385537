/// One request, confined to the loop that received it.
package final class Request {
    /// The method; nil for a valid token that is no method of this server, to be answered 501.
    package let method: Method?
    /// Path and query as sent.
    package let target: Target
    /// All field lines.
    package let fields: HeaderFields
    /// The body, complete, unless the application has asked for a stream.
    package var body: [UInt8] = []
    /// The body as it arrives, when the application has asked for it.
    package internal(set) var stream: BodyStream?
    /// Whether a body was announced, be it empty or not.
    package var hasBody: Bool { framing.body != .none && framing.body != .fixed(0) }
    /// The authority the client named: of an absolute-form target, else the Host field's.
    package var authority: [UInt8]? { target.authority ?? framing.host }

    let framing: Framing
    let minorVersion: Int

    init(line: RequestLine, fields: HeaderFields, framing: Framing) {
        method = line.method
        target = line.target
        minorVersion = line.minorVersion
        self.fields = fields
        self.framing = framing
    }
}

/// How an application wants a request's body.
package enum BodyPlan: Sendable {
    /// Held in memory up to so many bytes, and complete before the handler runs.
    case buffered(maximumBytes: Int)
    /// Handed over as it arrives, up to so many bytes.
    case streamed(maximumBytes: Int)
}

/// What a server serves; one instance per loop.
package protocol Application: AnyObject {
    /// Decides, from the head alone, how the body is to be taken in.
    func bodyPlan(for request: Request) -> BodyPlan
    /// Answers a request. It must answer within the request deadline.
    func respond(to request: Request) async -> Response
    /// The answer to something that is no valid request, or that is refused unread.
    ///
    /// - Parameters:
    ///   - request: the request, when its head could be read; its body is not complete.
    ///   - isUnderWay: whether its handler is at work and has not answered in time.
    func refusal(status: Int, of request: Request?, isUnderWay: Bool) -> Response
}
