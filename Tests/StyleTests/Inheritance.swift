/// A type or extension and what stands after its colon.
struct Inheritance {
    let keyword: String
    let type: String
    let supertypes: [String]
    let offset: Int
}

/// Every `struct`, `class`, `enum`, `actor`, `protocol` and `extension` of a file.
func inheritances(in file: SourceFile) -> [Inheritance] {
    let keywords: Set<String> = ["struct", "class", "enum", "actor", "protocol", "extension"]
    let found = words(in: file.code)
    return zip(found, found.dropFirst()).compactMap { keyword, type in
        guard keywords.contains(keyword.text), type.text != "func", type.text != "var" else {
            return nil
        }
        // The header runs to the brace; its colon is the first outside of <…>.
        let header = file.code[type.offset...].prefix { $0 != UInt8(ascii: "{") }
        var depth = 0
        var colon: Int?
        for (offset, byte) in zip(header.indices, header) {
            if byte == UInt8(ascii: "<") { depth += 1 }
            if byte == UInt8(ascii: ">") { depth -= 1 }
            if byte == UInt8(ascii: ":") && depth == 0 {
                colon = offset
                break
            }
        }
        let list = colon.map { String(decoding: header[($0 + 1)...], as: UTF8.self) } ?? ""
        let supertypes = list.split { ",& \n".contains($0) }.map(String.init)
            .prefix { $0 != "where" }
            .map { $0.split(separator: "<").first.map(String.init) ?? $0 }
        return Inheritance(
            keyword: keyword.text, type: type.text, supertypes: Array(supertypes),
            offset: keyword.offset)
    }
}

/// The offset of the brace that closes the one at `start`.
func closingBrace(in code: [UInt8], of start: Int) -> Int {
    var depth = 0
    for offset in start..<code.count {
        if code[offset] == UInt8(ascii: "{") { depth += 1 }
        if code[offset] == UInt8(ascii: "}") {
            depth -= 1
            if depth == 0 { return offset }
        }
    }
    return code.count - 1
}

/// The names of the functions and variables that the protocols of a file require.
func requirements(in file: SourceFile) -> [String] {
    inheritances(in: file).filter { $0.keyword == "protocol" }.flatMap { one -> [String] in
        guard let start = file.code[one.offset...].firstIndex(of: UInt8(ascii: "{")) else {
            return []
        }
        let body = words(in: Array(file.code[start...closingBrace(in: file.code, of: start)]))
        return zip(body, body.dropFirst()).filter { ["func", "var"].contains($0.0.text) }
            .map(\.1.text)
    }
}
