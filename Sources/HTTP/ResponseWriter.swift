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

/// The Date field, written anew once a second.
struct DateField {
    private var second: Int64 = .min
    private var line: [UInt8] = []

    /// The field line for a wall-clock time in seconds since 1970 (IMF-fixdate, RFC 9110 5.6.7).
    mutating func line(at second: Int64) -> [UInt8] {
        if second != self.second {
            self.second = second
            line = Array("Date: \(DateField.text(second))\r\n".utf8)
        }
        return line
    }

    /// A time as in `Tue, 20 Apr 2021 02:07:55 GMT`.
    static func text(_ second: Int64) -> String {
        let days = (second >= 0 ? second : second - 86_399) / 86_400
        let time = second - days * 86_400
        let (year, month, day) = civil(days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekday = weekdays[Int(((days % 7) + 7) % 7)]
        let clock = "\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))"
        return "\(weekday), \(two(day)) \(months[Int(month) - 1]) \(year) \(clock) GMT"
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Year, month and day of a day counted from 1970 (proleptic Gregorian, era of 400 years).
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysPerEra: Int64 = 146_097
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - daysPerEra + 1) / daysPerEra
        let dayOfEra = shifted - era * daysPerEra
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
