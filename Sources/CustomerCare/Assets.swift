import CAssets

/// The files that travel inside the binary, by path such as `migrations/0001_tables.sql`.
enum Assets {
    /// The paths that begin with a prefix, in alphabetical order.
    static func names(withPrefix prefix: String) -> [String] {
        index.keys.filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// The bytes of a file; nil when there is none of that path.
    static func bytes(_ name: String) -> [UInt8]? {
        guard let position = index[name], let start = unsafe cassets_bytes(position) else {
            return nil
        }
        return unsafe Array(UnsafeBufferPointer(start: start, count: cassets_size(position)))
    }

    /// The text of a file in UTF-8; nil when there is none of that path.
    static func text(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    private static let index: [String: Int] = {
        var index: [String: Int] = [:]
        for position in 0..<cassets_count() {
            if let name = unsafe cassets_name(position) {
                index[unsafe String(cString: name)] = position
            }
        }
        return index
    }()
}
