import JSON

/// Why a file of an operator cannot be used; names places, never values.
package struct SettingsFileFault: Error, Equatable, CustomStringConvertible {
    /// One line for each fault.
    package let faults: [String]

    package var description: String { faults.joined(separator: "; ") }
}

/// Reads addresses of other services out of an operator's file.
struct AddressReader {
    /// Whether one of them is on this machine and without TLS.
    private(set) var hasPlainText = false

    /// An address; without TLS only on this machine.
    mutating func address(_ settings: JSONObject, _ name: JSONName) -> String? {
        guard let text = settings.string(name, length: 1...512) else { return nil }
        let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        let isLocal = local.contains(where: text.hasPrefix)
        let isVisible = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isVisible, isLocal || text.hasPrefix("https://") else {
            settings.fault(name, .wrongFormat)
            return nil
        }
        if isLocal { hasPlainText = true }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
