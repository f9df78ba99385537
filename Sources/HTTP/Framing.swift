/// Where a request's body ends and what becomes of its connection (RFC 9112 sections 6 and 9).
struct Framing {
    /// What content follows the head: none, so many bytes, or chunks until the last.
    enum Body: Equatable {
        case none
        case fixed(Int)
        case chunked
    }

    var body = Body.none
    var keepsAlive: Bool
    var expectsContinue = false
    /// The Host field's value; nil only for HTTP/1.0.
    var host: [UInt8]?

    /// Reads the fields that decide about framing; anything doubtful is a fault, never a guess.
    static func read(
        _ fields: HeaderFields, requestLine: RequestLine
    ) -> Result<Framing, MessageFault> {
        do {
            var framing = Framing(keepsAlive: requestLine.minorVersion >= 1)
            framing.host = try host(fields, isRequired: requestLine.minorVersion >= 1)
            framing.body = try body(fields, minorVersion: requestLine.minorVersion)
            if requestLine.minorVersion >= 1 {
                framing.expectsContinue = try expectation(fields)
            }
            if let options = fields.combined("connection"), lists(options, "close") {
                framing.keepsAlive = false
            }
            return .success(framing)
        } catch {
            return .failure(error)
        }
    }

    private static func host(
        _ fields: HeaderFields, isRequired: Bool
    ) throws(MessageFault) -> [UInt8]? {
        switch fields.count(of: "host") {
        case 0 where !isRequired:
            return nil
        case 1:
            guard let host = fields.only("host"), Authority.isValid(host.span) else {
                throw MessageFault(status: 400)
            }
            return host
        default:
            throw MessageFault(status: 400)
        }
    }

    private static func body(
        _ fields: HeaderFields, minorVersion: Int
    ) throws(MessageFault) -> Body {
        let lengthCount = fields.count(of: "content-length")
        let codingCount = fields.count(of: "transfer-encoding")
        if codingCount > 0 {
            // Both together, or chunked from a 1.0 sender, is how requests are smuggled (6.1).
            guard codingCount == 1, lengthCount == 0, minorVersion >= 1,
                let coding = fields.only("transfer-encoding")
            else { throw MessageFault(status: 400) }
            if coding.span.equalsIgnoringCase("chunked") { return .chunked }
            throw MessageFault(status: isTokenList(coding) ? 501 : 400)
        }
        guard lengthCount > 0 else { return .none }
        guard lengthCount == 1, let digits = fields.only("content-length"), !digits.isEmpty else {
            throw MessageFault(status: 400)
        }
        return try .fixed(length(digits))
    }

    private static func length(_ digits: [UInt8]) throws(MessageFault) -> Int {
        var length = 0
        var isTooLarge = false
        for byte in digits {
            guard byte.isDigit else { throw MessageFault(status: 400) }
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(byte - 0x30))
            isTooLarge = isTooLarge || overflow || carry
            length = sum
        }
        if isTooLarge { throw MessageFault(status: 413) }
        return length
    }

    private static func expectation(_ fields: HeaderFields) throws(MessageFault) -> Bool {
        guard let expectation = fields.combined("expect") else { return false }
        guard expectation.span.equalsIgnoringCase("100-continue") else {
            throw MessageFault(status: 417)
        }
        return true
    }

    private static func isTokenList(_ value: [UInt8]) -> Bool {
        !value.isEmpty
            && value.allSatisfy { $0.isTokenByte || $0 == 0x2C || $0 == 0x20 || $0 == 0x09 }
    }

    /// Whether a comma-separated list holds a token, whatever its case.
    private static func lists(_ list: [UInt8], _ token: String) -> Bool {
        list.split(separator: 0x2C).contains { member in
            let bytes = Array(member)
            let trimmed = bytes.span.trimmingOptionalWhitespace(0..<bytes.count)
            return bytes.span.extracting(trimmed).equalsIgnoringCase(token)
        }
    }
}
