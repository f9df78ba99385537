import Glibc

/// What has been written for a connection and has not yet been taken by its socket.
struct Output {
    /// How far the socket has taken what there was.
    enum Progress {
        case done
        /// The socket is full: wait until it has room.
        case blocked
        /// The connection is gone.
        case broken
    }

    /// Bytes of which the first `start` have been sent; only whole answers are appended.
    var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { bytes.count == start }

    /// Gives the socket what it takes, without waiting and without SIGPIPE.
    mutating func send(to descriptor: Int32) -> Progress {
        while !isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + start },
                    buffer.count - start, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                return errno == EAGAIN ? .blocked : .broken
            }
        }
        return .done
    }

    /// Gives the room away once all has been sent.
    mutating func takeRoom() -> [UInt8] {
        defer { drop() }
        return bytes
    }

    /// Forgets everything that has not been sent.
    mutating func drop() {
        bytes = []
        start = 0
    }
}
