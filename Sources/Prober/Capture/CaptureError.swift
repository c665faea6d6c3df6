/// Why nothing can be captured.
public enum CaptureError: Error, Hashable, Sendable {
    /// It needs a privilege (CAP_NET_RAW) that is missing.
    case notPermitted
    /// This build has no libpcap.
    case noLibrary
    /// There is no interface of this name.
    case noSuchInterface(String)
    /// The interface of this name is down.
    case interfaceDown(String)
    /// The frames begin in a way that is not read here.
    case unknownLink(String)
    /// libpcap refused for another reason, in its own words.
    case failed(String)
}

extension CaptureError: CustomStringConvertible {
    /// What happened, without a full stop.
    public var description: String {
        switch self {
        case .notPermitted:
            "capturing needs root or the capability CAP_NET_RAW (setcap cap_net_raw+ep)"
        case .noLibrary: "this build has no libpcap (trait PacketCapture)"
        case .noSuchInterface(let name): "there is no interface \(name)"
        case .interfaceDown(let name): "the interface \(name) is down"
        case .unknownLink(let name): "frames of the link type \(name) are not understood"
        case .failed(let reason): "libpcap: \(reason)"
        }
    }
}

extension CaptureError {
    /// Whether it lies in what was asked for.
    public var isUsage: Bool {
        switch self {
        case .noSuchInterface, .interfaceDown: true
        case .notPermitted, .noLibrary, .unknownLink, .failed: false
        }
    }
}
