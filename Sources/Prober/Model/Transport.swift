/// The transport protocol of an endpoint.
public enum Transport: String, Hashable, Comparable, Sendable, CaseIterable {
    case tcp, udp

    /// TCP before UDP.
    public static func < (left: Transport, right: Transport) -> Bool {
        left == .tcp && right == .udp
    }
}
