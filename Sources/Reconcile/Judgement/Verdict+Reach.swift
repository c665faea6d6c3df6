extension Verdict {
    /// How far a packet gets by a verdict.
    enum Reach {
        /// To something that answers, or takes it in silence.
        case open
        /// To a filter.
        case filtered
        /// To the host, which has nobody to answer; or it is not known how far.
        case other
    }

    /// How far a packet gets.
    var reach: Reach {
        switch self {
        case .exposed, .delivered, .neglected, .leaked, .phantom, .hidden, .namespaceExposed,
            .openUnattributed, .openWhileChanging, .bypassed, .forwarded, .forwardedToNamespace:
            .open
        case .filtered, .blockedOnTheWay, .filteredAsModelled, .contradicted, .blockedElsewhere,
            .blockedUpstream, .refusedElsewhere:
            .filtered
        case .containedOpen, .allOpen, .noService, .boundElsewhere, .refusedDespiteListener,
            .refusedUnattributed, .containedShut, .stalled, .blockedBeforeHost, .ambiguous,
            .unreachable, .unstable, .openAtTimes, .interfered, .notTested, .undetermined,
            .listenerUndetermined, .danglingTranslation, .answerLost, .staleAllow, .latent,
            .shadowed,
            .placeholder, .looksClosed, .familyGap, .sourceScoped, .clientSocket, .heldByKernel,
            .ownerless, .reserved, .boundOrHidden:
            .other
        }
    }
}
