import CLinux
import Glibc

/// A system call that failed, with the call's name and its error number.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The name of the call, such as `epoll_ctl`.
    package let call: String
    /// The value of `errno` after the call.
    package let number: Int32

    /// Describes a failed call by name and error number.
    package init(call: String, number: Int32) {
        self.call = call
        self.number = number
    }

    /// Takes the error number from this thread's `errno`, so it must stand right behind the call.
    package static func last(_ call: String) -> SystemError {
        SystemError(call: call, number: errno)
    }

    package var description: String {
        let text = unsafe strerror(number).map { unsafe String(cString: $0) }
        return "\(call): \(text ?? "error") (\(number))"
    }
}
