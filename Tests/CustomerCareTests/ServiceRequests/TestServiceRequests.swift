import Electricity
import Testing

@testable import CustomerCare

extension TestService {
    /// The id at the end of an account's path.
    static func id(of account: String) -> String {
        account.split(separator: "/").last.map(String.init) ?? ""
    }

    /// Asks for a service.
    func ask(
        _ service: String, _ form: String, for code: CustomerCode? = nil, as account: String,
        adjust: (inout TestRequest) -> Void = { _ in }
    ) async throws -> TestAnswer {
        let member = code.map { #""customerCode":"\#($0.text)","# } ?? ""
        return try await call(
            "POST", "/v1/service-requests",
            #"{"accountId":"\#(TestService.id(of: account))","service":"\#(service)",\#(member)"#
                + #""form":\#(form)}"#, adjust: adjust)
    }

    /// Reports that a code is without power.
    func report(_ code: CustomerCode, as account: String) async throws -> TestAnswer {
        try await ask("outage-report", #"{"extent":"home"}"#, for: code, as: account)
    }

    /// A form for a new supply without a fault.
    static let newSupplyForm =
        #"{"applicantName":"Nguyễn Văn An","phone":"0901234567","nationalId":"080199012345","#
        + #""supplyAddress":"12 Nguyễn Huệ, Tân An","usagePurpose":"residential","#
        + #""phaseCount":"1","capacityKW":5}"#

    /// A new request for a supply; its tracking code.
    func newRequest(of account: String) async throws -> String {
        let made = try await ask("new-supply", TestService.newSupplyForm, as: account)
        try #require(made.status == 201)
        return try #require(made.json["trackingCode"].string)
    }

    /// A request of an account as it is now.
    func request(_ code: String, of account: String) async throws -> TestAnswer {
        try await call(
            "GET", "/v1/service-requests/\(code)?account=\(TestService.id(of: account))")
    }

    /// Does something with a request of an account.
    func post(
        _ what: String, _ code: String, of account: String, _ more: String = ""
    ) async throws -> TestAnswer {
        try await call(
            "POST", "/v1/service-requests/\(code)/\(what)",
            #"{"accountId":"\#(TestService.id(of: account))"\#(more)}"#)
    }

    /// A new member of staff.
    func newStaff() async throws -> TestClient {
        let client = try await database.newClient(scopes: [.staff])
        try await reloadClients()
        return client
    }

    /// Takes a request a step further as a member of staff who has seen version `version`.
    func move(
        _ code: String, to state: String, version: Int64, as staff: TestClient,
        _ more: String = ""
    ) async throws -> TestAnswer {
        try await call(
            as: staff, "POST", "/v1/staff/service-requests/\(code)/transitions",
            #"{"state":"\#(state)"\#(more)}"#
        ) { $0.set("if-match", "\"v\(version)\"") }
    }

    /// A request of an account that waits for an answer; its tracking code.
    func waitingRequest(of account: String) async throws -> String {
        let code = try await newRequest(of: account)
        let staff = try await newStaff()
        try #require(
            try await move(code, to: "processing", version: 1, as: staff).status == 200)
        let asked = try await move(
            code, to: "awaiting_customer", version: 2, as: staff,
            #","publicNote":"Cần bản chụp giấy tờ nhà""#)
        try #require(asked.status == 200)
        return code
    }

    /// Sends in a document for a request of an account.
    func attach(
        _ content: [UInt8], _ type: String, to code: String, of account: String,
        adjust: (inout TestRequest) -> Void = { _ in }
    ) async throws -> TestAnswer {
        try await call(
            "POST",
            "/v1/service-requests/\(code)/attachments?account=\(TestService.id(of: account))", ""
        ) { request in
            request.body = content
            request.set("content-type", type)
            request.remove("idempotency-key")
            adjust(&request)
        }
    }

    /// A request of an account that staff have completed; its tracking code.
    func completedRequest(of account: String) async throws -> String {
        let code = try await newRequest(of: account)
        let staff = try await newStaff()
        try #require(
            try await move(code, to: "processing", version: 1, as: staff).status == 200)
        try #require(
            try await move(code, to: "completed", version: 2, as: staff).status == 200)
        return code
    }
}
