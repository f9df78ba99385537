import Reactor

/// Why a streamed body ended before its end.
package enum BodyFault: Error, Equatable {
    /// The framing was broken or a bound exceeded; the status says which.
    case invalid(status: Int)
    /// The client went away or paused for too long.
    case incomplete
}

/// The body of one request as it arrives; the socket is read only as fast as the stream is.
package final class BodyStream {
    /// How the body ended; no byte comes after it.
    private enum End {
        case finished
        case failed(BodyFault)
    }

    private var waiting: [UInt8] = []
    private var end: End?
    private var reader: Promise<Void>?
    private let wantsMore: () -> Void

    init(wantsMore: @escaping () -> Void) {
        self.wantsMore = wantsMore
    }

    /// Whether the whole body has been read from the socket.
    var hasEnded: Bool { end != nil }
    /// How many bytes may still be taken from the socket before the reader has caught up.
    var room: Int { max(0, Limits.streamWindowBytes - waiting.count) }

    /// The next bytes, or nil at the end of the body.
    ///
    /// Only one task may read. Throws when the body cannot be had whole.
    package func next() async throws(BodyFault) -> [UInt8]? {
        while waiting.isEmpty {
            switch end {
            case .finished: return nil
            case .failed(let fault): throw fault
            case nil:
                let promise = Promise<Void>()
                reader = promise
                wantsMore()
                await promise.value()
            }
        }
        let bytes = waiting
        waiting = []
        if end == nil { wantsMore() }
        return bytes
    }

    func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        waiting.append(contentsOf: bytes)
        wake()
    }

    func finish() {
        if end == nil { end = .finished }
        wake()
    }

    func fail(_ fault: BodyFault) {
        if end == nil { end = .failed(fault) }
        wake()
    }

    private func wake() {
        let promise = reader
        reader = nil
        promise?.keep(())
    }
}
