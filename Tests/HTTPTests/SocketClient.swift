import Dispatch
import Glibc
import Reactor

/// A blocking client with which a test says exact bytes and sees exactly what comes back.
final class SocketClient {
    /// One answer, taken apart by a reader that knows nothing of the writer's code.
    struct Answer: Equatable {
        let status: Int
        let head: String
        let body: [UInt8]

        /// Whether a field line stands in the head.
        func has(_ line: String) -> Bool { head.contains("\r\n\(line)\r\n") }
    }

    private var descriptor: Int32
    private var received: [UInt8] = []

    /// Connects over loopback; a small receive buffer makes a reader that is soon full.
    init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if let receiveBufferBytes { set(SO_RCVBUF, receiveBufferBytes) }
        // A server that never acts must fail the test instead of hanging it.
        set(SO_RCVTIMEO, timeval(tv_sec: Patience.seconds, tv_usec: 0))
        set(SO_SNDTIMEO, timeval(tv_sec: Patience.seconds, tv_usec: 0))
        try connect(to: port)
    }

    deinit { disconnect() }

    private func connect(to port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError.last("connect") }
    }

    private func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) {
        var value = value
        let size = socklen_t(MemoryLayout<Value>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, option, &value, size)
    }

    /// Sends all bytes; false when the server has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more will come, and goes on listening.
    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Goes away with a reset instead of a farewell.
    func reset() {
        set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        disconnect()
    }

    func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Waits for some bytes; false at the end.
    @discardableResult
    func receive(atMost maximum: Int = 65_536) -> Bool {
        var buffer = [UInt8](repeating: 0, count: maximum)
        let count = unsafe read(descriptor, &buffer, maximum)
        guard count > 0 else { return false }
        received.append(contentsOf: buffer[0..<count])
        return true
    }

    /// All that is left until the server closes.
    func readToEnd() -> [UInt8] {
        while receive() {}
        defer { received = [] }
        return received
    }

    /// Whether the server has closed without another byte.
    func isAtEnd() -> Bool { readToEnd().isEmpty }

    /// The next answer, `toHead` without content; nil when the server closes before its end.
    func readAnswer(toHead: Bool = false) -> Answer? {
        var headEnd = endOfHead()
        while headEnd == nil {
            guard receive() else { return nil }
            headEnd = endOfHead()
        }
        guard let headEnd else { return nil }
        let head = String(decoding: received[0..<headEnd], as: UTF8.self)
        let status = Int(head.dropFirst(9).prefix(3)) ?? 0
        var length = 0
        let name = "Content-Length: "
        if !toHead, let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix(name) }) {
            length = Int(line.dropFirst(name.count)) ?? 0
        }
        while received.count < headEnd + length {
            guard receive() else { return nil }
        }
        let body = Array(received[headEnd..<(headEnd + length)])
        received.removeFirst(headEnd + length)
        return Answer(status: status, head: head, body: body)
    }

    private func endOfHead() -> Int? {
        guard received.count >= 4 else { return nil }
        for position in 0...(received.count - 4)
        where Array(received[position..<(position + 4)]) == [13, 10, 13, 10] {
            return position + 4
        }
        return nil
    }
}

/// Sends from a thread of its own, so that the test can read at the same time.
final class SocketWriter: @unchecked Sendable {
    private let client: SocketClient

    init(_ client: SocketClient) {
        self.client = client
    }

    func send(_ text: String, done: Outcome<Bool>) {
        DispatchQueue.global().async { [self] in done.set(client.send(text)) }
    }
}
