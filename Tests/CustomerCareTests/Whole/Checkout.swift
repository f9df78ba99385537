import Foundation
import Testing

/// The files of the repository this test file lies in.
enum Checkout {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of one file, by its path below the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The texts of all Swift files below a folder of the repository.
    static func swiftTexts(below folder: String) throws -> [String] {
        let start = root.appending(path: folder)
        let paths = try #require(FileManager.default.enumerator(atPath: start.path()))
        return try paths.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
            .map { try String(contentsOf: start.appending(path: $0), encoding: .utf8) }
    }
}
