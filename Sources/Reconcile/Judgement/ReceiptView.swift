import Prober

/// What the receipts of an endpoint come to, as far as a verdict asks.
public enum ReceiptView: String, Hashable, Sendable, CaseIterable {
    /// There is none.
    case unknown
    /// There are several, and they cannot all be true.
    case disputed
    /// The probes never came to the host.
    case neverArrived
    /// They came; what became of them, and whether the host answered, was not seen.
    case arrived
    /// They came, and the host sent nothing back.
    case ignored
    /// They came, and the host answered with a handshake or a datagram.
    case answered
    /// They came, and the host refused with a reset or an ICMP error.
    case refused
    /// A rule of the host's firewall stopped them.
    case stopped
    /// They came past the firewall to a port where nothing listens.
    case noPort
    /// A socket got them.
    case delivered
    /// They came to a socket that had no room for them.
    case queueFull

    /// What `accounts` come to together.
    ///
    /// That probes arrived is no contradiction to what became of them then. What became of them counts
    /// before what the host sent back, but for an answer: a socket that gives one got them.
    init(_ accounts: [Receipt.Account]) {
        guard let first = accounts.first else {
            self = .unknown
            return
        }
        self = accounts.dropFirst().reduce(ReceiptView(first)) { $0.joined(with: ReceiptView($1)) }
    }

    private init(_ account: Receipt.Account) {
        self =
            switch (account.fate, account.answer) {
            case (.neverArrived, nil), (.neverArrived, .nothing): .neverArrived
            // What never came is not answered, and what a rule stopped or no socket took gets no reply.
            case (.neverArrived, _), (.stopped, .handshake), (.stopped, .datagram),
                (.noPort, .handshake), (.noPort, .datagram):
                .disputed
            case (.arrived, nil): .arrived
            case (.arrived, .nothing): .ignored
            case (.arrived, .handshake), (.arrived, .datagram), (.delivered, .handshake),
                (.delivered, .datagram):
                .answered
            case (.arrived, .reset), (.arrived, .icmpError): .refused
            case (.stopped, nil), (.stopped, .nothing), (.stopped, .reset), (.stopped, .icmpError):
                .stopped
            case (.noPort, nil), (.noPort, .nothing), (.noPort, .reset), (.noPort, .icmpError):
                .noPort
            case (.delivered, nil), (.delivered, .nothing), (.delivered, .reset),
                (.delivered, .icmpError):
                .delivered
            case (.queueFull, _): .queueFull
            }
    }

    /// What both come to; the order does not matter.
    private func joined(with other: ReceiptView) -> ReceiptView {
        if self == other { return self }
        let (less, more) = detail < other.detail ? (self, other) : (other, self)
        return switch (less, more) {
        case (.unknown, _), (.arrived, .ignored), (.arrived, .answered), (.arrived, .refused),
            (.arrived, .stopped), (.arrived, .noPort), (.arrived, .delivered),
            (.arrived, .queueFull), (.ignored, .stopped), (.ignored, .noPort),
            (.ignored, .delivered), (.ignored, .queueFull), (.refused, .stopped),
            (.refused, .noPort), (.delivered, .queueFull):
            more
        // Whoever answered got them, and may have had no room for others.
        case (.delivered, .answered), (.queueFull, .answered): .answered
        case (.disputed, _), (.neverArrived, _), (.arrived, _), (.ignored, _), (.refused, _),
            (.stopped, _), (.noPort, _), (.delivered, _), (.queueFull, _), (.answered, _):
            .disputed
        }
    }

    /// The greater, the more it tells; disputed is least, so that it stays.
    private var detail: Int {
        switch self {
        case .disputed: -1
        case .unknown: 0
        case .neverArrived: 1
        case .arrived: 2
        case .ignored: 3
        case .refused: 4
        case .stopped: 5
        case .noPort: 6
        case .delivered: 7
        case .queueFull: 8
        case .answered: 9
        }
    }

    /// Whether the host got the probes and something is known of what it did with them.
    var isOfHost: Bool {
        switch self {
        case .unknown, .disputed, .neverArrived, .arrived: false
        case .ignored, .answered, .refused, .stopped, .noPort, .delivered, .queueFull: true
        }
    }

    /// Whether rules that stop let the probes past.
    var isPastRules: Bool {
        switch self {
        case .noPort, .delivered, .queueFull, .answered: true
        case .unknown, .disputed, .neverArrived, .arrived, .ignored, .refused, .stopped: false
        }
    }
}

extension OutsideView {
    /// The view where `receipt` shows that a host without any sign of life is alive all the same.
    ///
    /// Silence of an address as a whole is no answer of its ports, because probes or answers may get
    /// lost on the way. It is one where the host is known to have got them and to have let them be.
    func taking(_ receipt: ReceiptView, over transport: Transport) -> OutsideView {
        guard self == .unreachable, receipt != .unknown else { return self }
        return switch (transport, receipt) {
        case (.udp, .answered): .openOrFiltered
        // The way back is closed for all ports, which says nothing of this one.
        case (.tcp, .answered): self
        case (.udp, _): receipt.isOfHost ? .openOrFiltered : self
        case (.tcp, _): receipt.isOfHost ? .silent : self
        }
    }
}
