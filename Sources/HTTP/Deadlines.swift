/// The times a connection may take for each of its phases, in milliseconds.
package struct Deadlines: Sendable {
    /// From a request's first byte to the end of its header section.
    package var header = 5_000
    /// From the end of the header section to the end of a buffered body; for a streamed body,
    /// between two arrivals of bytes.
    package var body = 8_000
    /// Between two requests of one connection.
    package var idle = 10_000
    /// From the first byte of an answer that the socket does not take to its last.
    package var write = 10_000
    /// From the complete request to its answer.
    package var request = 15_000

    /// The default times.
    package init() {}
}
