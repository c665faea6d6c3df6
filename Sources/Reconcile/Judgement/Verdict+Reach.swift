extension Verdict {
    /// How far a packet gets by a verdict.
    enum Reach {
        /// To something that answers.
        case open
        /// To a filter.
        case filtered
        /// To the host, which has nobody to answer; or it is not known how far.
        case other
    }

    /// How far a packet gets.
    var reach: Reach {
        switch self {
        case .exposed, .neglected, .leaked, .phantom, .hidden, .namespaceExposed,
            .openUnattributed, .openWhileChanging, .bypassed, .forwarded, .forwardedToNamespace:
            .open
        case .filtered, .blockedOnTheWay, .filteredAsModelled, .contradicted, .blockedElsewhere:
            .filtered
        case .containedOpen, .allOpen, .noService, .boundElsewhere, .refusedDespiteListener,
            .refusedUnattributed, .containedShut, .stalled, .blockedBeforeHost, .ambiguous,
            .unreachable, .unstable, .openAtTimes, .interfered, .notTested, .undetermined,
            .listenerUndetermined, .danglingTranslation, .staleAllow, .latent, .shadowed,
            .placeholder, .looksClosed, .familyGap, .sourceScoped, .clientSocket, .heldByKernel,
            .ownerless, .reserved, .boundOrHidden:
            .other
        }
    }
}
