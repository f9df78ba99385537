import Electricity
import JSON
import Postgres

/// Answers a message that somebody writes to the page; the same for every way it comes.
struct Chat {
    /// What is answered.
    struct Reply {
        let intent: ChatIntent
        /// The month that was looked up, where there is one.
        let month: BillingMonth?
        /// One for each code that was looked up: its answer, as the look-up of that code gives it.
        let results: [ChatResult]
        /// The message that is sent back; at most `ChatText.longest`, without links.
        let text: String
        let language: Language
    }

    /// What was found of one code, as JSON and as the lines of the message.
    struct ChatResult {
        let write: (inout JSONWriter) -> Void
        let lines: [String]
    }

    private let account: UUID
    private let codes: [CustomerCode]
    private let context: Context
    private let words: ChatText

    /// Reads a message and answers it; 404 for an account that is none.
    static func reply(
        to message: String, account: UUID, context: Context
    ) async throws(Problem) -> Reply {
        let found = try await context.database.queryOne(statement, .uuid(account))
        guard let found else { throw Problem(.notFound) }
        let chat = Chat(
            account: account, codes: found.customerCodes.compactMap(CustomerCode.init(exact:)),
            context: context, words: ChatText(language: found.language))
        return try await chat.reply(to: ChatIntent(message))
    }

    private func reply(to intent: ChatIntent) async throws(Problem) -> Reply {
        let today = context.today.month
        switch intent {
        case .help: return said(intent, help)
        case .guides: return said(intent, guides)
        case .hotlines: return said(intent, hotlines)
        case .addCode: return said(intent, addCode)
        case .calculation: return said(intent, calculation)
        case .customerCode(let code) where !codes.contains(code): return said(intent, addCode)
        case .customerCode(let code): return try await bills(intent, of: [code], in: today)
        case _ where codes.isEmpty: return said(intent, nothingFollowed)
        case .currentBill: return try await bills(intent, of: codes, in: today)
        case .billOfMonth(let month): return try await bills(intent, of: codes, in: month)
        case .debts: return try await debts(intent)
        case .outages: return try await outages(intent)
        case .readingSchedule(let month): return try await readings(intent, in: month ?? today)
        case .reactiveBill(let month):
            return try await reactiveBills(intent, in: month ?? today)
        }
    }

    private func said(_ intent: ChatIntent, _ text: String) -> Reply {
        Reply(intent: intent, month: nil, results: [], text: text, language: words.language)
    }

    private func found(
        _ intent: ChatIntent, _ title: String, _ results: [ChatResult],
        month: BillingMonth? = nil
    ) -> Reply {
        Reply(
            intent: intent, month: month, results: results,
            text: words.message(title, results.map(\.lines)), language: words.language)
    }

    /// The codes' answers in order, each looked up by its own statement; ten at most.
    ///
    /// A code that is let go of meanwhile is left out.
    private func each(
        _ codes: [CustomerCode],
        _ find: (CustomerCode) async throws(Problem) -> ChatResult?
    ) async throws(Problem) -> [ChatResult] {
        var results: [ChatResult] = []
        for code in codes {
            do {
                if let result = try await find(code) { results.append(result) }
            } catch {
                guard error.code == .notFound else { throw error }
            }
        }
        return results
    }

    // MARK: Look-ups

    private func bills(
        _ intent: ChatIntent, of codes: [CustomerCode], in month: BillingMonth
    ) async throws(Problem) -> Reply {
        let today = context.today
        let results = try await each(codes) { (code) async throws(Problem) in
            let bill = try await BillOfMonth.find(
                code, month, account: account, context: context)
            return bill.map { bill in
                ChatResult(
                    write: { bill.write(to: &$0, code, month, today: today) },
                    lines: words.lines(of: bill, code, month, today: today))
            }
        }
        let name = words.month(month)
        return found(
            intent, words.say("Tiền điện tháng \(name):", "Bills of \(name):"), results,
            month: month)
    }

    private func debts(_ intent: ChatIntent) async throws(Problem) -> Reply {
        let today = context.today
        let rows = try await context.database.query(
            GetAccountDebts.statement, .uuid(account), .texts(codes.map(\.text)))
        let results = Debts.gather(rows).map { debts in
            ChatResult(
                write: { debts.write(to: &$0, today: today) }, lines: words.lines(of: debts))
        }
        return found(intent, words.say("Nợ tiền điện:", "What is owed:"), results)
    }

    private func outages(_ intent: ChatIntent) async throws(Problem) -> Reply {
        let now = context.now
        let bounds = try OutageWindow.fromNow.bounds(now: now)
        let results = try await each(codes) { (code) async throws(Problem) in
            let found = try await ListOutages.find(
                code, bounds, account: account, context: context)
            return ChatResult(
                write: { found.write(to: &$0, now: now) }, lines: words.lines(of: found, now: now))
        }
        return found(intent, words.say("Lịch cúp điện:", "Outages:"), results)
    }

