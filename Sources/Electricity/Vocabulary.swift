/// What electricity is used for (mục đích sử dụng điện).
package enum UsagePurpose: String, Sendable, CaseIterable {
    /// In a home (sinh hoạt).
    case residential
    /// Anything else (ngoài sinh hoạt).
    case nonResidential
}

/// Whether the supply contract (hợp đồng mua bán điện) is in force.
package enum ContractStatus: String, Sendable, CaseIterable {
    case active
    case ended
}

/// The set of readings a number on a meter belongs to (bộ chỉ số).
package enum Register: String, Sendable, CaseIterable {
    /// One register for all hours (KT).
    case total
    /// Normal hours (giờ bình thường, BT).
    case standard
    /// Peak hours (giờ cao điểm, CD).
    case peak
    /// Off-peak hours (giờ thấp điểm, TD).
    case offPeak
}

/// What has become of a bill since it was issued.
package enum BillStatus: String, Sendable, CaseIterable {
    case issued
    /// A later revision of the same bill (hóa đơn điều chỉnh, lập lại).
    case corrected
    /// Withdrawn (hóa đơn hủy bỏ).
    case cancelled
}

/// How much of a bill is paid (tình trạng thanh toán).
package enum PaymentStatus: String, Sendable, CaseIterable {
    case unpaid
    case partial
    case paid
    /// Paid, but the payment is not reconciled with the billing system yet.
    case paymentPending = "payment_pending"

    /// The status of a bill from its total and what has been paid and announced, in VND.
    package init(billed: Int64, paid: Int64, pending: Int64) {
        if paid >= billed {
            self = .paid
        } else if pending > 0 {
            self = .paymentPending
        } else {
            self = paid > 0 ? .partial : .unpaid
        }
    }
}
