public import Prober

/// What came of trying every port of a host against the lists that the host gives of its sockets.
public struct PortVerification: Hashable, Sendable {
    /// What was tried, by transport and family; a family that the host does not have is left out.
    public var sweeps: [Sweep]
    /// Ports that are held though a list does not have them.
    public var unlisted: [UnlistedPort]

    /// A verification of the given parts.
    public init(sweeps: [Sweep] = [], unlisted: [UnlistedPort] = []) {
        self.sweeps = sweeps
        self.unlisted = unlisted
    }

    /// The ports of a transport over a family that were tried.
    public struct Sweep: Hashable, Sendable {
        /// TCP or UDP.
        public var transport: Transport
        /// The family of the addresses bound.
        public var family: IPAddress.Family
        /// The ports of which it is known whether anything hides there.
        public var tested: PortSet
        /// The ports that could not be tried, for lack of privilege or of time.
        public var untested: PortSet

        /// A sweep of the given parts.
        public init(
            _ transport: Transport, _ family: IPAddress.Family, tested: PortSet,
            untested: PortSet = PortSet()
        ) {
            self.transport = transport
            self.family = family
            self.tested = tested
            self.untested = untested
        }
    }

    /// What it comes to.
    public enum Conclusion: Hashable, Sendable {
        /// Every port was tried, and nothing hides.
        case nothingHidden
        /// Something hides.
        case hidden
        /// Nothing was found, but not everything could be tried or told.
        case undecided
    }

    /// What it comes to, all ports together.
    public var conclusion: Conclusion {
        if unlisted.contains(where: { $0.kind == .hidden }) { return .hidden }
        let isWhole = sweeps.allSatisfy(\.untested.isEmpty) && !sweeps.isEmpty
        let isTold = !unlisted.contains { $0.kind == .boundOrHidden }
        return isWhole && isTold ? .nothingHidden : .undecided
    }
}

/// A port that a socket holds though a list of the host does not have it.
public struct UnlistedPort: Hashable, Sendable {
    /// TCP or UDP.
    public var transport: Transport
    /// The family in which a bind of the wildcard is refused.
    public var family: IPAddress.Family
    /// The port.
    public var port: UInt16
    /// What it may be.
    public var kind: Kind
    /// The lists that do not have it.
    public var lacks: [List]

    /// What may hold a port that is not listed.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A socket that something keeps out of the lists.
        case hidden
        /// The kernel was told to keep the port free (`net.ipv4.ip_local_reserved_ports`), which
        /// who reserves a port in other ways than by a socket of this namespace also asks for.
        case reserved
        /// A socket that something hides, or one that is bound and does not listen, which this
        /// kernel does not list (before Linux 6.8).
        case boundOrHidden = "bound-or-hidden"
    }

    /// A list of sockets that a host gives.
    public enum List: String, Hashable, Sendable, CaseIterable {
        case socketDiagnosis = "sock_diag"
        case proc
    }

    /// A port of the given parts.
    public init(
        _ transport: Transport, _ family: IPAddress.Family, _ port: UInt16, _ kind: Kind,
        lacks: [List]
    ) {
        self.transport = transport
        self.family = family
        self.port = port
        self.kind = kind
        self.lacks = lacks
    }
}
