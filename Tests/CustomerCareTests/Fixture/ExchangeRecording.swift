import Glibc
import JSON
import Synchronization

@testable import CustomerCare

/// Appends every exchange of the tests to a file, one JSON object a line; a later step of
/// `make test` holds them against openapi.yaml (`Tests/contract/validate.py` says the form).
final class ExchangeRecording: Sendable {
    /// The recording into the file of `CUSTOMER_CARE_EXCHANGES`; nil when it is unset.
    static let shared: ExchangeRecording? = {
        guard let path = unsafe getenv("CUSTOMER_CARE_EXCHANGES") else { return nil }
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
        let number = unsafe open(path, flags, 0o600)
        return number < 0 ? nil : ExchangeRecording(number)
    }()

    private let descriptor: Mutex<Int32>

    private init(_ descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    func record(_ request: TestRequest, _ answer: TestAnswer) {
        var json = JSONWriter(reservingCapacity: 4_096)
        json.object { json in
            json.nullField("operationId")
            json.field("method", request.method)
            json.field("path", request.target)
            json.field("requestHeaders") { json in
                // A name given twice stands once: its first value.
                var seen: Set<String> = []
                for (name, value) in request.fields where seen.insert(name).inserted {
                    json.field(name, value)
                }
            }
            json.field(
                "requestBody", request.body.flatMap { String(validating: $0, as: UTF8.self) })
            json.field("status", answer.status)
            json.field("responseHeaders") { json in
                for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) {
                    json.field(name, value)
                }
            }
            // A connection leaves the body of an answer to HEAD away.
            let hasBody = request.method != "HEAD" && !answer.body.isEmpty
            json.field("responseBody", hasBody ? answer.text : nil)
        }
        let line = json.bytes + [0x0A]
        descriptor.withLock { number in
            _ = unsafe line.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
        }
    }
}
