/// What is asked at which UDP port, and where silence is to be expected.
public struct PayloadTable: Sendable {
    /// What is known of a service's ports.
    public struct Entry: Sendable {
        /// The service that is expected there.
        public let service: DatagramService
        /// Its ports.
        public let ports: [UInt16]
        /// What is asked, in order, until a valid reply comes.
        public let requests: [DatagramRequest]
        /// Why a working service may say nothing to a stranger; nil where it answers.
        public let silence: String?

        /// An entry of the given parts.
        public init(
            _ service: DatagramService, _ ports: [UInt16], _ requests: [DatagramRequest] = [],
            silence: String? = nil
        ) {
            self.service = service
            self.ports = ports
            self.requests = requests
            self.silence = silence
        }
    }

    /// The entries, by their first port; a port may be in several.
    public static let entries: [Entry] = [
        Entry(.dns, [53], [.dnsRootServers])
    ]

    /// What is asked at a port without an entry, in order.
    public static let fallback: [DatagramRequest] = [.dnsRootServers]

    /// What else an open port may be asked whose reply nobody knew, in order.
    public static let secondLook: [DatagramRequest] = [.dnsRootServers]
}
