/// What the silence of a UDP endpoint is worth.
///
/// A closed port of a host speaks by ICMP, when the host's limit of such errors allows; so silence
/// means something only when a port known to be closed, a control, answers at the same time.
public struct Silence: Hashable, Sendable {
    /// Whether a working service of that port may say nothing to a stranger.
    public var isExpected: Bool
    /// What the controls of the same host did.
    public var controls: Controls

    /// What the controls of a host did.
    public enum Controls: String, Hashable, Sendable, CaseIterable {
        /// No control was asked.
        case notAsked = "not-asked"
        /// A control answered right after the endpoint had stayed silent: it is not closed.
        case answered
        /// No control ever answered: a closed port would be as silent as this one.
        case silent
        /// Controls answer, but the host's limit of errors kept this endpoint from its turn.
        case limitSpent = "limit-spent"
    }

    /// The silence of an endpoint, with or without a reason to expect it.
    public init(isExpected: Bool, controls: Controls) {
        self.isExpected = isExpected
        self.controls = controls
    }

    /// Why nothing more can be said, in a word.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The service of that port says nothing to strangers.
        case silenceExpected = "silence-expected"
        /// The endpoint is open, or a filter drops what is sent to it: a closed one would speak.
        case controlsAnswered = "controls-answered"
        /// Nothing may be concluded: this host never says that a port is closed.
        case controlsSilent = "controls-silent"
        /// The host says so now and then, but not for this endpoint in the time there was.
        case limitSpent = "limit-spent"
    }

    /// The word for this silence; nil when nothing was tried to find out.
    public var reason: Reason? {
        if isExpected { return .silenceExpected }
        return switch controls {
        case .notAsked: nil
        case .answered: .controlsAnswered
        case .silent: .controlsSilent
        case .limitSpent: .limitSpent
        }
    }
}