    private func readings(
        _ intent: ChatIntent, in month: BillingMonth
    ) async throws(Problem) -> Reply {
        let results = try await each(codes) { (code) async throws(Problem) in
            let found = try await GetReadingSchedule.find(
                code, month, account: account, context: context)
            return ChatResult(
                write: { found.write(to: &$0, code, month) }, lines: words.lines(of: found, code))
        }
        let name = words.month(month)
        return found(
            intent, words.say("Lịch ghi điện tháng \(name):", "Meter reading in \(name):"),
            results, month: month)
    }

    private func reactiveBills(
        _ intent: ChatIntent, in month: BillingMonth
    ) async throws(Problem) -> Reply {
        let calculator = try context.tariffVersion().calculator
        let results = try await each(codes) { (code) async throws(Problem) in
            let found = try await ReactiveBillOfMonth.find(
                code, month, account: account, context: context)
            return found.map { bill in
                ChatResult(
                    write: {
                        bill.write(
                            to: &$0, code, month, by: calculator, today: context.today,
                            words.language)
                    },
                    lines: words.lines(
                        of: bill, code, isExempt: bill.isExempt(in: month, by: calculator)))
            }
        }
        let name = words.month(month)
        return found(
            intent, words.say("Tiền điện CSPK tháng \(name):", "Reactive power in \(name):"),
            results, month: month)
    }

    /// The person who writes: language and verified codes.
    struct Person: Row {
        static let columns = ["locale", "customer_codes"]

        let language: Language
        let customerCodes: [String]

        init(_ row: inout RowDecoder) throws(RowError) {
            language = try row.word(Language.self)
            customerCodes = try row.strings()
        }
    }

    static let statement = Statement<Person>(
        "chat_person",
        """
        -- One row when the account is there: its language and its verified codes, oldest first.
        select a.locale, array(
                select s.customer_code from subscriptions s
                where s.account_id = a.account_id and s.state = 'active'
                order by s.created_at, s.customer_code
            ) as customer_codes
        from accounts a
        where a.account_id = $1 and a.deleted_at is null
        """)
}

// MARK: What is said without a look-up

extension Chat {
    private var help: String {
        words.say(
            """
            Bạn có thể nhắn:
            - MM/YYYY (ví dụ 01/2021): tiền điện của tháng đó
            - tiền điện: tiền điện tháng này
            - nợ: các tháng còn nợ
            - cúp điện: lịch cúp điện
            - ghi điện: ngày ghi điện
            - CSPK: tiền điện công suất phản kháng
            - tính tiền: cách tính thử tiền điện
            - thêm mã: đăng ký thêm mã khách hàng
            - hướng dẫn, tổng đài
            """,
            """
            You can write:
            - MM/YYYY (for example 01/2021): the bill of that month
            - bill: this month's bill
            - debt: what is still owed
            - outage: planned and running outages
            - meter reading: the day of reading
            - CSPK: the charge for reactive power
            - calculate: how to compute a bill
            - add code: follow another customer code
            - guide, hotline
            """)
    }

    private var nothingFollowed: String {
        words.say("Bạn chưa đăng ký mã khách hàng nào.\n", "You follow no customer code yet.\n")
            + addCode
    }

    /// The same for a code that does not exist as for one that is not followed.
    private var addCode: String {
        words.say(
            """
            Để thêm mã khách hàng: chọn Tra cứu, Đăng ký mã KH, nhập mã gồm PB hoặc PK và 11 chữ \
            số, rồi xác nhận bằng tên, số điện thoại, CMND/CCCD hoặc ID hóa đơn. Tối đa 10 mã.
            """,
            """
            To follow a customer code: choose Tra cứu, Đăng ký mã KH, enter the code (PB or PK \
            and 11 digits), then verify it by name, phone, identity card or invoice id. Ten codes \
            at most.
            """)
    }

    private var calculation: String {
        words.say(
            """
            Tính tiền điện: chọn Tra cứu, Tính tiền điện, rồi nhập thời gian sử dụng, sản lượng \
            (kWh) và số hộ. Kết quả để tham khảo, không phải hóa đơn.
            """,
            """
            To compute a bill: choose Tra cứu, Tính tiền điện, then enter the period, the kWh and \
            the number of households. The result is an estimate, not an invoice.
            """)
    }

    private var guides: String {
        let titles = context.guides.chapters(in: words.language).map { "- \($0.title)" }
        return words.message(
            words.say(
                "Hướng dẫn sử dụng (chọn Hỗ trợ trên trang):",
                "User guide (choose Hỗ trợ on the page):"), [titles])
    }

    private var hotlines: String {
        let lines = context.guides.hotlines.map {
            "- \($0.name.text(in: words.language)): \($0.number)"
        }
        return words.message(
            words.say("Tổng đài chăm sóc khách hàng:", "Customer-care hotlines:"), [lines])
    }
}
