import JSON

/// What each code means: its status and its texts, also shown at `/problems/{problem}`.
extension Problem.Code {
    /// The address of the problem's page.
    var page: String { "/problems/" + slug }

    /// The code as it stands in addresses: with hyphens.
    var slug: String { rawValue.split(separator: "_").joined(separator: "-") }

    /// The HTTP status that comes with the code, always the same.
    var status: Int {
        switch self {
        case .badRequest, .invalidJSON, .idempotencyKeyMissing: 400
        case .unauthenticated: 401
        case .forbidden, .assuranceTooLow: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .requestInProgress, .subscriptionLimitReached, .billAlreadyPaid, .billPaymentPending,
            .paymentNotCancellable, .transitionNotAllowed, .attachmentNotAccepted,
            .webhookLimitReached, .approvalRequired:
            409
        case .preconditionFailed: 412
        case .preconditionRequired: 428
        case .contentTooLarge: 413
        case .uriTooLong: 414
        case .unsupportedMediaType: 415
        case .expectationFailed: 417
        case .invalidRequest, .declarationNotConfirmed, .idempotencyKeyReused,
            .verificationFailed, .customerNotEligible, .contractEnded, .supplySuspended:
            422
        case .rateLimited, .verificationLocked: 429
        case .headersTooLarge: 431
        case .internalError: 500
        case .notImplemented: 501
        case .unavailable, .outcomeUnknown: 503
        case .httpVersionNotSupported: 505
        }
    }

    /// The code for a status that the HTTP server decides on by itself.
    init(status: Int) {
        switch status {
        case 408: self = .requestTimeout
        case 413: self = .contentTooLarge
        case 414: self = .uriTooLong
        case 417: self = .expectationFailed
        case 431: self = .headersTooLarge
        case 501: self = .notImplemented
        case 503: self = .unavailable
        case 505: self = .httpVersionNotSupported
        default: self = .badRequest
        }
    }

    /// The same for every problem with this code.
    var title: Wording { wording.title }

    /// What the code means and what to do about it.
    var explanation: Wording { wording.explanation }

    private var wording: (title: Wording, explanation: Wording) {
        Problem.wordings[self]
            ?? (Wording(rawValue, rawValue), Wording("Không có mô tả.", "There is no description."))
    }
}

extension Problem {
    /// Titles and explanations; a test holds that no code is left out.
    static let wordings: [Code: (title: Wording, explanation: Wording)] =
        requestWordings.merging(productWordings) { request, _ in request }

    private static let requestWordings: [Code: (title: Wording, explanation: Wording)] = [
        .badRequest: (
            Wording("Yêu cầu không đúng cú pháp", "Bad request"),
            Wording(
                "Yêu cầu HTTP không đúng cú pháp.", "The HTTP request does not follow the syntax.")
        ),
        .invalidJSON: (
            Wording("JSON không hợp lệ", "Invalid JSON"),
            Wording(
                "Nội dung không phải là JSON hợp lệ (UTF-8, không trùng tên trường).",
                "The body is not valid JSON (UTF-8, no repeated names, not too deep).")
        ),
        .idempotencyKeyMissing: (
            Wording("Thiếu Idempotency-Key", "Idempotency-Key missing"),
            Wording(
                "Thao tác này cần tiêu đề Idempotency-Key, từ 1 đến 255 ký tự.",
                "This operation needs the header Idempotency-Key with 1 to 255 characters.")
        ),
        .unauthenticated: (
            Wording("Chưa xác thực", "Unauthenticated"),
            Wording(
                "Yêu cầu không có chữ ký hợp lệ (RFC 9421).",
                "The request has no valid signature (RFC 9421).")
        ),
        .forbidden: (
            Wording("Không được phép", "Forbidden"),
            Wording(
                "Ứng dụng không có quyền gọi thao tác này.",
                "The client does not have the scope of this operation.")
        ),
        .assuranceTooLow: (
            Wording("Chưa đủ xác thực", "Verification too weak"),
            Wording(
                "Hãy xác thực mã khách hàng bằng số điện thoại, số CMND/CCCD hoặc ID hóa đơn.",
                "Verify the code by phone, identity number or invoice id first.")
        ),
        .notFound: (
            Wording("Không tìm thấy", "Not found"),
            Wording("Không có tài nguyên này.", "There is no such resource.")
        ),
        .methodNotAllowed: (
            Wording("Phương thức không được hỗ trợ", "Method not allowed"),
            Wording(
                "Địa chỉ đúng nhưng phương thức không được hỗ trợ; xem tiêu đề Allow.",
                "The path exists but not with this method; see the header Allow.")
        ),
        .requestTimeout: (
            Wording("Hết thời gian chờ yêu cầu", "Request timeout"),
            Wording("Yêu cầu đến quá chậm.", "The request took too long to arrive.")
        ),
        .contentTooLarge: (
            Wording("Nội dung quá lớn", "Content too large"),
            Wording(
                "Nội dung dài hơn mức thao tác này nhận.",
                "The body is longer than this operation takes.")
        ),
        .uriTooLong: (
            Wording("Địa chỉ quá dài", "URI too long"),
            Wording("Dòng yêu cầu dài hơn 8192 byte.", "The request line exceeds 8,192 bytes.")
        ),
        .unsupportedMediaType: (
            Wording("Kiểu nội dung không được hỗ trợ", "Unsupported media type"),
            Wording(
                "Nội dung phải là application/json, không nén.",
                "The body must be application/json without a content encoding.")
        ),
        .expectationFailed: (
            Wording("Không đáp ứng được Expect", "Expectation failed"),
            Wording(
                "Chỉ hỗ trợ Expect: 100-continue.", "Only Expect: 100-continue is supported.")
        ),
        .headersTooLarge: (
            Wording("Tiêu đề quá lớn", "Header fields too large"),
            Wording(
                "Phần tiêu đề vượt quá 32 KiB hoặc 100 dòng.",
                "The header section exceeds 32 KiB or 100 lines.")
        ),
        .notImplemented: (
            Wording("Chưa được hỗ trợ", "Not implemented"),
            Wording(
                "Máy chủ không hỗ trợ phương thức hoặc mã truyền này.",
                "The server does not know this method or transfer coding.")
        ),
        .httpVersionNotSupported: (
            Wording("Phiên bản HTTP không được hỗ trợ", "HTTP version not supported"),
            Wording("Chỉ hỗ trợ HTTP/1.1.", "Only HTTP/1.1 is supported.")
        ),
    ]

