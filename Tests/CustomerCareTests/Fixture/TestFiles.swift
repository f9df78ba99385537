import Foundation

/// Files that a test looks at or spoils.
enum TestFiles {
    /// The paths of all files below a folder.
    static func all(below folder: String) -> [String] {
        guard let names = FileManager.default.enumerator(atPath: folder) else { return [] }
        // Only a file has a content.
        return names.compactMap { $0 as? String }.map { "\(folder)/\($0)" }.filter {
            FileManager.default.contents(atPath: $0) != nil
        }
    }

    static func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map(Array.init)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    static func remove(_ folder: String) {
        // A folder that was never made is as good as removed.
        try? FileManager.default.removeItem(atPath: folder)
    }
}
