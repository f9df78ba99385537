import HTTP

/// The media type of request bodies.
enum MediaType {
    /// Throws 415 unless the body is announced, once, as plain `application/json` in UTF-8
    /// (RFC 8259 section 8.1 knows no other encoding).
    static func requireJSON(_ request: Request) throws(Problem) {
        guard let type = request.fields.only("content-type"),
            request.fields.count(of: "content-encoding") == 0
        else { throw Problem(.unsupportedMediaType) }
        let (essence, parameters) = parse(type)
        guard essence == "application/json", parameters.allSatisfy(isHarmless) else {
            throw Problem(.unsupportedMediaType)
        }
    }

    /// The media type of a body, which must be one of those named: lower case, no parameters.
    ///
    /// Throws 415 for any other, and for an encoding other than one that is taken.
    static func require(
        _ streaming: Route.Streaming, _ request: Request
    ) throws(Problem) -> (name: String, isGzip: Bool) {
        guard let type = request.fields.only("content-type") else {
            throw Problem(.unsupportedMediaType)
        }
        let encodings = request.fields.count(of: "content-encoding")
        let isGzip =
            streaming.takesGzip && encodings == 1
            && request.fields.only("content-encoding").map { $0.map(lowerCase) }
                == Array("gzip".utf8)
        guard encodings == 0 || isGzip else { throw Problem(.unsupportedMediaType) }
        let (essence, parameters) = parse(type)
        guard streaming.mediaTypes.contains(essence), parameters.allSatisfy(isHarmless) else {
            throw Problem(.unsupportedMediaType)
        }
        return (essence, isGzip)
    }

    private static func parse(
        _ type: [UInt8]
    ) -> (essence: String, parameters: ArraySlice<ArraySlice<UInt8>>) {
        let parts = type.map(lowerCase).split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let essence = parts.first.map(\.trimmingBlanks) ?? []
        return (String(decoding: essence, as: UTF8.self), parts.dropFirst())
    }

    /// Whether a parameter leaves the body what it is.
    private static func isHarmless(_ parameter: ArraySlice<UInt8>) -> Bool {
        let text = parameter.trimmingBlanks
        guard text.starts(with: "charset".utf8) else { return true }
        return text.elementsEqual("charset=utf-8".utf8)
            || text.elementsEqual("charset=\"utf-8\"".utf8)
    }

    private static func lowerCase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and tabs around it.
    fileprivate var trimmingBlanks: ArraySlice<UInt8> {
        var text = self
        while let first = text.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return text
    }
}
