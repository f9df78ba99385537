import JSON

/// What an operation answers when it succeeds, before it becomes an HTTP message.
struct Answer: Sendable {
    let status: Int
    let body: [UInt8]
    var contentType: StaticString = Answer.json
    /// Where the created resource is.
    var location: String?
    /// The address of the next page.
    var nextPage: String?
    /// The version of what is shown, where a change of it must name the version it was made for;
    /// the tag of any other answer is made of its bytes.
    var version: Int?
    /// The name of the file that it is to be kept as; nil for what a program reads.
    var fileName: String?
    /// The language of the texts for people in it, when it has any.
    var language: Language?

    /// Encoded JSON.
    static let json: StaticString = "application/json"

    /// An answer with an already encoded body.
    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// An answer whose body is one JSON object.
    static func object(
        status: Int = 200, reserving capacity: Int = 512, _ write: (inout JSONWriter) -> Void
    ) -> Answer {
        var json = JSONWriter(reservingCapacity: capacity)
        json.object(write)
        return Answer(status: status, body: json.bytes)
    }

    /// 204: done, and nothing to say.
    static let noContent = Answer(status: 204, body: [])
}
