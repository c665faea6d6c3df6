import Prober
import Testing

/// A genuine reply to a request of the table, made with the token of the examples.
struct ReplyExample: Sendable, CustomTestStringConvertible {
    let request: DatagramRequest
    /// The daemon or document it is from.
    let source: String
    /// Whether the reply gives something of the token back.
    let repeatsToken: Bool
    let bytes: [UInt8]

    /// The reply to the request numbered `index` of `service`, in hexadecimal digits.
    init(
        _ service: DatagramService, _ index: Int, from source: String, repeatsToken: Bool = true,
        _ digits: String
    ) {
        request = PayloadTable.requests(of: service)[index]
        self.source = source
        self.repeatsToken = repeatsToken
        bytes = Array(hex: digits)
    }

    static let all = captured + specified

    static let token = RequestToken(
        0x4e50_5301_0203_0405, 0x0504_0302_0153_504e, 0x1122_3344_5566_7788,
        0x99aa_bbcc_ddee_ff00)

    /// What the requests of the examples were made for.
    static func context(_ token: RequestToken = token) -> RequestContext {
        RequestContext(
            endpoint: Endpoint(.v4(0xcb00_7102), .udp, 9), source: .v4(0xcb00_7101), token: token)
    }

    var testDescription: String { "\(request.service) from \(source)" }
}

extension PayloadTable {
    /// All requests to the ports of `service`, in the order of the table.
    static func requests(of service: DatagramService) -> [DatagramRequest] {
        entries.filter { $0.service == service }.flatMap(\.requests)
    }

    /// All requests.
    static let allRequests = entries.flatMap(\.requests)
}

extension DatagramRequest {
    /// What the request is to `bytes`.
    func match(_ bytes: [UInt8], _ token: RequestToken = ReplyExample.token) -> ReplyMatch {
        unsafe recognise(bytes.span.bytes, ReplyExample.context(token))
    }

    /// The request's bytes.
    func bytes(_ context: RequestContext = ReplyExample.context()) -> [UInt8] {
        var bytes = RequestBytes()
        write(&bytes, context)
        return (0..<bytes.count).map { bytes[$0] }
    }
}

extension [UInt8] {
    /// The bytes of `digits`, pairs of hexadecimal digits; other characters are passed over.
    init(hex digits: String) {
        let values = digits.compactMap(\.hexDigitValue)
        self = stride(from: 0, to: values.count - 1, by: 2).map {
            UInt8(values[$0] << 4 | values[$0 + 1])
        }
    }
}
