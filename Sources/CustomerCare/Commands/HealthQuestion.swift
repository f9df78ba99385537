import Reactor

/// Asks a running service whether it is ready: the container's health check.
package enum HealthQuestion {
    /// Whether `/readyz` of the admin port answers 200, with what it says.
    package static func ask(
        address: String, port: UInt16
    ) throws -> (isReady: Bool, answer: String) {
        let question = "GET /readyz HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
        let answer = try BlockingExchange.ask(
            Array(question.utf8), address: address, port: port, milliseconds: milliseconds)
        let isReady = answer.starts(with: Array("HTTP/1.1 200 ".utf8))
        let text = String(decoding: answer, as: UTF8.self)
        // The body stands behind the first empty line.
        let body = text.unicodeScalars.split(separator: "\n").last.map(String.init) ?? ""
        return (isReady, body)
    }

    private static let milliseconds = 2_000
}
