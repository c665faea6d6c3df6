/// What a verdict means under what was declared: the code that names it, and how it counts.
struct Ruling: Hashable {
    var code: FindingCode
    var result: FindingResult

    init(_ code: FindingCode, _ result: FindingResult) {
        self.code = code
        self.result = result
    }

    /// The ruling on `verdict` where `stance` was declared.
    ///
    /// A definitive observation decides and the inside explains it; what is not definitive never
    /// passes. Ports that are declared closed and ports that are not declared differ only in how
    /// surprising a finding is; `closed: rest` declares nothing.
    init(on verdict: Verdict, under stance: Policy.Stance) {
        self =
            switch (verdict, stance.meaning) {
            case (.exposed, .undecided), (.neglected, .undecided), (.containedOpen, .undecided),
                (.leaked, .undecided), (.phantom, .undecided), (.namespaceExposed, .undecided),
                (.openUnattributed, .undecided), (.noService, .undecided),
                (.boundElsewhere, .undecided), (.refusedDespiteListener, .undecided),
                (.refusedUnattributed, .undecided), (.containedShut, .undecided),
                (.filtered, .undecided), (.stalled, .undecided), (.blockedOnTheWay, .undecided),
                (.blockedBeforeHost, .undecided), (.openWhileChanging, .undecided),
                (.openAtTimes, .undecided), (.bypassed, .undecided), (.forwarded, .undecided),
                (.forwardedToNamespace, .undecided), (.filteredAsModelled, .undecided),
                (.contradicted, .undecided), (.danglingTranslation, .undecided),
                (.blockedElsewhere, .undecided), (.staleAllow, .undecided),
                (.clientSocket, .undecided):
                Ruling(.u9, .inconclusive)

            case (.exposed, .open): Ruling(.c1, .pass)
            case (.exposed, .closed), (.exposed, .undeclared): Ruling(.e1, .fail)
            case (.neglected, .open): Ruling(.a7, .fail)
            case (.neglected, .closed), (.neglected, .undeclared): Ruling(.e1, .fail)
            case (.containedOpen, .open), (.containedOpen, .undeclared): Ruling(.c4, .pass)
            case (.containedOpen, .closed): Ruling(.e1, .fail)
            case (.leaked, .open): Ruling(.e6, .warn)
            case (.leaked, .closed), (.leaked, .undeclared): Ruling(.e6, .fail)
            case (.phantom, .open): Ruling(.e3, .warn)
            case (.phantom, .closed), (.phantom, .undeclared): Ruling(.e3, .fail)
            case (.hidden, _): Ruling(.e5, .fail)
            case (.namespaceExposed, .open): Ruling(.e9, .warn)
            case (.namespaceExposed, .closed), (.namespaceExposed, .undeclared):
                Ruling(.e9, .fail)
            case (.openUnattributed, .open): Ruling(.u5, .pass)
            case (.openUnattributed, .closed), (.openUnattributed, .undeclared):
                Ruling(.e1, .fail)
            case (.allOpen, _): Ruling(.e4, .inconclusive)

            case (.noService, .open): Ruling(.a3, .fail)
            case (.noService, .closed), (.noService, .undeclared): Ruling(.c2, .pass)
            case (.boundElsewhere, .open): Ruling(.a4, .fail)
            case (.boundElsewhere, .closed), (.boundElsewhere, .undeclared): Ruling(.c2, .pass)
            case (.refusedDespiteListener, .open): Ruling(.a5, .fail)
            case (.refusedDespiteListener, .closed): Ruling(.a5, .pass)
            case (.refusedDespiteListener, .undeclared): Ruling(.a5, .info)
            case (.refusedUnattributed, .open): Ruling(.u5, .fail)
            case (.refusedUnattributed, .closed), (.refusedUnattributed, .undeclared):
                Ruling(.u5, .pass)
            case (.containedShut, .open): Ruling(.a4, .fail)
            case (.containedShut, .closed), (.containedShut, .undeclared): Ruling(.c4, .pass)

            case (.filtered, .open): Ruling(.u1, .fail)
            case (.filtered, .closed), (.filtered, .undeclared): Ruling(.u1, .pass)
            case (.stalled, .open): Ruling(.a6, .fail)
            case (.stalled, .closed): Ruling(.a6, .pass)
            case (.stalled, .undeclared): Ruling(.a6, .info)
            case (.blockedOnTheWay, .open), (.blockedBeforeHost, .open): Ruling(.a2, .fail)
            case (.blockedOnTheWay, .closed), (.blockedOnTheWay, .undeclared):
                Ruling(.u1, .pass)
            case (.blockedBeforeHost, .closed), (.blockedBeforeHost, .undeclared):
                Ruling(.u3, .inconclusive)

            case (.bypassed, .open): Ruling(.e2, .warn)
            case (.bypassed, .closed), (.bypassed, .undeclared): Ruling(.e2, .fail)
            case (.forwarded, .open), (.forwardedToNamespace, .open): Ruling(.c5, .pass)
            case (.forwarded, .closed), (.forwarded, .undeclared): Ruling(.e1, .fail)
            case (.forwardedToNamespace, .closed), (.forwardedToNamespace, .undeclared):
                Ruling(.e9, .fail)
            case (.filteredAsModelled, .open): Ruling(.a1, .fail)
            case (.filteredAsModelled, .closed), (.filteredAsModelled, .undeclared):
                Ruling(.c3, .pass)
            case (.contradicted, .open): Ruling(.u7, .fail)
            case (.contradicted, .closed): Ruling(.u7, .warn)
            case (.contradicted, .undeclared): Ruling(.u7, .info)
            case (.danglingTranslation, .open): Ruling(.a8, .fail)
            case (.danglingTranslation, .closed): Ruling(.a8, .pass)
            case (.danglingTranslation, .undeclared): Ruling(.a8, .info)
            case (.blockedElsewhere, .open): Ruling(.a2, .fail)
            case (.blockedElsewhere, .closed): Ruling(.a2, .pass)
            case (.blockedElsewhere, .undeclared): Ruling(.a2, .info)
            case (.staleAllow, .open): Ruling(.a3, .fail)
            case (.staleAllow, .closed), (.staleAllow, .undeclared): Ruling(.h1, .warn)

            case (.ambiguous, _): Ruling(.u2, .inconclusive)
            case (.unreachable, _): Ruling(.u3, .inconclusive)
            case (.unstable, _): Ruling(.u4, .inconclusive)
            case (.openWhileChanging, .open): Ruling(.u4, .pass)
            case (.openAtTimes, .open): Ruling(.u4, .inconclusive)
            case (.openWhileChanging, .closed), (.openWhileChanging, .undeclared),
                (.openAtTimes, .closed), (.openAtTimes, .undeclared):
                Ruling(.e1, .fail)
            case (.interfered, _): Ruling(.u6, .inconclusive)
            case (.notTested, _): Ruling(.u8, .inconclusive)
            case (.undetermined, _): Ruling(.u1, .inconclusive)
            case (.listenerUndetermined, _): Ruling(.u5, .inconclusive)

            // What adds to another finding says how things are; that one says whether it is meant.
            case (.latent, .open), (.latent, .undecided): Ruling(.e11, .info)
            case (.latent, .closed), (.latent, .undeclared): Ruling(.e11, .warn)
            case (.shadowed, .open), (.shadowed, .closed), (.shadowed, .undecided):
                Ruling(.e10, .info)
            case (.shadowed, .undeclared): Ruling(.e10, .warn)
            case (.familyGap, .open), (.familyGap, .undecided): Ruling(.e7, .info)
            case (.familyGap, .closed): Ruling(.e7, .fail)
            case (.familyGap, .undeclared): Ruling(.e7, .warn)
            case (.sourceScoped, .open), (.sourceScoped, .undecided): Ruling(.e8, .info)
            case (.sourceScoped, .closed), (.sourceScoped, .undeclared): Ruling(.e8, .warn)
            case (.looksClosed, _): Ruling(.h3, .info)
            case (.clientSocket, .open), (.clientSocket, .closed): Ruling(.u4, .inconclusive)
            case (.clientSocket, .undeclared): Ruling(.h4, .info)
            case (.heldByKernel, _): Ruling(.h5, .info)
            case (.ownerless, .open), (.ownerless, .undecided): Ruling(.h5, .info)
            case (.ownerless, .closed), (.ownerless, .undeclared): Ruling(.h5, .warn)
            case (.reserved, _): Ruling(.h6, .info)
            case (.placeholder, _): Ruling(.h7, .info)
            case (.boundOrHidden, _): Ruling(.u5, .inconclusive)
            }
    }
}
