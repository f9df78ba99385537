import Electricity
import JSON
import Postgres
import Zalo

/// Takes what happened at the Official Account, proves that Zalo tells it, keeps it, and answers at
/// once: the work is done afterwards, and an event that comes again changes nothing.
struct ReceiveZaloEvent: Endpoint {
    static let route = Route.post("/v1/zalo/events").signedByProvider()

    /// Seconds by which an event may be older or newer than now: Zalo delivers up to an hour late.
    static let windowSeconds: Int64 = 7_200

    private let body: JSONValue
    private let rawBody: [UInt8]
    private let signature: [UInt8]?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        self.body = body.value
        rawBody = arguments.rawBody
        signature = arguments.zaloSignature
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        // Zalo tries an address with an empty object when it is set, and signs it not.
        if body == .object([]), signature == nil { return Answer.object { _ in } }
        guard let settings = context.zalo else {
            throw Problem(.unauthenticated, reason: "no Official Account is configured")
        }
        guard let event = ZaloEvent(body), let signature, event.appId == settings.appId,
            ZaloSignature.isValid(
                signature, appId: event.appId, body: rawBody, timestamp: event.timestamp,
                secret: settings.officialAccountSecret)
        else { throw Problem(.unauthenticated, reason: "the code of an event is wrong") }
        let seconds = (event.milliseconds ?? 0) / 1_000
        guard abs(context.now.secondsSince1970 - seconds) <= ReceiveZaloEvent.windowSeconds else {
            throw Problem(.unauthenticated, reason: "an event is too old or too new")
        }
        try await keep(event, context: context)
        return Answer.object { _ in }
    }

    private func keep(_ event: ZaloEvent, context: Context) async throws(Problem) {
        let sealed: [UInt8]
        do {
            sealed = try context.personalData.sealedEvent(rawBody, key: event.key)
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
        let person = event.appUserId ?? event.officialAccountUserId ?? "-"
        _ = try await context.database.run(
            ReceiveZaloEvent.insert, .int64(Slot.of(person)), .text(event.key),
            .text(event.name), .bytes(sealed), .timestamp(context.now))
    }

    static let insert = Command(
        "receive_zalo_event",
        """
        -- An event to be worked on at once; one that is there already changes nothing.
        insert into zalo_events (slot, event_key, event_name, sealed_event, received_at, due_at,
            attempts)
        values ($1, $2, $3, $4, $5, $5, 0)
        on conflict do nothing
        """)
}
