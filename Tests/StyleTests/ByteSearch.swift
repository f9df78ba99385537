/// Every offset at which the word stands in the bytes.
///
/// A side of the word that is a letter, digit
/// or underscore must not go on in the text: `Date()` is not found in `asDate()`.
func offsets(of word: String, in bytes: [UInt8]) -> [Int] {
    let wanted = Array(word.utf8)
    guard let first = wanted.first, let last = wanted.last, bytes.count >= wanted.count else {
        return []
    }
    var found: [Int] = []
    for offset in 0...(bytes.count - wanted.count) where bytes[offset] == first {
        let end = offset + wanted.count
        guard bytes[offset..<end].elementsEqual(wanted) else { continue }
        if isWord(first), offset > 0, isWord(bytes[offset - 1]) { continue }
        if isWord(last), end < bytes.count, isWord(bytes[end]) { continue }
        found.append(offset)
    }
    return found
}

/// Whether the byte can be part of an identifier; bytes beyond ASCII count as such.
func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
        true
    default: false
    }
}

/// The maximal runs of identifier bytes, each with its offset.
func words(in bytes: [UInt8]) -> [(offset: Int, text: String)] {
    var found: [(offset: Int, text: String)] = []
    var start: Int?
    for offset in 0...bytes.count {
        if offset < bytes.count, isWord(bytes[offset]) {
            if start == nil { start = offset }
        } else if let begin = start {
            found.append((begin, String(decoding: bytes[begin..<offset], as: UTF8.self)))
            start = nil
        }
    }
    return found
}

/// `listBills` and `ListBills` as `list_bills`.
func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase && !result.isEmpty { result += "_" }
        result += character.lowercased()
    }
    return result
}

/// `listBills` as `ListBills`.
func upperCamelCase(_ name: String) -> String {
    name.prefix(1).uppercased() + name.dropFirst()
}
