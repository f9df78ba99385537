/// What a parser knows after looking at the bytes so far.
package enum ParseResult {
    /// More bytes are needed.
    case incomplete
    /// The head of a request, which took so many bytes.
    case complete(Request, consumed: Int)
    /// No valid request can begin so: answer with this status and close.
    case invalid(status: Int)
}

/// Reads the head of a request: request line and field lines up to the empty line.
///
/// A pure function over bytes: it goes strictly from left to right and judges a byte by what came
/// before it, so every split of the same input gives the same answer. It remembers how far it has
/// looked, so the work is linear however the bytes arrive.
package struct RequestParser {
    private var position = 0
    private var lineStart = 0
    private var emptyLines = 0
    private var requestLine: RequestLine?
    private var lines: [HeaderFields.Line] = []

    /// The method, once the request line has been read: an answer to HEAD has no content.
    var method: Method? { requestLine?.method }

    /// A parser at the beginning of a request.
    package init() {}

    /// Parses the head of one request at the start of the bytes.
    package static func parse(_ bytes: [UInt8]) -> ParseResult {
        var parser = RequestParser()
        return parser.parse(bytes.span)
    }

    /// Goes on where the last call ended; `input` begins at the same first byte every time.
    package mutating func parse(_ input: Span<UInt8>) -> ParseResult {
        while true {
            switch findLineEnd(input) {
            case .missing:
                return .incomplete
            case .fault(let status):
                return .invalid(status: status)
            case .found(let end):
                let line = lineStart..<end
                position = end + 2
                lineStart = position
                if let result = take(line, of: input) { return result }
            }
        }
    }

    /// Where the line ends, or the status of the refusal.
    private enum LineEnd {
        case missing
        case found(Int)
        case fault(Int)
    }

    /// Looks for CR LF; a CR or LF alone, or another control character, ends the matter with 400.
    private mutating func findLineEnd(_ input: Span<UInt8>) -> LineEnd {
        let bound =
            requestLine == nil ? lineStart + Limits.requestLineBytes : Limits.headBytes
        while position < input.count {
            if position >= bound { return .fault(requestLine == nil ? 414 : 431) }
            let byte = input[position]
            if byte >= 0x20 && byte != 0x7F || byte == 0x09 {
                // A line that begins with white space continues the one before: obsolete (5.2).
                if position == lineStart, byte == 0x20 || byte == 0x09 { return .fault(400) }
                position += 1
            } else if byte == 0x0D {
                guard position + 1 < input.count else { return .missing }
                return input[position + 1] == 0x0A ? .found(position) : .fault(400)
            } else {
                return .fault(400)
            }
        }
        return .missing
    }

    /// Takes in one line without its end; returns a result when the head is over or wrong.
    private mutating func take(_ line: Range<Int>, of input: Span<UInt8>) -> ParseResult? {
        if requestLine == nil {
            if line.isEmpty {
                emptyLines += 1
                return emptyLines > Limits.leadingEmptyLines ? .invalid(status: 400) : nil
            }
            switch RequestLine.parse(input.extracting(line)) {
            case .success(let parsed): requestLine = parsed
            case .failure(let fault): return .invalid(status: fault.status)
            }
            return nil
        }
        if line.isEmpty { return finish(input) }
        if lines.count == Limits.fieldLines { return .invalid(status: 431) }
        var colon = line.lowerBound
        while colon < line.upperBound, input[colon].isTokenByte { colon += 1 }
        // No white space may stand before the colon (RFC 9112 section 5.1): the name is a token.
        guard colon > line.lowerBound, colon < line.upperBound, input[colon] == 0x3A else {
            return .invalid(status: 400)
        }
        let value = input.trimmingOptionalWhitespace((colon + 1)..<line.upperBound)
        lines.append(
            HeaderFields.Line(
                name: Int32(line.lowerBound)..<Int32(colon),
                value: Int32(value.lowerBound)..<Int32(value.upperBound)))
        return nil
    }

    private func finish(_ input: Span<UInt8>) -> ParseResult {
        guard let requestLine else { return .invalid(status: 400) }
        var bytes = Array(copying: input, 0..<position)
        for line in lines {
            for index in Int(line.name.lowerBound)..<Int(line.name.upperBound) {
                bytes[index] = bytes[index].lowerCased
            }
        }
        let fields = HeaderFields(bytes: bytes, lines: lines)
        switch Framing.read(fields, requestLine: requestLine) {
        case .success(let framing):
            let request = Request(line: requestLine, fields: fields, framing: framing)
            return .complete(request, consumed: position)
        case .failure(let fault):
            return .invalid(status: fault.status)
        }
    }
}

/// A fault of a message, told to the client as a status.
struct MessageFault: Error {
    let status: Int
}

/// The first line of a request: method, target and version.
struct RequestLine {
    /// nil for a method that is a valid token but not known here: 501.
    let method: Method?
    let target: Target
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 and for later minor versions.
    let minorVersion: Int

    static func parse(_ line: Span<UInt8>) -> Result<RequestLine, MessageFault> {
        var methodEnd = 0
        while methodEnd < line.count, line[methodEnd].isTokenByte { methodEnd += 1 }
        guard methodEnd > 0, methodEnd < line.count, line[methodEnd] == 0x20 else {
            return .failure(MessageFault(status: 400))
        }
        let targetStart = methodEnd + 1
        var targetEnd = targetStart
        while targetEnd < line.count, line[targetEnd] != 0x20 { targetEnd += 1 }
        guard targetEnd > targetStart, targetEnd < line.count else {
            return .failure(MessageFault(status: 400))
        }
        let minorVersion: Int
        switch version(line.extracting((targetEnd + 1)..<line.count)) {
        case .success(let number): minorVersion = number
        case .failure(let fault): return .failure(fault)
        }
        let method = Method(line.extracting(0..<methodEnd))
        // CONNECT has a target form of its own, for tunnels that an origin server does not dig.
        if line.extracting(0..<methodEnd).equals("CONNECT") {
            return .failure(MessageFault(status: 501))
        }
        guard let target = Target(line.extracting(targetStart..<targetEnd), method: method) else {
            return .failure(MessageFault(status: 400))
        }
        return .success(RequestLine(method: method, target: target, minorVersion: minorVersion))
    }

    /// The minor version of HTTP/1.x; 505 for other major versions, 400 for anything else.
    private static func version(_ text: Span<UInt8>) -> Result<Int, MessageFault> {
        guard text.count == 8, text.extracting(0..<5).equals("HTTP/"), text[5].isDigit,
            text[6] == 0x2E, text[7].isDigit
        else { return .failure(MessageFault(status: 400)) }
        guard text[5] == 0x31 else { return .failure(MessageFault(status: 505)) }
        return .success(text[7] == 0x30 ? 0 : 1)
    }
}
