import CLinux
import Glibc
package import Reactor

/// A TCP socket that waits for connections.
package struct ListeningSocket: ~Copyable {
    let descriptor: Descriptor
    /// The port it is bound to; chosen by the kernel when 0 was asked for.
    package let port: UInt16

    /// Binds to a numeric IPv4 or IPv6 address and listens.
    ///
    /// With `sharesPort` several loops bind the same port and the kernel spreads the connections
    /// over them. Without it a port that somebody listens on is an error, so a program opens one
    /// such socket first to find out whether the port is free.
    package init(address: String, port: UInt16, sharesPort: Bool) throws(SystemError) {
        let isIPv6 = address.utf8.contains(0x3A)
        let family = isIPv6 ? AF_INET6 : AF_INET
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(family, type, 0)
        guard number >= 0 else { throw .last("socket") }
        let descriptor = Descriptor(owning: number)
        try ListeningSocket.set(number, SOL_SOCKET, SO_REUSEADDR)
        if sharesPort { try ListeningSocket.set(number, SOL_SOCKET, SO_REUSEPORT) }
        // Accepted connections inherit it: an answer is one write and must not wait for an ACK.
        try ListeningSocket.set(number, Int32(IPPROTO_TCP), TCP_NODELAY)
        if isIPv6 {
            try ListeningSocket.bindIPv6(number, address, port)
        } else {
            try ListeningSocket.bindIPv4(number, address, port)
        }
        guard listen(number, Limits.backlog) == 0 else { throw .last("listen") }
        self.port = try ListeningSocket.boundPort(number)
        self.descriptor = descriptor
    }

    private static func set(_ number: Int32, _ level: Int32, _ option: Int32) throws(SystemError) {
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(number, level, option, &on, size) == 0 else {
            throw .last("setsockopt")
        }
    }

    private static func bindIPv4(
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
                unsafe bind(number, $0, size)
            }
        }
        guard result == 0 else { throw .last("bind") }
    }

    private static func bindIPv6(
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
                unsafe bind(number, $0, size)
            }
        }
        guard result == 0 else { throw .last("bind") }
    }

    private static func boundPort(_ number: Int32) throws(SystemError) -> UInt16 {
        // sin_port and sin6_port stand at the same place, so one look serves both families.
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &size)
            }
        }
        guard result == 0 else { throw .last("getsockname") }
        return UInt16(bigEndian: address.sin6_port)
    }
}
