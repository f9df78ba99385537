import Electricity

/// What somebody wants who writes to the page.
enum ChatIntent: Equatable {
    case currentBill, debts, outages
    /// Of the month that was written, else of the present one.
    case readingSchedule(BillingMonth?)
    /// Of the month that was written, else of the present one.
    case reactiveBill(BillingMonth?)
    case calculation, guides, hotlines, addCode, help
    /// The bill of the month that was written.
    case billOfMonth(BillingMonth)
    /// The present bill of one code.
    case customerCode(CustomerCode)

    /// The name in the contract.
    var name: String {
        switch self {
        case .currentBill: "currentBill"
        case .debts: "debts"
        case .outages: "outages"
        case .readingSchedule: "readingSchedule"
        case .reactiveBill: "reactiveBill"
        case .calculation: "calculation"
        case .guides: "guides"
        case .hotlines: "hotlines"
        case .addCode: "addCode"
        case .help: "help"
        case .billOfMonth: "billOfMonth"
        case .customerCode: "customerCode"
        }
    }

    /// The words of the page's menu, and what people write for them.
    ///
    /// The first row of which any phrase stands in the text decides: what is more special comes
    /// first.
    static let table: [(intent: ChatIntent, phrases: [String])] = [
        (.reactiveBill(nil), ["cspk", "vô công", "công suất phản kháng", "reactive"]),
        (.calculation, ["tính tiền", "tính thử", "giá điện", "calculate", "calculator"]),
        (.addCode, ["thêm mã", "xác nhận mã", "đăng ký mã", "quan tâm mã", "add code"]),
        (.outages, ["cúp điện", "mất điện", "cắt điện", "ngừng cấp điện", "có điện", "outage"]),
        (.readingSchedule(nil), ["ghi điện", "ghi chỉ số", "ghi số điện", "meter reading"]),
        (.debts, ["nợ tiền", "còn nợ", "nợ", "debt", "owe"]),
        (.guides, ["hướng dẫn", "cách dùng", "guide"]),
        (.hotlines, ["tổng đài", "hotline", "đường dây nóng", "số điện thoại", "liên hệ", "cskh"]),
        (.currentBill, ["tiền điện", "hóa đơn", "bill"]),
    ]

    /// Reads a text as people type it: with or without diacritics, in any case.
    init(_ text: String) {
        let words = ChatWord.words(text)
        if let code = CustomerCode(typed: words.map(\.bare).joined()) {
            self = .customerCode(code)
            return
        }
        let month = ChatIntent.month(words)
        let row = ChatIntent.table.first { row in
            row.phrases.contains { ChatWord.phrase($0, standsIn: words) }
        }
        switch row?.intent {
        case nil, .currentBill:
            let other = row?.intent ?? .help
            self = month.map(ChatIntent.billOfMonth) ?? other
        case .reactiveBill: self = .reactiveBill(month)
        case .readingSchedule: self = .readingSchedule(month)
        case let intent?: self = intent
        }
    }

    /// The month in a text without any other number: `01/2021`, `1-2021`, `tháng 1 năm 2021`.
    private static func month(_ words: [ChatWord]) -> BillingMonth? {
        let numbers = words.filter(\.isNumber)
        guard numbers.count == 2, numbers[0].bare.utf8.count <= 2, numbers[1].bare.utf8.count == 4,
            let month = Int(numbers[0].bare), let year = Int(numbers[1].bare)
        else { return nil }
        return BillingMonth(year: year, month: month)
    }
}
