extension Action {
    /// The word for it in files.
    public var kind: String {
        switch self {
        case .identify: "identify"
        case .stop: "stop"
        case .rebind: "rebind"
        case .restrict: "restrict"
        case .declare: "declare"
        case .declareHolder: "declare-holder"
        case .start: "start"
        case .bind: "bind"
        case .undeclare: "undeclare"
        case .findWhoAnswers: "find-who-answers"
        case .removeForwarding: "remove-forwarding"
        case .repairAt: "repair-at"
        case .checkFilters: "check-filters"
        case .askFewer: "ask-fewer"
        case .checkHost: "check-host"
        case .scanAgain: "scan-again"
        case .nameSource: "name-source"
        case .repairHere: "repair-here"
        case .collectReport: "collect-report"
        case .completeReport: "complete-report"
        case .repairProgram: "repair-program"
        case .askForData: "ask-for-data"
        case .isolate: "isolate"
        case .mirrorRule: "mirror-rule"
        case .declareSource: "declare-source"
        case .closeForwarding: "close-forwarding"
        case .restoreTarget: "restore-target"
        case .removeRule: "remove-rule"
        case .scanFromElsewhere: "scan-from-elsewhere"
        case .findHolder: "find-holder"
        case .probe: "probe"
        }
    }
}
