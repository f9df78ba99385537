/// Writes answers as HTTP/1.1 messages.
enum ResponseWriter {
    /// Appends one answer; `date` is a complete Date field line.
    static func append(
        _ response: Response, to output: inout [UInt8], date: [UInt8], isHead: Bool,
        closes: Bool
    ) {
        output.append(contentsOf: "HTTP/1.1 ".utf8)
        output.append(decimal: response.status)
        output.append(0x20)
        output.append(contentsOf: reason(response.status).utf8)
        output.append(contentsOf: lineEnd)
        output.append(contentsOf: date)
        output.append(contentsOf: response.fieldBytes)
        let hasContent = response.status >= 200 && response.status != 204 && response.status != 304
        if hasContent {
            output.append(contentsOf: "Content-Length: ".utf8)
            output.append(decimal: response.body.count)
            output.append(contentsOf: lineEnd)
        }
        if closes { output.append(contentsOf: "Connection: close\r\n".utf8) }
        output.append(contentsOf: lineEnd)
        if hasContent && !isHead { output.append(contentsOf: response.body) }
    }

    static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// The reason phrase of RFC 9110 section 15; clients ignore it, people do not.
    private static func reason(_ status: Int) -> String {
        reasons[status] ?? ""
    }

    private static let reasons: [Int: String] = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified",
        308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict",
        412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 417: "Expectation Failed", 422: "Unprocessable Content",
        429: "Too Many Requests", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
        505: "HTTP Version Not Supported",
    ]
}
