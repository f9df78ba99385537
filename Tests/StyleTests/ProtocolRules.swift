import Testing

/// Protocols that may have a single conforming type: `Endpoint` has one per operation.
private let freeProtocols: Set<String> = ["Endpoint"]

@Sendable private func needlessProtocols(_ files: [SourceFile]) -> [Finding] {
    let sources = files.filter { $0.isSwift && $0.isSource }
    // By protocol: the conforming types, each with the module that makes it conform.
    var conforming: [String: [String: String]] = [:]
    for file in sources {
        for one in inheritances(in: file) {
            for name in one.supertypes {
                conforming[name, default: [:]][one.type] = file.module
            }
        }
    }
    return sources.flatMap { file -> [Finding] in
        inheritances(in: file).compactMap { one in
            guard one.keyword == "protocol", !freeProtocols.contains(one.type) else { return nil }
            let types = conforming[one.type, default: [:]]
            // A lower module cannot name the type above it: there a protocol says something.
            let isBorder = types.values.contains { $0 != file.module }
            if types.count > 1 || isBorder { return nil }
            return file.finding(at: one.offset, "\(one.type) has one conforming type: use the type")
        }
    }
}

@Suite("Protocols")
struct ProtocolRules {
    @Test("no protocol stands between a caller and the one type behind it")
    func protocols() {
        expectClean(needlessProtocols)
        let alone = "protocol Store {}\nstruct DiskStore<T: Equatable>: Store, Sendable {}\n"
        expectFindings(1, needlessProtocols, "Sources/HTTP/A.swift", alone)
        expectFindings(
            0, needlessProtocols, "Sources/HTTP/A.swift",
            alone + "extension Array: @retroactive Store where Element: Hashable {}\n")
        expectFindings(
            0, needlessProtocols,
            [
                SourceFile("Sources/HTTP/A.swift", "package protocol Application {}\n"),
                SourceFile("Sources/CustomerCare/B.swift", "final class Service: Application {}\n"),
            ])
    }
}
