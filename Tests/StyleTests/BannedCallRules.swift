import Testing

/// A word that may not stand in the code, and what to write instead.
private struct Ban: Sendable {
    let word: String
    let instead: String
    /// The paths, or beginnings of paths, it is allowed in.
    let allowed: [String]
    var isForTestsToo = false

    func applies(to file: SourceFile) -> Bool {
        file.isSwift && (file.isSource || (isForTestsToo && file.isTest))
            && !allowed.contains { file.path.hasPrefix($0) }
    }
}

private func bans(
    _ words: [String], instead: String, allowed: [String] = [], inTests isForTestsToo: Bool = false
) -> [Ban] {
    words.map { Ban(word: $0, instead: instead, allowed: allowed, isForTestsToo: isForTestsToo) }
}

/// Where time and randomness come from.
private let sourcesOfChance = [
    "Sources/Reactor/", "Sources/Signing/", "Sources/CustomerCare/Context.swift",
    "Sources/CustomerCare/World.swift",
]

private let banned: [Ban] =
    bans(["try!", "as!"], instead: "handle the failure", inTests: true)
    + bans(
        ["fatalError("], instead: "a typed error, or a precondition that states the invariant",
        inTests: true)
    + bans(["preconditionFailure()"], instead: "a message that states the invariant")
    + bans(
        [
            "Task {", "Task(", "Task<", "Task.detached", "Task.init", "Task.immediate",
            "Task.immediateDetached", "MainActor", "DispatchQueue",
        ],
        instead: "stay on the loop: async let, a task group, or the loop's own start of a handler",
        allowed: ["Sources/Reactor/"])
    + bans(
        [
            "Date()", "Date.now", ".random(", ".randomElement(", ".shuffled(", ".shuffle(",
            "clock_gettime", "gettimeofday", "ProcessInfo", "SystemRandomNumberGenerator",
            "ContinuousClock", "SuspendingClock", "UUID()", "getrandom", "arc4random",
            "WallClock", "SecureRandom",
        ],
        instead: "take the time and randomness from Context", allowed: sourcesOfChance)
    + bans(
        ["MonotonicInstant.now"], instead: "only deadlines and durations are measured by it",
        allowed: [
            "Sources/Reactor/", "Sources/HTTP/", "Sources/Postgres/",
            // They say how long something took.
            "Sources/CustomerCare/Service.swift", "Sources/CustomerCare/Observation/",
        ])
    + bans(
        ["Thread.sleep", "usleep(", "Task.sleep"], instead: "wait for the event itself",
        allowed: ["Sources/Reactor/"], inTests: true)

@Sendable private func bannedCalls(_ files: [SourceFile]) -> [Finding] {
    banned.flatMap { ban in
        files.filter(ban.applies).flatMap { file in
            offsets(of: ban.word, in: file.code).map {
                file.finding(at: $0, "\(ban.word) is banned: \(ban.instead)")
            }
        }
    }
}

/// A postfix `!`: it follows a name, a call or a subscript, and is not the `!` of `!=`.
@Sendable private func forcedUnwraps(_ files: [SourceFile]) -> [Finding] {
    files.filter(\.isSwift).flatMap { file in
        file.code.indices.dropFirst().compactMap { offset in
            guard file.code[offset] == UInt8(ascii: "!") else { return nil }
            let before = file.code[offset - 1]
            let next = offset + 1 < file.code.count ? file.code[offset + 1] : 0
            guard isWord(before) || [")", "]", ">"].contains(Unicode.Scalar(before)),
                next != UInt8(ascii: "=")
            else { return nil }
            // `try!` and `as!` have a rule of their own.
            let word = file.codeBefore(offset, atMost: 4)
            if word.hasSuffix("try") || word.hasSuffix(" as") { return nil }
            return file.finding(at: offset, "a forced unwrap: guard, or state the invariant")
        }
    }
}

@Sendable private func swallowedErrors(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource }.flatMap { file in
        let lines = file.lines
        return offsets(of: "try?", in: file.code).compactMap { offset in
            let line = file.line(at: offset)
            return lines[max(0, line - 2)..<line].contains { $0.contains("// ") }
                ? nil : file.finding(at: offset, "try? without the reason on or above its line")
        }
    }
}

@Sendable private func leftovers(_ files: [SourceFile]) -> [Finding] {
    let marks = ["TODO", "FIXME", "XXX", "HACK"]
    // The rules' own fixtures are literals; the copied cases are not ours.
    return files.filter { !$0.path.hasPrefix("Tests/http/") }.flatMap { file in
        marks.flatMap { mark in
            (offsets(of: mark, in: file.code) + offsets(of: mark, in: file.comments)).map {
                file.finding(at: $0, "\(mark): do it, or file it")
            }
        }
    }
}

@Suite("Banned calls")
struct BannedCallRules {
    private static let path = "Sources/CustomerCare/A.swift"

    @Test("nothing traps, leaves its loop, or takes time and chance from the air")
    func calls() {
        expectClean(bannedCalls)
        for ban in banned {
            let text = "let x = \(ban.word)\n// \(ban.word)\nlet text = \"\(ban.word)\"\n"
            let found = bannedCalls([SourceFile(Self.path, text)])
            #expect(found.contains { $0.line == 1 }, "\(ban.word)")
            #expect(!found.contains { $0.line > 1 }, "\(ban.word)")
        }
        expectFindings(0, bannedCalls, "Sources/Reactor/A.swift", "clock_gettime(1)\n")
        expectFindings(0, bannedCalls, Self.path, "let a = LocalDate()\nawait aTask {\n")
    }

    @Test("no optional is unwrapped by force")
    func unwraps() {
        expectClean(forcedUnwraps)
        expectFindings(
            4, forcedUnwraps, Self.path,
            "let a = b!\nlet c = d()!.e\nlet f = g[0]!\nlet h: Int! = nil\n")
        expectFindings(0, forcedUnwraps, Self.path, "if !a != b { c(!d) } // e!\n")
    }

    @Test("an error is not swallowed without a reason")
    func swallowed() {
        expectClean(swallowedErrors)
        expectFindings(1, swallowedErrors, Self.path, "let a = try? b()\n")
        expectFindings(0, swallowedErrors, Self.path, "let a = try? b()  // Absent is fine.\n")
        expectFindings(0, swallowedErrors, Self.path, "// Absent is fine.\nlet a = try? b()\n")
    }

    @Test("no mark of unfinished work is left in a file")
    func marks() {
        expectClean(leftovers)
        expectFindings(1, leftovers, Self.path, "// \("TODO"): later\nlet todo = 1\n")
        expectFindings(1, leftovers, "scripts/run", "# \("FIXME") mktemp -d cc.XXXXXX\n")
    }
}
