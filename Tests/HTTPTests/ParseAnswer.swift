@testable import HTTP

/// What the parser said, in a form that can be compared.
enum ParseAnswer: Equatable, CustomStringConvertible {
    case incomplete
    case complete(target: String, consumed: Int, body: Framing.Body, keepsAlive: Bool)
    case invalid(Int)

    init(_ result: ParseResult) {
        switch result {
        case .incomplete: self = .incomplete
        case .invalid(let status): self = .invalid(status)
        case .complete(let request, let consumed):
            let query = request.target.query.map { "?" + String(decoding: $0, as: UTF8.self) }
            self = .complete(
                target: "\(request.method?.rawValue ?? "-") \(request.pathText)\(query ?? "")",
                consumed: consumed, body: request.framing.body,
                keepsAlive: request.framing.keepsAlive)
        }
    }

    var description: String {
        switch self {
        case .incomplete: "incomplete"
        case .invalid(let status): "\(status)"
        case .complete(let target, let consumed, let body, let keepsAlive):
            "\(target) \(consumed) \(body) \(keepsAlive)"
        }
    }

    /// Whether the bytes behind a prefix were not looked at for an answer to count as final.
    var isFinal: Bool { self != .incomplete }

    /// The answer to all bytes at once.
    static func whole(_ bytes: [UInt8]) -> ParseAnswer { ParseAnswer(RequestParser.parse(bytes)) }

    /// The answer when the bytes arrive in pieces that end at these places.
    static func pieces(_ bytes: [UInt8], endingAt ends: [Int]) -> ParseAnswer {
        var parser = RequestParser()
        for end in ends + [bytes.count] {
            let answer = ParseAnswer(parser.parse(bytes.span.extracting(0..<end)))
            if answer.isFinal { return answer }
        }
        return .incomplete
    }
}

/// The request of a head that must be valid, with a Host field added.
func request(_ line: String = "GET / HTTP/1.1", _ fields: String = "") -> Request? {
    let bytes = Array("\(line)\r\nHost: a\r\n\(fields)\r\n".utf8)
    guard case .complete(let request, _) = RequestParser.parse(bytes) else { return nil }
    return request
}

/// The status with which a head is refused; 0 when it is valid, -1 when it is incomplete.
func refusal(_ head: String) -> Int {
    switch RequestParser.parse(Array(head.utf8)) {
    case .complete: 0
    case .incomplete: -1
    case .invalid(let status): status
    }
}