    private static let productWordings: [Code: (title: Wording, explanation: Wording)] = [
        .billAlreadyPaid: (
            Wording("Hóa đơn đã được thanh toán", "Bill already paid"),
            Wording(
                "Có kỳ hóa đơn không còn nợ; hãy xem lại nợ tiền điện.",
                "One of the bills owes nothing any more; look at the debts again.")
        ),
        .billPaymentPending: (
            Wording("Hóa đơn đang được thanh toán", "Bill payment pending"),
            Wording(
                "Có kỳ hóa đơn đang nằm trong một thanh toán khác chưa kết thúc.",
                "One of the bills is part of another payment that has not ended.")
        ),
        .paymentNotCancellable: (
            Wording("Không thể hủy thanh toán", "Payment not cancellable"),
            Wording(
                "Thanh toán đã kết thúc hoặc đang được đối soát.",
                "The payment has ended, or is being reconciled.")
        ),
        .transitionNotAllowed: (
            Wording("Không thể chuyển trạng thái", "Transition not allowed"),
            Wording(
                "Yêu cầu ở trạng thái hiện tại không cho phép bước này.",
                "The request does not allow this step in the state it is in.")
        ),
        .attachmentNotAccepted: (
            Wording("Không nhận thêm tệp", "Attachment not accepted"),
            Wording(
                "Yêu cầu đã kết thúc hoặc đã có đủ mười tệp.",
                "The request is over, or has ten attachments already.")
        ),
        .webhookLimitReached: (
            Wording("Đã đủ webhook", "Webhook limit reached"),
            Wording(
                "Mỗi đối tác có tối đa mười webhook; hãy xóa bớt rồi thử lại.",
                "A client has ten webhooks at most: delete one first.")
        ),
        .approvalRequired: (
            Wording("Cần phê duyệt", "Approval required"),
            Wording(
                "Dữ liệu có điểm bất thường; người thứ hai phải phê duyệt trước.",
                "Something is out of the ordinary: a second person must approve it first.")
        ),
        .preconditionFailed: (
            Wording("Dữ liệu đã thay đổi", "Precondition failed"),
            Wording(
                "Dữ liệu đã được người khác thay đổi; hãy đọc lại rồi thử lại.",
                "Somebody else has changed it meanwhile; read it again, then try again.")
        ),
        .preconditionRequired: (
            Wording("Thiếu If-Match", "Precondition required"),
            Wording(
                "Hãy gửi If-Match với ETag của bản đã đọc.",
                "Send If-Match with the ETag of what you have read.")
        ),
        .requestInProgress: (
            Wording("Yêu cầu đang được xử lý", "Request in progress"),
            Wording(
                "Yêu cầu đầu tiên với Idempotency-Key này chưa xong.",
                "The first request with this Idempotency-Key is still running.")
        ),
        .subscriptionLimitReached: (
            Wording("Đã đủ số mã khách hàng", "Subscription limit reached"),
            Wording(
                "Mỗi tài khoản theo dõi tối đa 10 mã khách hàng.",
                "An account may follow ten customer codes.")
        ),
        .invalidRequest: (
            Wording("Yêu cầu không hợp lệ", "Invalid request"),
            Wording(
                "Có trường có giá trị không hợp lệ; xem errors.",
                "Some fields have invalid values; see errors.")
        ),
        .declarationNotConfirmed: (
            Wording("Chưa xác nhận mã khách hàng", "Declaration not confirmed"),
            Wording(
                "Cần xác nhận “Tôi xác nhận mã khách hàng của Tôi trên đây là đúng!”.",
                "The declaration that the customer codes are right must be confirmed.")
        ),
        .idempotencyKeyReused: (
            Wording("Idempotency-Key đã được dùng", "Idempotency-Key reused"),
            Wording(
                "Idempotency-Key này đã dùng cho một yêu cầu khác.",
                "This Idempotency-Key was used for a different request.")
        ),
        .verificationFailed: (
            Wording("Xác thực không thành công", "Verification failed"),
            Wording("Thông tin không khớp.", "The value does not match.")
        ),
        .customerNotEligible: (
            Wording("Khách hàng không thuộc đối tượng", "Customer not eligible"),
            Wording(
                "Trang chỉ phục vụ khách hàng có một phân kỳ hóa đơn mỗi tháng.",
                "The page serves customers with one billing period a month.")
        ),
        .contractEnded: (
            Wording("Hợp đồng đã chấm dứt", "Contract ended"),
            Wording(
                "Hợp đồng mua bán điện của mã khách hàng này đã chấm dứt.",
                "The supply contract of this customer code has ended.")
        ),
        .supplySuspended: (
            Wording("Đang tạm ngừng cấp điện", "Supply suspended"),
            Wording(
                "Điện của mã khách hàng này tạm ngừng cấp theo hợp đồng.",
                "Electricity is not supplied to this code for a reason of its contract.")
        ),
        .rateLimited: (
            Wording("Quá nhiều yêu cầu", "Rate limited"),
            Wording(
                "Vượt quá số yêu cầu cho phép; xem Retry-After.",
                "Too many requests; see Retry-After.")
        ),
        .verificationLocked: (
            Wording("Tạm khóa xác thực", "Verification locked"),
            Wording(
                "Nhập sai quá nhiều lần; vui lòng thử lại sau.",
                "Too many wrong values; try again later.")
        ),
        .internalError: (
            Wording("Lỗi hệ thống", "Internal error"),
            Wording(
                "Lỗi của chúng tôi; vui lòng gửi kèm X-Request-Id khi liên hệ.",
                "A fault of ours; quote the X-Request-Id when you ask for help.")
        ),
        .unavailable: (
            Wording("Tạm thời gián đoạn", "Unavailable"),
            Wording(
                "Hệ thống tạm thời không phục vụ được; chưa có gì thay đổi.",
                "The service is unavailable for the moment; nothing was changed.")
        ),
        .outcomeUnknown: (
            Wording("Chưa rõ kết quả", "Outcome unknown"),
            Wording(
                "Chưa biết thao tác đã thực hiện hay chưa; hãy gửi lại với cùng Idempotency-Key.",
                "The write may or may not have happened; repeat it with the same Idempotency-Key.")
        ),
    ]
}

extension JSONFault.Code {
    /// What is wrong with a field.
    var explanation: Wording {
        switch self {
        case .missing: Wording("Thiếu trường bắt buộc.", "The field is required.")
        case .wrongType: Wording("Sai kiểu dữ liệu.", "The value has the wrong type.")
        case .notAnInteger: Wording("Phải là số nguyên.", "The value must be a whole number.")
        case .outOfRange: Wording("Ngoài khoảng cho phép.", "The value is out of range.")
        case .tooShort: Wording("Quá ngắn.", "The text is too short.")
        case .tooLong: Wording("Quá dài.", "The text is too long.")
        case .tooFewItems: Wording("Quá ít phần tử.", "There are too few items.")
        case .tooManyItems: Wording("Quá nhiều phần tử.", "There are too many items.")
        case .wrongFormat: Wording("Sai định dạng.", "The value has the wrong format.")
        case .notAllowed: Wording("Không được phép ở đây.", "The value is not allowed here.")
        }
    }
}
