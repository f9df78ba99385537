/// What a connection is at, from one request to the next.
enum ConnectionPhase {
    /// Waiting for a request or in the middle of its head.
    case head
    /// Taking in a body that is held in memory.
    case body(Request)
    /// A handler is at work; further requests wait.
    case handling(Request)
    /// A handler is at work while its body is still arriving.
    case streaming(Request)
    /// The last answer is written; what still comes is dropped until the peer closes.
    case lingering
    case closed
}
