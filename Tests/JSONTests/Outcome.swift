import JSON

/// What a parse gave, in a form that tests compare.
enum Outcome: Equatable {
    case value(JSONValue)
    case refused(JSONSyntaxError.Reason)

    init(parsing bytes: [UInt8], maximumDepth: Int = 32) {
        do {
            self = .value(try JSONValue.parse(bytes, maximumDepth: maximumDepth))
        } catch {
            self = .refused(error.reason)
        }
    }

    init(parsing text: String) { self.init(parsing: Array(text.utf8)) }
}
