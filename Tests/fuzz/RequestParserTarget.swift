@testable import HTTP

/// A request: its head, and its body when it is all there.
///
/// Properties: any split gives the same answer; consumed ≤ count; what follows a request does not
/// change it; a fault stays a fault; linear work; parse(serialise(x)) = x.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestParser(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzedInput(start, count)
    let bytes = input.bytes
    let whole = HeadAnswer(RequestParser.parse(bytes))

    input.demand(pieces(bytes, endingAt: input.someEnds) == whole, "a split gives another answer")
    let byByte = pieces(bytes, endingAt: Array(0..<bytes.count))
    input.demand(byByte == whole, "byte by byte, another answer")
    input.demandLinearWork { _ = pieces(bytes, endingAt: Array(0..<bytes.count)) }

    switch whole {
    case .incomplete: break
    case .invalid(let status):
        let known = [400, 413, 414, 417, 431, 501, 505]
        input.demand(known.contains(status), "an unexpected refusal: \(status)")
        let more = HeadAnswer(RequestParser.parse(bytes + Array("\r\n\r\n".utf8)))
        input.demand(more == whole, "more bytes heal a fault")
    case .complete(let head):
        input.demand(head.consumed <= bytes.count, "more is consumed than there is")
        let alone = HeadAnswer(RequestParser.parse(Array(bytes[..<head.consumed])))
        input.demand(alone == whole, "what follows a request changes it")
        let again = HeadAnswer(RequestParser.parse(head.serialised))
        guard case .complete(let second) = again else {
            input.demand(false, "its own serialisation is not accepted")
            return 0
        }
        input.demand(second.isSameRequest(as: head), "parse(serialise(x)) is not x")
        note(input, head)
    }
    return 0
}

/// What was understood of a head, in a form that can be compared.
private struct Head: Equatable {
    let method: String?
    let target: Target
    let fields: [[[UInt8]]]
    let framing: Framing.Body
    let keepsAlive: Bool
    let expectsContinue: Bool
    let minorVersion: Int
    let consumed: Int
    let rawMethodAndTarget: [UInt8]

    init(_ request: Request, consumed: Int) {
        method = request.method?.rawValue
        target = request.target
        let bytes = request.fields.bytes
        fields = request.fields.lines.map { line in
            [line.name, line.value].map { Array(bytes[Int($0.lowerBound)..<Int($0.upperBound)]) }
        }
        framing = request.framing.body
        keepsAlive = request.framing.keepsAlive
        expectsContinue = request.framing.expectsContinue
        minorVersion = request.minorVersion
        self.consumed = consumed
        // Without the empty lines before it and the version behind it.
        let line = bytes.drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x0D }
        rawMethodAndTarget = Array(line.dropLast(" HTTP/1.1".utf8.count))
    }

    var serialised: [UInt8] {
        var bytes = rawMethodAndTarget + Array(" HTTP/1.\(minorVersion)\r\n".utf8)
        for field in fields { bytes += field[0] + [0x3A, 0x20] + field[1] + [0x0D, 0x0A] }
        return bytes + [0x0D, 0x0A]
    }

    func isSameRequest(as other: Head) -> Bool {
        method == other.method && target == other.target && fields == other.fields
            && framing == other.framing && keepsAlive == other.keepsAlive
            && expectsContinue == other.expectsContinue && minorVersion == other.minorVersion
    }
}

private enum HeadAnswer: Equatable {
    case incomplete
    case complete(Head)
    case invalid(Int)

    init(_ result: ParseResult) {
        switch result {
        case .incomplete: self = .incomplete
        case .complete(let request, let consumed):
            self = .complete(Head(request, consumed: consumed))
        case .invalid(let status): self = .invalid(status)
        }
    }
}

private func pieces(_ bytes: [UInt8], endingAt ends: [Int]) -> HeadAnswer {
    var parser = RequestParser()
    for end in ends + [bytes.count] {
        let answer = HeadAnswer(parser.parse(bytes.span.extracting(0..<end)))
        if answer != .incomplete { return answer }
    }
    return .incomplete
}

private func note(_ input: FuzzedInput, _ head: Head) {
    var body: [UInt8] = []
    var position = head.consumed
    var reader: BodyReader =
        switch head.framing {
        case .none: .none
        case .fixed(let length): .fixed(left: length)
        case .chunked: .chunked(ChunkedBody(maximumBytes: Limits.bufferedBodyBytes))
        }
    let progress = reader.read(input.bytes.span, from: &position, into: &body)
    input.demand(position <= input.bytes.count, "a body is longer than the bytes there are")
    let fields = head.fields.map { "\(hexadecimal($0[0])):\(hexadecimal($0[1]))" }
    input.accepted([
        ("line", hexadecimal(head.rawMethodAndTarget)),
        ("fields", fields.joined(separator: " ")),
        ("head", String(head.consumed)),
        ("body", progress == .finished ? hexadecimal(body) : "-"),
        ("end", String(position)),
    ])
}
