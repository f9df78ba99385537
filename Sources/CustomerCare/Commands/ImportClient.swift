import Electricity
import HTTPClient
import JSON
import Postgres
import Reactor
import Signing

/// `customer-care import`: brings a file in through the interface, as any other system would.
package struct ImportClient {
    /// What is to be brought in.
    package struct Order: Sendable {
        /// What a line is: one of ``kinds``.
        package var kind: String
        /// The file; `-` is standard input.
        package var path: String
        /// The system that the data come from.
        package var source: String
        /// The instant that they are of, RFC 3339; now when nil.
        package var asOf: String?
        /// Whether followers are told.
        package var sendsMessages = false
        /// Whether it is a table instead of lines of JSON; by the name of the file when nil.
        package var isTable: Bool?
        /// Whether it is compressed; by the name of the file when nil.
        package var isGzip: Bool?
        /// Control totals.
        package var expectedRows: Int64?
        /// The second of them, in VND.
        package var expectedTotal: Int64?
        /// The month, such as `2026-11`, of which all bills are and none is there.
        package var newMonth: String?
        /// Whether it is only to be said what would change.
        package var isDryRun = false
        /// An import that was begun before.
        package var resumed: String?

        /// Orders a file of a kind, from a source.
        package init(kind: String, path: String, source: String) {
            self.kind = kind
            self.path = path
            self.source = source
        }
    }

    /// The kinds that can be brought in.
    package static let kinds = ImportKind.allCases.map(\.rawValue)

    /// Faults that are shown.
    private static let shownFaults = 20
    /// Milliseconds between two looks, soon and later on, and looks until it is given up: an hour.
    private static let firstLookMilliseconds = 50
    private static let lookMilliseconds = 1_000
    private static let looks = 3_600

    private let caller: SignedCaller
    private let say: (String) -> Void

    /// Calls by a caller with the key of a client of scope `import`.
    init(_ caller: SignedCaller, say: @escaping (String) -> Void = Terminal.say) {
        self.caller = caller
        self.say = say
    }

    /// Calls the service that the environment names, with its key.
    package static func configured(url: String?) throws -> ImportClient {
        ImportClient(try SignedCaller.configured(url: url))
    }

    /// Brings it in.
    package func run(_ order: Order) throws -> CommandOutcome {
        do {
            let file = try FileInput(order.path)
            let digest = try self.digest(of: file)
            let path: String
            if let resumed = order.resumed {
                path = "/v1/imports/\(resumed)"
            } else {
                let begun = try begin(order)
                guard let id = begun.json.text("importId"), begun.status == 201 else {
                    return refused(begun)
                }
                path = "/v1/imports/\(id)"
                say("import \(id)")
            }
            let found = try caller.call(.get, path)
            guard found.status == 200 else { return refused(found) }
            if found.json.text("state") == "committed" { return tell(found.json) }
            let sent = try send(file, digest, order, to: path)
            // While it is worked on no content is taken: that is what it is resumed for.
            let isBusy = sent.status == 409 && order.resumed != nil
            guard sent.status == 200 || sent.status == 202 || isBusy else { return refused(sent) }
            return try finish(order, path)
        } catch let fault as CallFault {
            Terminal.tell("customer-care: \(fault)")
            return .unreachable
        }
    }

    // MARK: Steps

    private func digest(of file: FileInput) throws -> [UInt8] {
        let progress = ProgressLine("reading", byteCount: file.byteCount)
        let digest = RunningDigest()
        while true {
            let piece = try file.read(atMost: 262_144)
            if piece.isEmpty { break }
            digest.update(piece)
            progress.add(piece.count)
        }
        progress.end()
        return digest.finish()
    }

    private func begin(_ order: Order) throws -> SignedCaller.Reply {
        var json = JSONWriter(reservingCapacity: 256)
        json.object { json in
            json.field("kind", order.kind)
            json.field("source", order.source)
            if let asOf = order.asOf {
                json.field("asOf", asOf)
            } else {
                json.field("asOf", World.real.now().rfc3339WithMicroseconds)
            }
            json.field("messages", order.sendsMessages ? "send" : "none")
            json.field("expectedRows", order.expectedRows)
            json.field("expectedTotal", order.expectedTotal)
            json.field("newMonth", order.newMonth)
        }
        return try caller.call(.post, "/v1/imports", json.bytes)
    }

    private func send(
        _ file: FileInput, _ digest: [UInt8], _ order: Order, to path: String
    ) throws -> SignedCaller.Reply {
        let name = order.path.lowercased()
        let isGzip = order.isGzip ?? name.hasSuffix(".gz")
        let bare = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        let isTable = order.isTable ?? bare.hasSuffix(".csv")
        let progress = ProgressLine("sending", byteCount: file.byteCount)
        let reply = try caller.send(
            file, to: path + "/content", type: isTable ? Import.csv : Import.jsonLines,
            isGzip: isGzip, sha256: digest, restarted: progress.restart
        ) { piece in
            let rows = isGzip ? 0 : piece.count { $0 == UInt8(ascii: "\n") }
            progress.add(piece.count, rows: rows)
        }
        progress.end()
        return reply
    }

    /// Waits until it is held against what is known, and puts it into use.
    private func finish(_ order: Order, _ path: String) throws -> CommandOutcome {
        let held = try waited(path)
        guard held.status == 200 else { return refused(held) }
        let state = held.json.text("state")
        guard state == "validated" || state == "committed" else { return tell(held.json) }
        if order.isDryRun || state == "committed" { return tell(held.json) }
        let committed = try caller.call(.post, path + "/commit")
        if committed.json.text("code") == "approval_required" {
            _ = tell(held.json)
            say("Somebody of the staff must approve it; then: --resume \(path.dropFirst(12))")
            return .later
        }
        guard committed.status == 200 || committed.status == 202 else { return refused(committed) }
        let done = try waited(path)
        guard done.status == 200 else { return refused(done) }
        let outcome = tell(done.json)
        return done.json.text("state") == "validated" ? .failed : outcome
    }

    /// The import once nobody works on it any more.
    private func waited(_ path: String) throws -> SignedCaller.Reply {
        for look in 0..<ImportClient.looks {
            let reply = try caller.call(.get, path)
            let state = reply.json.text("state")
            guard reply.status == 200, state == "validating" || state == "committing" else {
                return reply
            }
            if look == 0 { Terminal.tell("    \(state ?? "")…") }
            Pause.milliseconds(
                min(
                    ImportClient.firstLookMilliseconds << min(look / 10, 10),
                    ImportClient.lookMilliseconds))
        }
        return try caller.call(.get, path)
    }

    // MARK: What is said

    /// Says what an import is, and how that ends the command.
    private func tell(_ json: JSONValue) -> CommandOutcome {
        let state = json.text("state") ?? "?"
        say("\(state): \(json.integer("rows") ?? 0) rows, \(json.integer("faultCount") ?? 0) wrong")
        if let difference = json.member("difference"), difference != .null {
            for name in ["new", "corrected", "cancelled", "unchanged"] {
                say("    \(name) \(difference.integer(name) ?? 0)")
            }
            if let total = difference.integer("total"), total > 0 { say("    total \(total) VND") }
            if let count = difference.integer("messages"), count > 0 {
                say("    messages \(count)")
            }
        }
        if let fault = json.text("fault") { say("    \(fault)") }
        if case .array(let faults)? = json.member("faults") {
            for fault in faults.prefix(ImportClient.shownFaults) {
                say(
                    "    line \(fault.integer("line") ?? 0): \(fault.text("field") ?? "") "
                        + (fault.text("code") ?? "")
                        + (fault.text("value").map { " (\($0))" } ?? ""))
            }
            let count = json.integer("faultCount") ?? 0
            if count > Int64(ImportClient.shownFaults) {
                say("    … \(count - Int64(ImportClient.shownFaults)) more")
            }
        }
        if case .array(let anomalies)? = json.member("anomalies") {
            for anomaly in anomalies.prefix(ImportClient.shownFaults) { tell(anomaly: anomaly) }
        }
        switch state {
        case "committed", "validated": return .done
        case "invalid": return .invalid
        default: return .later
        }
    }

    /// Says what somebody must look at.
    private func tell(anomaly: JSONValue) {
        guard case .array(let changes)? = anomaly.member("changes") else {
            return say(
                "    \(anomaly.text("unitCode") ?? "") \(anomaly.text("month") ?? ""): "
                    + "\(anomaly.text("code") ?? ""), mean "
                    + "\(anomaly.integer("meanBefore") ?? 0) → \(anomaly.integer("mean") ?? 0)")
        }
        say("    \(anomaly.text("code") ?? ""): \(anomaly.integer("changeCount") ?? 0) changes")
        for case .string(let change) in changes { say("    \(change)") }
    }

    private func refused(_ reply: SignedCaller.Reply) -> CommandOutcome {
        let refusal = Refusal(reply, in: caller.language ?? .vietnamese)
        for line in refusal.lines { Terminal.tell(line) }
        return refusal.outcome
    }
}
