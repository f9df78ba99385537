import Electricity
import HTTP
import JSON
import Postgres
import Signing
import Synchronization
import Testing

@testable import CustomerCare

/// Zalo as a service sees it: takes messages and changes tokens; slow, down or angry when told so.
final class FakeZalo: Sendable {
    /// A message that was taken.
    struct Taken: Sendable, Equatable {
        let path: String
        let to: String
        let text: String
        let template: String?
    }

    private struct State {
        var taken: [Taken] = []
        var faults: [Int64] = []
        var isDown = false
        var isFailing = false
        var accessToken = "access-1"
        var refreshToken = "refresh-1"
        var refreshCount = 0
        var number = 0
    }

    private let state = Mutex(State())
    let settings: ZaloSettings

    static let secret = "OA_SECRET_KEY_test_01"
    static let appId = "2553928453557884079"

    var taken: [Taken] { state.withLock { $0.taken } }
    var refreshCount: Int { state.withLock { $0.refreshCount } }

    /// Answers the next messages with these codes, one each.
    func refuse(_ codes: Int64...) { state.withLock { $0.faults += codes } }
    /// Answers every message with a code that nobody knows, until it is told otherwise.
    func fail(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }
    func goDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    /// Accepts no token that was given before.
    func forgetAccess() { state.withLock { $0.accessToken = "another" } }
    /// Accepts no refresh token that was given before.
    func forgetRefresh() { state.withLock { $0.refreshToken = "another" } }

    /// Runs a test with a service on a database of its own, whose Official Account is a fake.
    static func run(
        at now: String = "2026-11-25T10:00:00",
        _ body: (TestService, FakeZalo) async throws -> Void
    ) async throws {
        try await FakeServer.run { server in
            let fake = try FakeZalo(port: server.port)
            server.answer { [fake] request in fake.answer(request) }
            let database = try await TestDatabase.make()
            try await TestService.run(at: now, on: database, zalo: fake.settings) { service in
                try await service.storeTokens(access: "access-1", refresh: "refresh-1")
                try await body(service, fake)
            }
        }
    }

    private init(port: UInt16) throws {
        let url = "http://127.0.0.1:\(port)"
        settings = try ZaloSettings.read(
            Array(
                """
                {"appId":"\(FakeZalo.appId)","appSecret":"APP_SECRET_test_01",\
                "officialAccountSecret":"\(FakeZalo.secret)",\
                "domainProof":"Q8-zX_1","apiUrl":"\(url)",\
                "businessUrl":"\(url)","oauthUrl":"\(url)","templates":{\
                "request_progress":{"id":"T-progress","byPhone":true}}}
                """.utf8))
    }

