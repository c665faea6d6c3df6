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
            switch verdict {
            case .exposed:
                stance.meaning.ruling(open: Ruling(.c1, .pass), other: Ruling(.e1, .fail))
            case .delivered:
                stance.meaning.ruling(open: Ruling(.c1s, .pass), other: Ruling(.e1, .fail))
            case .neglected:
                stance.meaning.ruling(open: Ruling(.a7, .fail), other: Ruling(.e1, .fail))
            case .containedOpen:
                stance.meaning.ruling(
                    open: Ruling(.c4, .pass), closed: Ruling(.e1, .fail),
                    undeclared: Ruling(.c4, .pass))
            case .leaked: stance.meaning.ruling(open: Ruling(.e6, .warn), other: Ruling(.e6, .fail))
            case .phantom:
                stance.meaning.ruling(open: Ruling(.e3, .warn), other: Ruling(.e3, .fail))
            case .hidden: Ruling(.e5, .fail)
            case .namespaceExposed:
                stance.meaning.ruling(open: Ruling(.e9, .warn), other: Ruling(.e9, .fail))
            case .openUnattributed:
                stance.meaning.ruling(open: Ruling(.u5, .pass), other: Ruling(.e1, .fail))
            case .allOpen: Ruling(.e4, .inconclusive)
            case .noService:
                stance.meaning.ruling(open: Ruling(.a3, .fail), other: Ruling(.c2, .pass))
            case .boundElsewhere:
                stance.meaning.ruling(open: Ruling(.a4, .fail), other: Ruling(.c2, .pass))
            case .refusedDespiteListener:
                stance.meaning.ruling(
                    open: Ruling(.a5, .fail), closed: Ruling(.a5, .pass),
                    undeclared: Ruling(.a5, .info))
            case .refusedUnattributed:
                stance.meaning.ruling(open: Ruling(.u5, .fail), other: Ruling(.u5, .pass))
            case .containedShut:
                stance.meaning.ruling(open: Ruling(.a4, .fail), other: Ruling(.c4, .pass))
            case .filtered:
                stance.meaning.ruling(open: Ruling(.u1, .fail), other: Ruling(.u1, .pass))
            case .stalled:
                stance.meaning.ruling(
                    open: Ruling(.a6, .fail), closed: Ruling(.a6, .pass),
                    undeclared: Ruling(.a6, .info))
            case .blockedOnTheWay:
                stance.meaning.ruling(open: Ruling(.a2, .fail), other: Ruling(.u1, .pass))
            case .blockedBeforeHost:
                stance.meaning.ruling(open: Ruling(.a2, .fail), other: Ruling(.u3, .inconclusive))
            case .ambiguous: Ruling(.u2, .inconclusive)
            case .unreachable: Ruling(.u3, .inconclusive)
            case .unstable: Ruling(.u4, .inconclusive)
            case .openWhileChanging:
                stance.meaning.ruling(open: Ruling(.u4, .pass), other: Ruling(.e1, .fail))
            case .openAtTimes:
                stance.meaning.ruling(open: Ruling(.u4, .inconclusive), other: Ruling(.e1, .fail))
            case .interfered: Ruling(.u6, .inconclusive)
            case .notTested: Ruling(.u8, .inconclusive)
            case .undetermined: Ruling(.u1, .inconclusive)
            case .listenerUndetermined, .boundOrHidden: Ruling(.u5, .inconclusive)
            case .bypassed:
                stance.meaning.ruling(open: Ruling(.e2, .warn), other: Ruling(.e2, .fail))
            case .forwarded:
                stance.meaning.ruling(open: Ruling(.c5, .pass), other: Ruling(.e1, .fail))
            case .forwardedToNamespace:
                stance.meaning.ruling(open: Ruling(.c5, .pass), other: Ruling(.e9, .fail))
            case .filteredAsModelled:
                stance.meaning.ruling(open: Ruling(.a1, .fail), other: Ruling(.c3, .pass))
            case .contradicted:
                stance.meaning.ruling(
                    open: Ruling(.u7, .fail), closed: Ruling(.u7, .warn),
                    undeclared: Ruling(.u7, .info))
            case .danglingTranslation:
                stance.meaning.ruling(
                    open: Ruling(.a8, .fail), closed: Ruling(.a8, .pass),
                    undeclared: Ruling(.a8, .info))
            case .blockedElsewhere, .blockedUpstream, .refusedElsewhere, .answerLost:
                stance.meaning.ruling(
                    open: Ruling(.a2, .fail), closed: Ruling(.a2, .pass),
                    undeclared: Ruling(.a2, .info))
            case .staleAllow:
                stance.meaning.ruling(open: Ruling(.a3, .fail), other: Ruling(.h1, .warn))
            // What adds to another finding says how things are; that one says whether it is meant.
            case .latent:
                stance.meaning.ruling(
                    open: Ruling(.e11, .info), other: Ruling(.e11, .warn),
                    undecided: Ruling(.e11, .info))
            case .shadowed:
                stance.meaning.ruling(
                    open: Ruling(.e10, .info), closed: Ruling(.e10, .info),
                    undeclared: Ruling(.e10, .warn), undecided: Ruling(.e10, .info))
            case .placeholder: Ruling(.h7, .info)
            case .looksClosed: Ruling(.h3, .info)
            case .familyGap:
                stance.meaning.ruling(
                    open: Ruling(.e7, .info), closed: Ruling(.e7, .fail),
                    undeclared: Ruling(.e7, .warn), undecided: Ruling(.e7, .info))
            case .sourceScoped:
                stance.meaning.ruling(
                    open: Ruling(.e8, .info), other: Ruling(.e8, .warn),
                    undecided: Ruling(.e8, .info))
            case .clientSocket:
                stance.meaning.ruling(
                    open: Ruling(.u4, .inconclusive), closed: Ruling(.u4, .inconclusive),
                    undeclared: Ruling(.h4, .info))
            case .heldByKernel: Ruling(.h5, .info)
            case .ownerless:
                stance.meaning.ruling(
                    open: Ruling(.h5, .info), other: Ruling(.h5, .warn),
                    undecided: Ruling(.h5, .info))
            case .reserved: Ruling(.h6, .info)
            }
    }
}

extension Policy.Stance.Meaning {
    /// The ruling for this meaning; where it depends on an unknown source, it is not decided.
    fileprivate func ruling(
        open: Ruling, closed: Ruling, undeclared: Ruling,
        undecided: Ruling = Ruling(.u9, .inconclusive)
    ) -> Ruling {
        switch self {
        case .open: open
        case .closed: closed
        case .undeclared: undeclared
        case .undecided: undecided
        }
    }

    /// The same where it is one whether the port was declared closed or not declared.
    fileprivate func ruling(
        open: Ruling, other: Ruling, undecided: Ruling = Ruling(.u9, .inconclusive)
    ) -> Ruling {
        ruling(open: open, closed: other, undeclared: other, undecided: undecided)
    }
}
