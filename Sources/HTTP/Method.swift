/// A request method that this server knows (RFC 9110 section 9, RFC 5789).
package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    /// Known so that it is refused as what it is: no path allows it.
    case trace = "TRACE"

    /// Finds the method with exactly these bytes; methods are case-sensitive.
    init?(_ bytes: Span<UInt8>) {
        for method in Method.allCases where bytes.equals(method.rawValue) {
            self = method
            return
        }
        return nil
    }
}
