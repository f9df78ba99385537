import Electricity
import JSON
import Postgres

/// Takes a request for a service: a new supply, a report of an outage, a service in a contract.
///
/// The form is checked by the definition of the service, and kept sealed. A report of an outage is
/// answered with what is known of it.
struct CreateServiceRequest: Endpoint {
    static let route = Route.post("/v1/service-requests").withIdempotencyKey()

    let account: UUID
    let service: String
    let customerCode: CustomerCode?
    private let body: JSONDocument

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let account = AccountMember.read(object)
        let service = object?.string("service", length: 1...40)
        let code = object?.optionalString("customerCode", length: 13...13)
        customerCode = code.flatMap { CustomerCode(exact: $0) }
        if code != nil, customerCode == nil { object?.fault("customerCode", .wrongFormat) }
        // What must be in the form, the service says.
        _ = object?.object("form")
        if let problem = Problem(faults) { throw problem }
        guard let account, let service else { throw Problem(.invalidRequest) }
        self.account = account
        self.service = service
        self.body = body
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let (definition, form) = try check(by: context.guides.services)
        context.customerCode = customerCode
        let code = TrackingCode(random: context.randomBits())
        // After a storm reports come by the hundred; a storm of other requests there is none.
        let keys = customerCode.flatMap { definition.isOutageReport ? [$0.text] : nil }
        let answer = try await context.writeOnce(
            CreateServiceRequest.operationId, account: account, sharedBy: keys
        ) { (transaction) async throws(Problem) -> Answer in
            return try await create(code, definition, form, in: transaction, context: context)
        }
        var located = answer
        // The answer may be an earlier one, of another code.
        if let stored = CreateServiceRequest.code(in: answer) {
            located.location = ServiceRequest.location(of: stored, account: account)
        }
        return located
    }

    private static func code(in answer: Answer) -> TrackingCode? {
        let json = try? JSONValue.parse(answer.body)  // A stored answer is one of our own.
        guard case .string(let text)? = json?.member("trackingCode") else { return nil }
        return TrackingCode(typed: text)
    }

    /// Holds the form against the definition of the service; 422 with every wrong field named.
    private func check(
        by book: ServiceBook
    ) throws(Problem) -> (ServiceDefinition, form: [UInt8]) {
        let faults = JSONFaults()
        guard let object = JSONObject(root: body, faults: faults) else {
            throw Problem(.invalidRequest)
        }
        let definition = book.service(service)
        guard let definition, definition.level != nil else {
            object.fault("service", .notAllowed)
            throw Problem(faults) ?? Problem(.invalidRequest)
        }
        if definition.needsCustomerCode, customerCode == nil {
            object.fault("customerCode", .missing)
        }
        if !definition.needsCustomerCode, customerCode != nil {
            object.fault("customerCode", .notAllowed)
        }
        let form = object.object("form").map(definition.read)
        if let problem = Problem(faults) { throw problem }
        return (definition, form ?? [])
    }

    private func create(
        _ code: TrackingCode, _ definition: ServiceDefinition, _ form: [UInt8],
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> Answer {
        var unit: String? = try await typedUnit(form, in: transaction)
        var cause = OutageReport.Cause()
        if let customerCode, definition.isOutageReport {
            let report = OutageReport(account: account, customerCode: customerCode)
            let place = try await report.place(in: transaction, context: context)
            try refuse(place.contractStatus, place.assurance, suspendedOn: place.suspendedOn)
            if let earlier = try await report.earlier(
                than: code, in: transaction, context: context)
            {
                return try await ServiceRequest.answer(
                    earlier, of: account, in: transaction, context: context)
            }
            unit = place.unitCode
            cause = try await report.cause(
                at: place, of: code, in: transaction, context: context)
        } else {
            try await LockedAccount.lock(account, in: transaction)
            if let customerCode {
                let followed = try await transaction.queryOne(
                    CreateServiceRequest.followed, .uuid(account), .text(customerCode.text))
                guard let followed else { throw Problem(.notFound) }
                try refuse(followed.contractStatus, followed.assurance)
                unit = followed.unitCode
            }
        }
        return try await insert(
            code, definition, form, unit: unit, cause, in: transaction, context: context)
    }

    /// Whoever proved more than a name is told that nothing will be delivered here.
    private func refuse(
        _ status: ContractStatus, _ assurance: Assurance, suspendedOn: LocalDate? = nil
    ) throws(Problem) {
        guard assurance == .standard else { return }
        if status == .ended { throw Problem(.contractEnded) }
        if let suspendedOn {
            var problem = Problem(.supplySuspended)
            problem.detail = Wording(
                "Điện tạm ngừng cấp theo hợp đồng từ \(suspendedOn); hãy gọi tổng đài.",
                "Supply is suspended under the contract since \(suspendedOn); call the centre.")
            throw problem
        }
    }

    /// Writes the request down; the answer shows it as it is then, without reading it again.
    private func insert(
        _ code: TrackingCode, _ definition: ServiceDefinition, _ form: [UInt8], unit: String?,
        _ cause: OutageReport.Cause, in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> Answer {
        guard let level = definition.level else { throw Problem(.invalidRequest) }
        let sealed: [UInt8]
        do {
            sealed = try context.personalData.sealedForm(form, of: code)
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
        let expectedAt = context.guides.services.expected(level, from: context.now)
        try await transaction.queue(
            CreateServiceRequest.insert, .uuid(account), .text(code.text),
            .text(definition.slug), .text(customerCode?.text), .text(unit), .bytes(sealed),
            .uuid(cause.outage?.outageId), .text(cause.transformer), .uuid(cause.incidentId),
            .timestamp(context.now),
            .timestamp(expectedAt))
        try await LockedServiceRequest.note(
            account, code.text, definition.slug, step: 1, from: nil,
            LockedServiceRequest.Step(
                state: .received, actor: .account, expectedAt: expectedAt), at: context.now,
            by: context.client?.clientId, in: transaction)
        let request = ServiceRequest(
            accountId: account, trackingCode: code.text, service: definition.slug,
            customerCode: customerCode?.text, receivedAt: context.now, expectedAt: expectedAt,
            outage: cause.outage?.known)
        return try request.answer(
            status: 201, ServiceRequest.Surroundings(receivedAt: context.now), context: context)
    }

    /// The unit that the form names; 422 for one that is not there.
    private func typedUnit(
        _ form: [UInt8], in transaction: Transaction<Problem>
    ) async throws(Problem) -> String? {
        let json = try? JSONValue.parse(form)  // Written by the definition: always JSON.
        guard case .string(let unit)? = json?.member("unitCode") else { return nil }
        let found = try await transaction.queryOne(CreateServiceRequest.unit, .text(unit))
        guard found != nil else {
            throw Problem(pointer: "#/form/unitCode", .notAllowed)
        }
        return unit
    }

    /// A code that the account follows.
    struct Followed: Row {
        static let columns = ["unit_code", "contract_status", "assurance"]
        let unitCode: String
        let contractStatus: ContractStatus
        let assurance: Assurance

        init(_ row: inout RowDecoder) throws(RowError) {
            unitCode = try row.string()
            contractStatus = try row.word(ContractStatus.self)
            assurance = try row.word(Assurance.self)
        }
    }

    /// A managing unit that is there.
    struct Unit: Row {
        static let columns = ["unit_code"]

        init(_ row: inout RowDecoder) throws(RowError) {
            try row.skip()
        }
    }

    static let followed = Statement<Followed>(
        "create_service_request_followed",
        """
        -- One row when account $1 follows code $2.
        select c.unit_code, c.contract_status, f.assurance
        from followers f
        join customers c on c.customer_code = f.customer_code
        where f.customer_code = $2 and f.account_id = $1
        """)

    static let unit = Statement<Unit>(
        "create_service_request_unit",
        """
        -- One row when the unit is there.
        select unit_code from managing_units where unit_code = $1
        """)

    static let insert = Command(
        "create_service_request",
        """
        -- A request as it begins.
        insert into service_requests (account_id, tracking_code, service, state, step,
            customer_code, unit_code, sealed_form, outage_id, transformer, incident_id,
            received_at, expected_at, updated_at)
        values ($1, $2, $3, 'received', 1, $4, $5, $6, $7, $8, $9, $10, $11, $10)
        """)
}