    private func answer(_ request: Request) -> Response? {
        let path = String(decoding: request.target.path, as: UTF8.self)
        let token = request.fields.only("access_token").map { String(decoding: $0, as: UTF8.self) }
        return state.withLock { state -> Response? in
            if state.isDown { return Response(status: 502) }
            if path == "/v4/oa/access_token" {
                return FakeZalo.said(refresh(request, &state))
            }
            guard token == state.accessToken else {
                return FakeZalo.said(#"{"error":-216,"message":"Access token is invalid"}"#)
            }
            if state.isFailing { return FakeZalo.said(#"{"error":-9999,"message":"no"}"#) }
            if !state.faults.isEmpty {
                return FakeZalo.said(#"{"error":\#(state.faults.removeFirst()),"message":"no"}"#)
            }
            guard let body = try? JSONValue.parse(request.body) else {
                return Response(status: 400)
            }
            let to = body["recipient"]["user_id"].string ?? body["user_id"].string
            state.taken.append(
                Taken(
                    path: path, to: to ?? body["phone"].string ?? "",
                    text: body["message"]["text"].string
                        ?? body["template_data"]["state"].string ?? "",
                    template: body["template_id"].string))
            state.number += 1
            return FakeZalo.said(
                #"{"error":0,"message":"Success","data":{"message_id":"zalo-\#(state.number)"}}"#)
        }
    }

    private func refresh(_ request: Request, _ state: inout State) -> String {
        state.refreshCount += 1
        let form = String(decoding: request.body, as: UTF8.self)
        guard form.contains("refresh_token=\(state.refreshToken)&"),
            form.contains("app_id=\(FakeZalo.appId)"),
            request.fields.only("secret_key").map({ $0.elementsEqual("APP_SECRET_test_01".utf8) })
                == true
        else { return #"{"error":-14014,"error_name":"Invalid refresh token"}"# }
        // Used once: the old pair is worth nothing from now on.
        state.accessToken = "access-\(state.refreshCount + 1)"
        state.refreshToken = "refresh-\(state.refreshCount + 1)"
        return #"{"access_token":"\#(state.accessToken)","refresh_token":"\#(state.refreshToken)","#
            + #""expires_in":"90000"}"#
    }

    private static func said(_ text: String) -> Response {
        Response(status: 200, body: Array(text.utf8))
    }
}

extension TestService {
    /// A message that an account is told to have been sent; its id.
    func notification(of account: String) async throws -> String {
        let id = TestRequest.unknownId()
        try await database.script(
            """
            insert into notifications (account_id, month, message_id, topic, parameters, channel,
                state, created_at, sent_at)
            values ('\(TestService.id(of: account))', '2026-11-01', '\(id)', 'payment_receipt',
                '{}', 'consultation', 'sent', '2026-11-20 10:00+07', '2026-11-20 10:00+07')
            """)
        return id
    }

    /// Puts a pair of tokens in the place of any other, good for so many seconds.
    func storeTokens(access: String, refresh: String, seconds: Int64 = 90_000) async throws {
        let seal = try Seal(masterKeys: [database.masterKey], purpose: .clientSecrets)
        func hex(_ bytes: [UInt8]) -> String {
            String(decoding: Hexadecimal.encode(bytes), as: UTF8.self)
        }
        let sealedAccess = try seal.seal(Array(access.utf8), context: ZaloGateway.accessContext)
        let sealedRefresh = try seal.seal(Array(refresh.utf8), context: ZaloGateway.refreshContext)
        let end = clock.now.secondsSince1970 + seconds
        try await database.script(
            """
            insert into zalo_tokens as t (name, version, sealed_access_token,
                sealed_refresh_token, expires_at, refreshed_at)
            values ('oa', 1, '\\x\(hex(sealedAccess))', '\\x\(hex(sealedRefresh))',
                to_timestamp(\(end)), to_timestamp(\(end)))
            on conflict (name) do update
            set version = t.version + 1, sealed_access_token = excluded.sealed_access_token,
                sealed_refresh_token = excluded.sealed_refresh_token,
                expires_at = excluded.expires_at, fault_code = null
            """)
    }

    /// Tells the service an event as Zalo does, signed with a secret.
    func tell(
        _ name: String, _ members: String, at milliseconds: Int64? = nil,
        secret: String = FakeZalo.secret, adjust: (inout TestRequest) -> Void = { _ in }
    ) async throws -> TestAnswer {
        let timestamp = "\(milliseconds ?? clock.now.microsecondsSince1970 / 1_000)"
        let body =
            #"{"app_id":"\#(FakeZalo.appId)","event_name":"\#(name)",\#(members),"#
            + #""timestamp":"\#(timestamp)"}"#
        let digest = SHA256.digest(Array((FakeZalo.appId + body + timestamp + secret).utf8))
        var request = TestRequest("POST", "/v1/zalo/events", body)
        request.remove("idempotency-key")
        request.set(
            "x-zevent-signature",
            "mac=" + String(decoding: Hexadecimal.encode(digest), as: UTF8.self))
        adjust(&request)
        return try await send(request)
    }

    /// Somebody who has an account and has just written to the page, known as `oa-…` there.
    func correspondent(_ name: String) async throws -> String {
        let answer = try await call("PUT", "/v1/accounts", #"{"zaloUserId":"app-\#(name)"}"#)
        let told = try await tell(
            "user_send_sticker",
            #""sender":{"id":"oa-\#(name)"},"user_id_by_app":"app-\#(name)","#
                + #""message":{"msg_id":"m-\#(TestRequest.unique())"}"#)
        try #require(told.status == 200)
        try await workOnEvents()
        return "/v1/accounts/" + (answer.json["accountId"].string ?? "")
    }
}
