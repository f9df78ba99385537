/// Every bound of the HTTP server, with its unit and its reason.
package enum Limits {
    /// Bytes of a request line; RFC 9112 section 3 recommends at least 8,000 bytes; more means 414.
    package static let requestLineBytes = 8_192
    /// Bytes of the request line and all field lines together; more means 431.
    package static let headBytes = 32_768
    /// Field lines of one request; a browser sends about 20; more means 431.
    package static let fieldLines = 100
    /// Empty lines skipped before a request line (RFC 9112 section 2.2 asks for one).
    package static let leadingEmptyLines = 8
    /// Bytes of a JSON body that is held in memory before its handler runs; more means 413.
    package static let bufferedBodyBytes = 65_536
    /// Bytes of all buffered bodies of one loop, so that many slow uploads cannot take the memory.
    package static let bufferedBodyBytesPerLoop = 33_554_432
    /// Bytes of a streamed body; an import of all bills is about 5 GB; more means 413.
    package static let streamedBodyBytes = 17_179_869_184
    /// Bytes of a streamed body that wait for their reader before the socket is left alone.
    package static let streamWindowBytes = 262_144
    /// Bytes of one chunk-size line, extensions included; more means 400.
    package static let chunkLineBytes = 1_024
    /// Bytes of all chunk extensions of one body; no client needs any; more means 400.
    package static let chunkExtensionBytes = 4_096
    /// Bytes of a trailer section; trailers are checked and dropped; more means 431.
    package static let trailerBytes = 8_192
    /// Bytes read from a socket at once; shared by the connections of a loop.
    package static let readBytes = 65_536
    /// Bytes of pipelined requests kept while an earlier one is being answered.
    package static let pipelinedBytes = 65_536
    /// Bytes of one connection's input and output that may be held whatever the others hold.
    package static let heldBytes = 4_096
    /// Bytes of all connections' input and output held on one loop; above it those who hold more
    /// than `heldBytes` are closed, so that peers who send and never read cannot take the memory.
    package static let heldBytesPerLoop = 67_108_864
    /// Requests of one connection answered in one turn before others get theirs.
    package static let requestsPerTurn = 64
    /// Connections accepted by one loop in one turn.
    package static let acceptsPerTurn = 64
    /// Connections of one loop, and less where descriptors are few; above it the listener waits.
    package static let connectionsPerLoop = 20_000
    /// Connections that wait in the kernel to be accepted.
    package static let backlog: Int32 = 1_024
    /// Bytes read and dropped after a refusal, so that the refusal is not lost to a reset.
    package static let lingerBytes = 4_194_304
    /// Milliseconds for which a refused connection is drained before it is closed.
    package static let lingerMilliseconds = 1_500
    /// Milliseconds for which a server that stops waits for the first request of a connection.
    package static let freshConnectionMilliseconds = 500
    /// Milliseconds for which a listener rests when descriptors have run out.
    package static let acceptPauseMilliseconds = 100
}
