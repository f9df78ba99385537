import HTTPClient
import JSON
import Reactor

/// `customer-care staff`: makes one call by the interface and shows the answer.
///
/// The result goes to standard output; what is to be thought of, and why something was refused, to
/// standard error.
package struct StaffClient {
    /// Rows of a page: what the service gives at most.
    private static let pageSize = 100
    /// Bytes of a file that is sent; the service takes less.
    private static let fileBytes = 1_048_576

    private let caller: SignedCaller
    private let say: (String) -> Void
    private let warn: (String) -> Void

    /// An answer in the place of what was asked for.
    private struct Refused: Error {
        let reply: SignedCaller.Reply
    }

    /// A write of which nobody knows whether it was done.
    private struct Undecided: Error {
        let fault: CallFault
    }

    /// Calls by a caller with the key of one person.
    init(
        _ caller: SignedCaller, say: @escaping (String) -> Void = Terminal.say,
        warn: @escaping (String) -> Void = Terminal.tell
    ) {
        self.caller = caller
        self.say = say
        self.warn = warn
    }

    /// Calls the service that the environment names, with its key; in the language of the terminal
    /// unless another is given.
    package static func configured(url: String?, language: Language?) throws -> StaffClient {
        StaffClient(try SignedCaller.configured(url: url, language: language))
    }

    /// Makes the call and shows the answer, as lines of JSON where they are wanted.
    package func run(_ call: StaffCall, asJSON isJSON: Bool = false) throws -> CommandOutcome {
        do {
            switch call.view {
            case .pages(let columns, let limit, let only):
                try list(call, columns, limit: limit, only: only, isJSON)
            case .table(let columns):
                let reply = try send(call)
                show(StaffClient.items(reply.json), columns, isJSON)
                remark(on: reply)
            case .record:
                let reply = try send(call)
                show(reply, isJSON)
                remark(on: reply)
            }
            return .done
        } catch let refused as Refused {
            let refusal = Refusal(refused.reply, in: language)
            for line in refusal.lines { warn(line) }
            return refusal.outcome
        } catch let undecided as Undecided {
            warn("customer-care: \(undecided.fault)")
            tell(StaffClient.doubt, indented: true)
            return .unreachable
        } catch let fault as CallFault {
            warn("customer-care: \(fault)")
            return .unreachable
        }
    }

    private var language: Language { caller.language ?? .vietnamese }

    // MARK: Calling

    private func send(_ call: StaffCall) throws -> SignedCaller.Reply {
        let tag = try call.tag.map(StaffClient.plain)
        let body = try bytes(call)
        do {
            return try expected(
                try caller.call(
                    call.method, call.path.text, query: PercentEncoding.query(call.query), body,
                    tag: tag, isRepeatable: call.method == .get))
        } catch let fault as CallFault where call.method != .get && fault.mayHaveArrived {
            throw Undecided(fault: fault)
        }
    }

    private func expected(_ reply: SignedCaller.Reply) throws(Refused) -> SignedCaller.Reply {
        guard CommandOutcome(status: reply.status) == .done else { throw Refused(reply: reply) }
        return reply
    }

    /// Reads page after page; what came before a refusal is shown.
    private func list(
        _ call: StaffCall, _ columns: [StaffCall.Column], limit: Int, only: String?,
        _ isJSON: Bool
    ) throws {
        var rows: [JSONValue] = []
        var left = limit
        var cursor: String?
        do {
            repeat {
                var query = call.query
                query.append(("limit", "\(min(left, StaffClient.pageSize))"))
                if let cursor { query.append(("cursor", cursor)) }
                let reply = try expected(
                    try caller.call(.get, call.path.text, query: PercentEncoding.query(query)))
                let page = StaffClient.items(reply.json)
                rows += page.filter { row in
                    only.map { row.member($0) == .boolean(true) } ?? true
                }
                left -= page.count
                cursor = page.isEmpty ? nil : reply.json.text("next")
            } while cursor != nil && left > 0
        } catch {
            if !rows.isEmpty { show(rows, columns, isJSON) }
            throw error
        }
        show(rows, columns, isJSON)
        if cursor != nil { tell(StaffClient.more) }
    }

    private static func items(_ json: JSONValue) -> [JSONValue] {
        if case .array(let items)? = json.member("items") { items } else { [] }
    }

    // MARK: Bodies

    private func bytes(_ call: StaffCall) throws -> [UInt8] {
        switch call.body {
        case .members(let members):
            let given = members.filter(\.value.isGiven)
            return members.isEmpty
                ? []
                : StaffClient.object { json in
                    for (name, value) in given { value.write(to: &json, as: name) }
                }
        case .file(let path): return try StaffClient.content(of: path)
        case .amended(let members):
            let there = try expected(try caller.call(.get, call.path.text))
            return StaffClient.object { json in
                for (name, value) in members {
                    if value.isGiven {
                        value.write(to: &json, as: name)
                    } else {
                        let old = JSONLine.text(there.json.member(name) ?? .null)
                        json.rawField(name, Array(old.utf8))
                    }
                }
            }
        }
    }

    private static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 512)
        json.object(body)
        return json.bytes
    }

    private static func content(of path: String) throws -> [UInt8] {
        let file = try FileInput(path)
        guard file.byteCount <= fileBytes else {
            throw SignedCaller.Fault(description: "\(path) has more than \(fileBytes) bytes")
        }
        var bytes: [UInt8] = []
        while true {
            let piece = try file.read(atMost: fileBytes)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// A tag without the quotes that somebody may have copied; it becomes a field of the request.
    private static func plain(_ typed: String) throws(SignedCaller.Fault) -> String {
        let tag = typed.filter { $0 != "\"" }
        guard !tag.isEmpty, tag.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SignedCaller.Fault(description: "the tag is none that show tells")
        }
        return tag
    }

    // MARK: Showing

    private func show(_ reply: SignedCaller.Reply, _ isJSON: Bool) {
        guard isJSON else {
            for line in AnswerText.record(reply.json, tag: reply.tag) { say(line) }
            return
        }
        say(JSONLine.text(reply.json))
        // It is a field of the answer, not a member.
        if let tag = reply.tag { warn("tag \(TerminalText.visible(tag))") }
    }

    private func show(_ rows: [JSONValue], _ columns: [StaffCall.Column], _ isJSON: Bool) {
        if isJSON {
            for row in rows { say(JSONLine.text(row)) }
        } else if rows.isEmpty {
            tell(StaffClient.none)
        } else {
            for line in AnswerText.table(rows, columns) { say(line) }
        }
    }

    /// Says what the answer has that is easily overlooked.
    private func remark(on reply: SignedCaller.Reply) {
        if case .array(let warnings)? = reply.json.member("warnings") {
            for case .string(let warning) in warnings {
                let words = StaffClient.warnings[warning] ?? Wording(warning, warning)
                tell(Wording("CẢNH BÁO: " + words.vietnamese, "WARNING: " + words.english))
            }
        }
        if reply.status == 202 { tell(StaffClient.proposed) }
        if reply.json.member("isTruncated") == .boolean(true) { tell(StaffClient.truncated) }
    }

    private func tell(_ words: Wording, indented isIndented: Bool = false) {
        warn((isIndented ? "    " : "") + TerminalText.visible(words.text(in: language)))
    }

    private static let warnings: [String: Wording] = [
        "short_notice": Wording(
            "báo trước quá ngắn so với thời hạn luật định (short_notice).",
            "the notice is shorter than the law wants for planned work (short_notice)."),
        "nobody_touched": Wording(
            "không có mã khách hàng nào trong phạm vi (nobody_touched).",
            "no customer code hangs on its scopes (nobody_touched)."),
    ]
    private static let proposed = Wording(
        "Chưa xong: mới là đề nghị, người thứ hai phải làm y như vậy bằng khóa riêng; "
            + "hoặc đang được xử lý.",
        "Not done yet: it is proposed, until another person does the same with a key of their own, "
            + "or it is under way.")
    private static let truncated = Wording(
        "Còn nhiều kết quả hơn; hãy tìm hẹp lại.", "There are more than these; search for less.")
    private static let more = Wording(
        "Còn nữa; xem thêm bằng --limit lớn hơn.", "More follow; a larger --limit shows them.")
    private static let none = Wording("Không có gì.", "Nothing.")
    private static let doubt = Wording(
        "Có thể thao tác đã thực hiện; hãy xem lại trước khi làm lại.",
        "It may have been done; look before you repeat it.")
}

extension StaffCall.Value {
    /// Writes the value as a member; one that is not given as null.
    fileprivate func write(to json: inout JSONWriter, as name: String) {
        switch self {
        case .text(let text): json.field(name, text)
        case .instant(let text): json.field(name, text.map(StaffCall.Value.rfc3339))
        case .texts(let texts):
            json.list(name) { json in
                for text in texts { json.element(text) }
            }
        case .pairs(let pairs, let names):
            json.list(name) { json in
                for pair in pairs {
                    json.element { json in
                        json.field(names.0, pair.0)
                        json.field(names.1, pair.1)
                    }
                }
            }
        }
    }

    /// `2026-12-05 08:00` or `2026-12-05T08:00` as an instant of Vietnam; anything else as it is,
    /// for the service to judge.
    private static func rfc3339(_ typed: String) -> String {
        let parts = typed.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard parts.count == 2, typed.utf8.count == 16 else { return typed }
        return "\(parts[0])T\(parts[1]):00+07:00"
    }
}
