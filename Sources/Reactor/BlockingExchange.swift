import CLinux
import Glibc

/// One question and one answer over TCP, blocking: for a command that asks a running service.
package enum BlockingExchange {
    /// Bytes of the longest answer.
    private static let maximumBytes = 65_536

    /// Connects to a numeric IPv4 or IPv6 address, sends `question`, and reads up to the end.
    ///
    /// - Parameter milliseconds: how long each step may take: connecting, sending, each read.
    package static func ask(
        _ question: [UInt8], address: String, port: UInt16, milliseconds: Int
    ) throws(SystemError) -> [UInt8] {
        let isIPv6 = address.utf8.contains(UInt8(ascii: ":"))
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(isIPv6 ? AF_INET6 : AF_INET, type, 0)
        guard number >= 0 else { throw .last("socket") }
        let descriptor = Descriptor(owning: number)
        try limit(descriptor.number, SO_RCVTIMEO, milliseconds)
        try limit(descriptor.number, SO_SNDTIMEO, milliseconds)
        if isIPv6 {
            try connectIPv6(descriptor.number, address, port)
        } else {
            try connectIPv4(descriptor.number, address, port)
        }
        try FileOutput.write(question, to: descriptor.number)
        return try answer(descriptor.number)
    }

    private static func answer(_ number: Int32) throws(SystemError) -> [UInt8] {
        var content: [UInt8] = []
        while content.count < maximumBytes {
            var result = 0
            let part = unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
                repeat {
                    result = unsafe read(number, buffer.baseAddress, buffer.count)
                } while result < 0 && errno == EINTR
                count = max(0, result)
            }
            if result < 0 { throw .last("read") }
            if part.isEmpty { break }
            content.append(contentsOf: part)
        }
        return content
    }

    private static func limit(
        _ number: Int32, _ option: Int32, _ milliseconds: Int
    ) throws(SystemError) {
        var time = timeval(
            tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard unsafe setsockopt(number, SOL_SOCKET, option, &time, size) == 0 else {
            throw .last("setsockopt")
        }
    }

    private static func connectIPv4(
        _ number: Int32, _ text: String, _ port: UInt16
    ) throws(SystemError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, text, &address.sin_addr) == 1 else {
            throw SystemError(call: "inet_pton", number: EINVAL)
        }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, size)
            }
        }
        guard result == 0 else { throw .last("connect") }
    }

    private static func connectIPv6(
        _ number: Int32, _ text: String, _ port: UInt16
    ) throws(SystemError) {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        guard unsafe inet_pton(AF_INET6, text, &address.sin6_addr) == 1 else {
            throw SystemError(call: "inet_pton", number: EINVAL)
        }
        let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, size)
            }
        }
        guard result == 0 else { throw .last("connect") }
    }
}
