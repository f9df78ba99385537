/// The target of a request (RFC 9112 section 3.2), syntactically checked and otherwise raw.
package struct Target: Equatable, Sendable {
    /// The path as sent, percent-encoding included; begins with "/", or is "*" for OPTIONS.
    package let path: [UInt8]
    /// What follows the first "?", as sent; nil when there is none.
    package let query: [UInt8]?
    /// The authority of an absolute-form target, which replaces the Host field.
    package let authority: [UInt8]?

    /// Whether the request is about the server as a whole (`OPTIONS *`).
    package var isAsterisk: Bool { path == [0x2A] }

    /// Reads a target; nil when it does not follow the grammar, which means 400.
    init?(_ bytes: Span<UInt8>, method: Method?) {
        guard bytes.count > 0 else { return nil }
        if bytes[0] == 0x2A {
            guard bytes.count == 1, method == .options else { return nil }
            self.init(path: [0x2A], query: nil, authority: nil)
        } else if bytes[0] == 0x2F {
            self.init(path: bytes, from: 0, authority: nil)
        } else {
            guard let start = Target.authorityStart(bytes) else { return nil }
            var end = start
            while end < bytes.count, bytes[end] != 0x2F, bytes[end] != 0x3F { end += 1 }
            guard Authority.isValid(bytes.extracting(start..<end)) else { return nil }
            let authority = Array(copying: bytes, start..<end)
            self.init(path: bytes, from: end, authority: authority)
        }
    }

    private init(path: [UInt8], query: [UInt8]?, authority: [UInt8]?) {
        self.path = path
        self.query = query
        self.authority = authority
    }

    private init?(path bytes: Span<UInt8>, from start: Int, authority: [UInt8]?) {
        var questionMark: Int?
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x25 {
                guard position + 2 < bytes.count, bytes[position + 1].hexDigitValue != nil,
                    bytes[position + 2].hexDigitValue != nil
                else { return nil }
                position += 2
            } else if byte == 0x3F {
                if questionMark == nil { questionMark = position }
            } else if byte != 0x2F && !ByteClass.pathCharacter[Int(byte)] {
                return nil
            }
            position += 1
        }
        let pathEnd = questionMark ?? bytes.count
        let path = pathEnd == start ? [0x2F] : Array(copying: bytes, start..<pathEnd)
        let query = questionMark.map { Array(copying: bytes, ($0 + 1)..<bytes.count) }
        self.init(path: path, query: query, authority: authority)
    }

    /// Where the authority of an absolute-form target begins; the scheme must be http or https.
    private static func authorityStart(_ bytes: Span<UInt8>) -> Int? {
        for scheme in ["http://", "https://"]
        where bytes.count >= scheme.utf8.count
            && bytes.extracting(0..<scheme.utf8.count).equalsIgnoringCase(scheme)
        {
            return scheme.utf8.count
        }
        return nil
    }
}

/// A host with an optional port, as in Host and in absolute-form targets (RFC 9110 section 4.2.3).
enum Authority {
    /// Whether the bytes are a non-empty host with an optional port and without user information.
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0 else { return false }
        var position = 0
        if bytes[0] == 0x5B {
            position = 1
            while position < bytes.count, isAddressByte(bytes[position]) { position += 1 }
            guard position > 2, position < bytes.count, bytes[position] == 0x5D
            else { return false }
            position += 1
        } else {
            while position < bytes.count, ByteClass.hostCharacter[Int(bytes[position])] {
                position += 1
            }
            guard position > 0 else { return false }
        }
        if position == bytes.count { return true }
        guard bytes[position] == 0x3A else { return false }
        return isPort(bytes.extracting((position + 1)..<bytes.count))
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte.hexDigitValue != nil || byte == 0x3A || byte == 0x2E
    }

    private static func isPort(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count <= 5 else { return false }
        var port = 0
        for position in bytes.indices {
            guard bytes[position].isDigit else { return false }
            port = port * 10 + Int(bytes[position] - 0x30)
        }
        return port <= Int(UInt16.max)
    }
}

extension Array where Element == UInt8 {
    /// The bytes of a range of a span.
    init(copying span: Span<UInt8>, _ range: Range<Int>) {
        self.init()
        append(copying: span, range)
    }

    /// Appends the bytes of a range of a span, all at once.
    mutating func append(copying span: Span<UInt8>, _ range: Range<Int>) {
        let part = span.extracting(range)
        unsafe part.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
