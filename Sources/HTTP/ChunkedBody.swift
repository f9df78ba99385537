/// Takes a chunked body apart (RFC 9112 section 7.1), byte by byte and from left to right.
///
/// Stricter than the grammar where leniency has led to smuggling: every line ends with CR LF, no
/// white space stands around a size, extensions are well-formed and few, trailers are checked and
/// dropped.
struct ChunkedBody {
    /// What is known after the bytes so far; the status is that of the refusal.
    enum Progress: Equatable {
        case needsMore
        case finished
        case invalid(status: Int)
    }

    /// The part of the body (RFC 9112 section 7.1) that the next byte belongs to.
    private enum State {
        case size
        case extensions
        case sizeLineFeed
        case content
        case contentReturn
        case contentLineFeed
        case trailer
        case trailerLineFeed
        case lastLineFeed
        case finished
    }

    private var state = State.size
    private var size = 0
    private var sizeDigits = 0
    private var left = 0
    private var lineBytes = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var line: [UInt8] = []
    private let maximumBytes: Int
    private(set) var contentBytes = 0

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Reads on from `position`, moves it behind what was read, and appends content to `output`.
    mutating func read(
        _ input: Span<UInt8>, from position: inout Int, into output: inout [UInt8],
        outputBound: Int = .max
    ) -> Progress {
        while position < input.count {
            if state == .content {
                let count = min(left, input.count - position, outputBound - output.count)
                if count <= 0 { return .needsMore }
                output.append(copying: input, position..<(position + count))
                position += count
                left -= count
                if left == 0 { state = .contentReturn }
                continue
            }
            if let status = step(input[position]) { return .invalid(status: status) }
            position += 1
            if state == .finished { return .finished }
        }
        return .needsMore
    }

    /// Takes one byte outside of content; returns a status when it is a fault.
    private mutating func step(_ byte: UInt8) -> Int? {
        switch state {
        case .size: return stepSize(byte)
        case .extensions: return stepExtension(byte)
        case .sizeLineFeed:
            guard byte == 0x0A else { return 400 }
            return beginChunk()
        case .contentReturn:
            guard byte == 0x0D else { return 400 }
            state = .contentLineFeed
        case .contentLineFeed:
            guard byte == 0x0A else { return 400 }
            beginLine(.size)
        case .trailer: return stepTrailer(byte)
        case .trailerLineFeed:
            guard byte == 0x0A, Trailer.isValid(line) else { return 400 }
            beginLine(.trailer)
        case .lastLineFeed:
            guard byte == 0x0A else { return 400 }
            state = .finished
        case .content, .finished: return 400
        }
        return nil
    }

    private mutating func beginLine(_ next: State) {
        state = next
        lineBytes = 0
        size = 0
        sizeDigits = 0
        line.removeAll(keepingCapacity: true)
    }

    private mutating func stepSize(_ byte: UInt8) -> Int? {
        lineBytes += 1
        if lineBytes > Limits.chunkLineBytes { return 400 }
        if let digit = byte.hexDigitValue {
            sizeDigits += 1
            // No such length exists: a fault of framing, not a body that is too large.
            if size > (Int.max - Int(digit)) / 16 { return 400 }
            size = size * 16 + Int(digit)
            return nil
        }
        guard sizeDigits > 0 else { return 400 }
        switch byte {
        case 0x0D: state = .sizeLineFeed
        case 0x3B:
            state = .extensions
            line = [byte]
            extensionBytes += 1
        default: return 400
        }
        return nil
    }

    private mutating func stepExtension(_ byte: UInt8) -> Int? {
        lineBytes += 1
        extensionBytes += 1
        if lineBytes > Limits.chunkLineBytes || extensionBytes > Limits.chunkExtensionBytes {
            return 400
        }
        if byte == 0x0D {
            guard ChunkExtensions.areValid(line) else { return 400 }
            state = .sizeLineFeed
        } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
            return 400
        } else {
            line.append(byte)
        }
        return nil
    }

    private mutating func beginChunk() -> Int? {
        if size == 0 {
            beginLine(.trailer)
            return nil
        }
        guard size <= maximumBytes - contentBytes else { return 413 }
        contentBytes += size
        left = size
        state = .content
        return nil
    }

    private mutating func stepTrailer(_ byte: UInt8) -> Int? {
        trailerBytes += 1
        if trailerBytes > Limits.trailerBytes { return 431 }
        if byte == 0x0D {
            state = line.isEmpty ? .lastLineFeed : .trailerLineFeed
        } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
            return 400
        } else {
            line.append(byte)
        }
        return nil
    }
}

/// The grammar of chunk extensions: `;name`, `;name=token` or `;name="quoted"`, repeated.
enum ChunkExtensions {
    static func areValid(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while position < bytes.count {
            guard bytes[position] == 0x3B else { return false }
            position += 1
            guard skipToken(bytes, &position) else { return false }
            if position < bytes.count, bytes[position] == 0x3D {
                position += 1
                let isQuoted = position < bytes.count && bytes[position] == 0x22
                let isValid =
                    isQuoted ? skipQuoted(bytes, &position) : skipToken(bytes, &position)
                guard isValid else { return false }
            }
        }
        return true
    }

    private static func skipToken(_ bytes: [UInt8], _ position: inout Int) -> Bool {
        let start = position
        while position < bytes.count, bytes[position].isTokenByte { position += 1 }
        return position > start
    }

    private static func skipQuoted(_ bytes: [UInt8], _ position: inout Int) -> Bool {
        position += 1
        while position < bytes.count, bytes[position] != 0x22 {
            position += bytes[position] == 0x5C ? 2 : 1
        }
        position += 1
        return position <= bytes.count
    }
}

/// The check of one trailer field line; what passes is dropped all the same.
enum Trailer {
    /// Fields that must never come late, because they say how to read or whom to trust (6.5.1).
    private static let forbidden = [
        "content-length", "transfer-encoding", "host", "connection", "content-type",
        "content-encoding", "content-range", "authorization", "expect", "trailer", "te",
        "signature", "signature-input", "content-digest", "idempotency-key",
    ]

    static func isValid(_ line: [UInt8]) -> Bool {
        guard let colon = line.firstIndex(where: { !$0.isTokenByte }), colon > 0,
            line[colon] == 0x3A
        else { return false }
        let name = line.span.extracting(0..<colon)
        for field in forbidden where name.equalsIgnoringCase(field) { return false }
        return true
    }
}
