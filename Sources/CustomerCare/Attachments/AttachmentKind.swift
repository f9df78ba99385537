/// What a document may be; told by its content, never by what it calls itself.
enum AttachmentKind: String, Sendable, CaseIterable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case webp = "image/webp"
    case heic = "image/heic"
    case pdf = "application/pdf"

    /// Bytes at the beginning that tell every kind.
    static let markBytes = 12

    /// The kind of a content by its first bytes; nil for anything else.
    init?(beginning: [UInt8]) {
        let found = AttachmentKind.allCases.first { $0.isMarked(beginning) }
        guard let found else { return nil }
        self = found
    }

    /// What the name of a file of this kind ends with.
    var fileExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .png: "png"
        case .webp: "webp"
        case .heic: "heic"
        case .pdf: "pdf"
        }
    }

    private func isMarked(_ bytes: [UInt8]) -> Bool {
        switch self {
        // ITU-T T.81 section B.1.1.3: start of image, and the marker after it.
        case .jpeg: bytes.starts(with: [0xFF, 0xD8, 0xFF])
        // W3C PNG section 5.2.
        case .png: bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // RFC 9649 section 2.3: RIFF, a size, WEBP.
        case .webp:
            bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
        // ISO/IEC 23008-12 section 10.2: a box "ftyp" with the brand of HEVC images.
        case .heic:
            bytes.dropFirst(4).starts(with: "ftypheic".utf8)
                || bytes.dropFirst(4).starts(with: "ftypheix".utf8)
                || bytes.dropFirst(4).starts(with: "ftypmif1".utf8)
        // ISO 32000-1 section 7.5.2.
        case .pdf: bytes.starts(with: "%PDF-".utf8)
        }
    }
}
