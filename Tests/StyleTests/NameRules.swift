import Testing

/// Names that say nothing, wherever they stand in a file's name.
private let emptyWords: Set<String> = ["Utils", "Util", "Helper", "Helpers", "Misc", "Manager"]
/// Names that say nothing when they are all there is.
private let emptyNames: Set<String> = [
    "Common", "Core", "Base", "New", "V2", "Legacy", "Info", "Data", "Shared", "Stuff",
]

/// `JSONReaderUtils` as `JSONReader` and `Utils`: split before a capital after a small letter.
private func camelWords(_ name: String) -> [String] {
    var result: [String] = []
    var previous: Character = "A"
    for character in name {
        if result.isEmpty || (character.isUppercase && !previous.isUppercase) || character == "+" {
            result.append("")
        }
        if character != "+" { result[result.count - 1].append(character) }
        previous = character
    }
    return result
}

@Sendable private func emptyFileNames(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSource || ($0.isTest && $0.isSwift) }.compactMap { file in
        var parts = file.path.split(separator: "/").dropFirst().dropLast().map(String.init)
        parts.append(file.stem)
        let bad = parts.first { part in
            let bare = part.prefix(1).uppercased() + part.dropFirst()
            return emptyNames.contains(bare)
                || camelWords(bare).contains(where: emptyWords.contains)
        }
        return bad.map { file.finding(at: 0, "\($0) says nothing: name what it is") }
    }
}

/// Field names of the utility's older systems stay in the importers' profiles.
@Sendable private func legacyNames(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSource && !$0.path.hasPrefix("Sources/CAssets/imports/") }
        .flatMap { file in
            words(in: file.bytes)
                .filter { word in
                    word.text.hasPrefix("NGAY_D")
                        || (word.text.hasPrefix("MA_") && word.text == word.text.uppercased())
                }
                .map { file.finding(at: $0.offset, "\($0.text): map it in CAssets/imports/") }
        }
}

/// A sentence has three words or more; as a name it goes without the period.
private func isSentence(_ name: String) -> Bool {
    let parts = name.split(separator: " ")
    return parts.count >= 3 && !name.hasSuffix(".")
}

@Sendable private func testsWithoutSentence(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isTest && $0.isSwift }.flatMap { file in
        offsets(of: "@Test", in: file.code).compactMap { offset -> Finding? in
            let rest = file.code[(offset + "@Test".utf8.count)...]
            let name = rest.firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
                .flatMap { open in rest[open] == UInt8(ascii: "(") ? open + 1 : nil }
                .flatMap { after in
                    rest[after...].firstIndex {
                        $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n")
                    }
                }
            let literal = file.literals.first { $0.offset == name }
            if let literal, isSentence(literal.text) { return nil }
            return file.finding(at: offset, "a test is named by a sentence: @Test(\"…\")")
        }
    }
}

@Suite("Names")
struct NameRules {
    @Test("no file or folder has a name that says nothing")
    func fileNames() {
        expectClean(emptyFileNames)
        expectFindings(
            3, emptyFileNames,
            [
                SourceFile("Sources/CustomerCare/Utils/A.swift", ""),
                SourceFile("Sources/HTTP/SocketManager.swift", ""),
                SourceFile("Tests/HTTPTests/Common.swift", ""),
                SourceFile("Sources/HTTP/Database.swift", ""),
            ])
    }

    @Test("names of older systems stay in the importers")
    func legacy() {
        expectClean(legacyNames)
        let text = "let a = row[\"MA_KHANG\"]\nlet b = \"NGAY_DKY\"\nlet c = SIGMA_ALL\n"
        expectFindings(2, legacyNames, "Sources/CustomerCare/Bill.swift", text)
        expectFindings(0, legacyNames, "Sources/CAssets/imports/cmis.json", text)
    }

    @Test("every test is named by a sentence")
    func testNames() {
        expectClean(testsWithoutSentence)
        let text =
            "@Test func a() {}\n@Test(\"short\") func b() {}\n"
            + "@Test(\n    \"a sentence it is\", arguments: [1])\nfunc c(_ x: Int) {}\n"
        expectFindings(2, testsWithoutSentence, "Tests/HTTPTests/A.swift", text)
    }
}
