import Glibc

/// An array of C strings that ends with a null pointer, as C functions take them.
@safe
final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            unsafe (pointers + index).initialize(to: UnsafePointer(strdup(string)))
        }
        unsafe (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count {
            unsafe free(UnsafeMutableRawPointer(mutating: pointers[index]))
        }
        unsafe pointers.deallocate()
    }
}

/// The name of a prepared statement on one link, as a C string.
@safe
final class PreparedName {
    let pointer: UnsafeMutablePointer<CChar>

    init(_ name: String) {
        let utf8 = name.utf8CString
        unsafe pointer = .allocate(capacity: utf8.count)
        for (index, character) in utf8.enumerated() {
            unsafe (pointer + index).initialize(to: character)
        }
    }

    deinit {
        unsafe pointer.deallocate()
    }
}
